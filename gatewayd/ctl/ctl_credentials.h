/*
 * The credentials of the unit gatewayd.service (systemd.exec(5)), for who looks at what the daemon
 * would see.
 */
#ifndef GATEWAYD_CTL_CTL_CREDENTIALS_H
#define GATEWAYD_CTL_CTL_CREDENTIALS_H

#include "gatewayd/ctl/ctl.h"

/*
 * Sets CREDENTIALS_DIRECTORY while the unit is active.  Where it is not and has credentials, root
 * starts this command again as that user in a unit that has the same; returns only when there is
 * nothing to do.
 */
void ctl_credentials_take(struct ctl *c, const char *conf_path, const char *user);

#endif
