/*
 * The timer: one instant, the earliest due thing of all.
 *
 * Alarms of deadlines (warning, breach, reminder) become events, flags and one mail per recipient
 * and turn; recommendations whose delay is over are mailed.  What was missed while the daemon was
 * down is marked late.  The clock may step: an alarm is given once (the log of its case), whatever
 * the clock says, and none by a clock that was set forward (timer/ahead.h).
 */
#ifndef GATEWAYD_CORE_TIMER_H
#define GATEWAYD_CORE_TIMER_H

#include "gatewayd/core/bench.h"
#include "gatewayd/core/delivery.h"
#include "gatewayd/core/mailboxes.h"

struct timer;

struct timer *timer_new(struct bench *b, struct delivery *delivery);
void timer_free(struct timer **t);
/* Deadlines may have changed: look at the next turn. */
/* This node does from now on what is due. */
void timer_leads(struct timer *t);
void timer_wake(struct timer *t);
/* The policy changed: all open cases are recomputed, some each turn. */
void timer_reloaded(struct timer *t);
/* mailboxes: of which some may not be read. */
void timer_turn(struct timer *t, const struct mailboxes *mailboxes);

#endif
