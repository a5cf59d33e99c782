/*
 * Cases that wait for their customer: a reminder, and in the end they are closed
 * (gatewayd/case/case_wait.h).
 */
#ifndef GATEWAYD_TIMER_WAITS_H
#define GATEWAYD_TIMER_WAITS_H

#include "gatewayd/case/desk.h"

/* Those that are due, a bounded number of them, in a transaction of its own. */
int waits_turn(struct desk *d, struct err *e);
/* When the next one is due; INSTANT_NONE: none is. */
int waits_next(struct desk *d, int64_t *ret_at, struct err *e);

#endif
