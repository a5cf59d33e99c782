/*
 * The credentials of the unit gatewayd.service (systemd.exec(5)), for who looks at what the daemon
 * would see.
 */
#ifndef GATEWAYD_CTL_CTL_CREDENTIALS_H
#define GATEWAYD_CTL_CTL_CREDENTIALS_H

#include "gatewayd/ctl/ctl.h"

/* One that is loaded from a file. */
struct ctl_credential {
	const char *name, *path;
	int error; /* errno: why root cannot read it, so that the unit does not start */
};

/*
 * Sets CREDENTIALS_DIRECTORY while the unit is active.  Where it is not and has credentials, root
 * starts this command again as that user in a unit that has the same, which does not return.
 * false: one of them is not there; where there is nothing to do true.
 */
bool ctl_credentials_take(struct ctl *c, const char *conf_path, const char *user,
			  struct ctl_credential *ret_missing);

#endif
