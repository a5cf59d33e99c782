/*
 * The morning mail to staff who want it (staff.*.morning): their cases, what is due today, what
 * waits.
 *
 * Monday to Friday, once a day, from MORNING_HOUR on in their own zone; none after MORNING_UNTIL,
 * none while they are away, none when there is nothing to tell.
 */
#ifndef GATEWAYD_TIMER_MORNINGS_H
#define GATEWAYD_TIMER_MORNINGS_H

#include "gatewayd/case/desk.h"

enum { MORNING_HOUR = 7, MORNING_UNTIL = 12 };

/* Tells whose morning it is, each in a transaction of its own. */
int mornings_turn(struct desk *d, struct err *e);
/* When the next morning begins for one of them; INSTANT_NONE: nobody wants it. */
int64_t mornings_next(const struct desk *d);

#endif
