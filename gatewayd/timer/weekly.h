/*
 * The report of the week before, mailed on Mondays to whom the configuration names (`reports`).
 *
 * Staff who work on some queues only get a report of each of these, all others one of all cases. It
 * is counted in slices, one a turn, and mailed once: the store keeps up to which Monday.  The first
 * one is that of the first whole week.
 */
#ifndef GATEWAYD_TIMER_WEEKLY_H
#define GATEWAYD_TIMER_WEEKLY_H

#include "gatewayd/case/desk.h"

enum { WEEKLY_HOUR = 6 }; /* local */

struct weekly;
struct weekly *weekly_new(void);
void weekly_free(struct weekly **w);

/* A slice, or the mails, when it is time to.  *ret_next: when there is more to do; INSTANT_NONE:
 * nobody wants reports. */
int weekly_turn(struct weekly *w, struct desk *d, int64_t *ret_next, struct err *e);

#endif
