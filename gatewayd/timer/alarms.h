/*
 * Alarms of deadlines: warning, breach, reminder (conf/policy/README.md section 3).
 *
 * Each becomes an event of its case, once, whatever the clock does (the log says what is done), and
 * one mail a recipient and turn.  What is found more than ALARMS_LATE_S after its time is marked
 * late; of several that are due together each breach is logged and the last one is told.
 */
#ifndef GATEWAYD_TIMER_ALARMS_H
#define GATEWAYD_TIMER_ALARMS_H

#include "gatewayd/case/desk.h"
#include "gatewayd/case/sla.h"

enum {
	ALARMS_A_TURN = 200, /* then a turn for the others comes first */
	ALARMS_RECOMPUTE_A_TURN = 200,
	ALARMS_LATE_S = 60,
};

/* What became of the deadline of a case, for the log. */
struct alarm_done {
	int64_t case_number;
	struct span clock;
	enum sla_alarm_type type;
	const char *alarm;   /* "warning:1", "breach" ... */
	const char *trouble; /* it cannot be computed and was set aside; NULL: none */
};
struct alarms_done {
	struct alarm_done *v; /* in the desk's arena */
	size_t n;
	bool more; /* some were left over */
};
/* Does what is due at d->now, in a transaction of its own. */
int alarms_turn(struct desk *d, struct alarms_done *ret_done, struct err *e);

/*
 * After a change of the policy: compares the deadlines of open cases with number < *before with
 * what their events say and mends them, some a call.  *before becomes where to go on, 0: all are
 * done.
 */
int alarms_recompute(struct desk *d, int64_t *before, struct err *e);

#endif
