/* A mail of the store, as its verbs show it. */
#ifndef GATEWAYD_CTL_CTL_MAIL_H
#define GATEWAYD_CTL_CTL_MAIL_H

#include "gatewayd/ctl/ctl.h"

json_t *ctl_mail_view(const struct store_mail *m); /* a new reference */
int ctl_mail_print(struct ctl *c, const struct store_mail *m);

#endif
