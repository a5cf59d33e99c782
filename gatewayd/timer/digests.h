/*
 * What was put off to be told together (gatewayd/mail/digest.h), when its time has come.
 */
#ifndef GATEWAYD_TIMER_DIGESTS_H
#define GATEWAYD_TIMER_DIGESTS_H

#include "gatewayd/case/desk.h"

/* All that are due, each in a transaction of its own. */
int digests_turn(struct desk *d, struct err *e);
int digests_next(struct desk *d, int64_t *ret_at, struct err *e);

#endif
