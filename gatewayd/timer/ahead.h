/*
 * A wall clock that was set forward: what cannot be taken back waits until it is believed.
 *
 * What becomes due by such a step (a deadline missed, a reminder, a case closed for its customer's
 * silence, old mails deleted) may be due by mistake.  It waits for AHEAD_S of monotonic time, or
 * until the clock is set back, or an operator says that it is right (`gatewayctl clock accept`);
 * then all is looked at again.  A clock that was set back holds nothing up: what was not due was
 * not done.  A machine that slept is no step, as the monotonic clock goes on meanwhile.
 *
 * The store keeps it, so that a core which starts in between waits as well.  In place: zeroed to
 * begin.
 */
#ifndef GATEWAYD_TIMER_AHEAD_H
#define GATEWAYD_TIMER_AHEAD_H

#include "gatewayd/base/units.h"
#include "gatewayd/case/desk.h"

enum {
	AHEAD_S = HOUR_S,  /* then it is believed */
	AHEAD_STEP_S = 60, /* that both clocks may differ between two turns */
};

struct ahead {
	int64_t offset;	  /* wall clock minus monotonic one in seconds, as of the last turn */
	int64_t believed; /* the same before it was set */
	int64_t until_ms; /* monotonic; then `offset` is believed; 0: it is */
	bool begun, loaded, unwritten;
};

/* Each turn; the seconds by which the clock was set since the last one, 0: it was not. */
int64_t ahead_turn(struct ahead *a, int64_t now, int64_t now_ms);
/* Until then (monotonic milliseconds) nothing is done that cannot be taken back; 0: all is. */
int64_t ahead_until_ms(const struct ahead *a);
/* Reads and writes what the store keeps of it, where something is to be. */
int ahead_keep(struct ahead *a, struct desk *d, int64_t now_ms, struct err *e);

/* The clock is right: an operator says so.  In a transaction; ERR_PERM: nothing waits. */
int ahead_accept(struct desk *d, struct err *e);

#endif
