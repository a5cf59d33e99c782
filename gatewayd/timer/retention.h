/*
 * What is kept only for so long: raw mail (limits.raw_keep), cases that are over
 * (gatewayd/person/expire.h), counts of automatic mail.
 */
#ifndef GATEWAYD_TIMER_RETENTION_H
#define GATEWAYD_TIMER_RETENTION_H

#include "gatewayd/case/desk.h"

/* Does a bounded part of what is due, in a transaction of its own; *ret_next is when to call again.
 */
int retention_turn(struct desk *d, int64_t *ret_next, struct err *e);

#endif
