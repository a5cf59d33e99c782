/* The user that the daemon runs as, where neither a package nor systemd-sysusers(8) has made it. */
#ifndef GATEWAYD_BEGIN_BEGIN_USER_H
#define GATEWAYD_BEGIN_BEGIN_USER_H

#include "gatewayd/base/err.h"

/* BEGIN_USER with a group of its own; for root.  ERR_PERM: useradd(8) does not do it. */
int begin_user_make(struct err *e);
void begin_user_remove(void);

#endif
