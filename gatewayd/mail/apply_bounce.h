/*
 * A delivery report about a mail that we sent.
 */
#ifndef GATEWAYD_MAIL_APPLY_BOUNCE_H
#define GATEWAYD_MAIL_APPLY_BOUNCE_H

#include "gatewayd/base/units.h"
#include "gatewayd/mail/apply_work.h"

/* Nothing automatic goes to a dead address for so long. */
enum { BOUNCE_DEAD_S = 30 * DAY_S };

/* A status of RFC 3463 that says the address is not there, or takes nothing any more. */
bool bounce_is_dead(struct span status);

int apply_bounce(struct work *w, struct err *e);

#endif
