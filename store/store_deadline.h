/*
 * Part of store.h: deadlines: a cache of what the events say, the alarms that were given among
 * them.
 */
#ifndef STORE_STORE_DEADLINE_H
#define STORE_STORE_DEADLINE_H

#include "store/store_open.h"

#define STORE_DEADLINE_STATES(X)       \
	X(DEADLINE_NONE, "none")       \
	X(DEADLINE_RUNNING, "running") \
	X(DEADLINE_MET, "met")         \
	X(DEADLINE_WARNED, "warned")   \
	X(DEADLINE_BREACHED, "breached")
enum deadline_state {
#define X(id, name) id,
	STORE_DEADLINE_STATES(X)
#undef X
	    DEADLINE_STATE_COUNT,
};
const char *deadline_state_name(enum deadline_state state);

struct store_deadline {
	int64_t case_number;
	struct span clock;  /* "initial", "next", "resolution" */
	struct span target; /* "2h", "1 business day" */
	struct span rule;
	enum deadline_state state;
	int64_t started_at, due_at; /* INSTANT_NONE: paused or none */
	int64_t met_at;
	int64_t alarm_at; /* the next alarm; INSTANT_NONE: no more */
};
/* By case and clock: adds or replaces. */
int store_deadline_put(struct store *s, const struct store_deadline *d, struct err *e);
/* The clocks of one case, all that it has, in the order of their names.  The second and third have
 * no row while they are DEADLINE_NONE and never were anything else. */
enum { STORE_DEADLINE_CLOCKS = 3 };
/* Of a case that has none; it is an error when it has. */
int store_deadline_begin(struct store *s, const struct store_deadline v[STORE_DEADLINE_CLOCKS],
			 struct err *e);
int store_deadline_put_all(struct store *s, const struct store_deadline v[STORE_DEADLINE_CLOCKS],
			   struct err *e);
int store_deadline_list(struct store *s, int64_t number, struct arena *a,
			struct store_deadline **ret_v, size_t *ret_n, struct err *e);
/* With alarm_at <= now, earliest first. */
int store_deadline_due(struct store *s, int64_t now, int limit, struct arena *a,
		       struct store_deadline **ret_v, size_t *ret_n, struct err *e);
int store_deadline_next(struct store *s, int64_t *ret_at,
			struct err *e); /* INSTANT_NONE: nothing */
/* Of open cases, begun and not met, for `sla list`: the earliest due first, without the first
 * `skip`. */
int store_deadline_open(struct store *s, int64_t skip, int limit, struct arena *a,
			struct store_deadline **ret_v, size_t *ret_n, struct err *e);

/* Of open cases, and still to be met: the earliest first, without the first `skip`. */
int store_deadline_unmet(struct store *s, int64_t skip, int limit, struct arena *a,
			 struct store_deadline **ret_v, size_t *ret_n, struct err *e);
/* By queue: those of them due before `until` that have passed now, and that have not; the first
 * STORE_TALLY_ROWS behind so many that were counted. */
struct store_deadline_tally {
	struct span queue;
	int64_t passed, near;
};
int store_deadline_tally(struct store *s, int64_t now, int64_t until, int after, struct arena *a,
			 struct store_deadline_tally **ret_v, size_t *ret_n, struct err *e);

#endif
