/*
 * Answers of staff that are queued or under way for hours: their owner is told, once each.
 */
#ifndef GATEWAYD_TIMER_LATE_H
#define GATEWAYD_TIMER_LATE_H

#include "gatewayd/base/units.h"
#include "gatewayd/case/desk.h"

enum { LATE_AFTER_S = 4 * HOUR_S };

int late_turn(struct desk *d, struct err *e);
int late_next(struct desk *d, int64_t *ret_at, struct err *e);

#endif
