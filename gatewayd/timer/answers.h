/*
 * Answers of staff that were held and not sent since: their queue is told, once.
 */
#ifndef GATEWAYD_TIMER_ANSWERS_H
#define GATEWAYD_TIMER_ANSWERS_H

#include "gatewayd/case/desk.h"

/* Tells those that are due, a bounded number of them, in a transaction of its own. */
int answers_turn(struct desk *d, struct err *e);
/* When the next one is due; INSTANT_NONE: none is. */
int answers_next(struct desk *d, int64_t *ret_at, struct err *e);

#endif
