/*
 * The audit of what gatewayctl did: a row for each verb that changed something, or gave away what
 * is known of a person, in the transaction of the change where it has one.  A verb may add it
 * earlier; it is added once.
 */
#ifndef GATEWAYD_CTL_CTL_TRAIL_H
#define GATEWAYD_CTL_CTL_TRAIL_H

#include "gatewayd/ctl/ctl.h"

/* Texts are left out, addresses are hashed.  Nothing is added for a verb that leaves no trail, or
 * without a caller. */
int ctl_trail(struct ctl *c, struct err *e);

#endif
