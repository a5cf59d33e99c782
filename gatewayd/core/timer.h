/*
 * The timer: one instant, the earliest due thing of all.
 *
 * Alarms of deadlines (warning, breach, reminder) become events, flags and one mail per recipient
 * and turn; recommendations whose delay is over are mailed.  What was missed while the daemon was
 * down is marked late.  The clock may step: an alarm is given once (the log of its case), whatever
 * the clock says.
 */
#ifndef GATEWAYD_CORE_TIMER_H
#define GATEWAYD_CORE_TIMER_H

#include "gatewayd/core/core.h"

struct watch;

struct watch *watch_new(struct core *c);
void watch_free(struct watch **w);
/* Deadlines may have changed: look at the next turn. */
void watch_wake(struct watch *w);
/* The policy changed: all open cases are computed anew, some each turn. */
void watch_reloaded(struct watch *w);
void watch_turn(struct watch *w);

#endif
