/*
 * What staff asked to be reminded of (#remind): they are told, once.
 */
#ifndef GATEWAYD_TIMER_REMINDERS_H
#define GATEWAYD_TIMER_REMINDERS_H

#include "gatewayd/case/desk.h"

/* Tells those that are due, a bounded number of them, in a transaction of its own. */
int reminders_turn(struct desk *d, struct err *e);
/* When the next one is due; INSTANT_NONE: none is. */
int reminders_next(struct desk *d, int64_t *ret_at, struct err *e);

#endif
