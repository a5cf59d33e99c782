/*
 * Part of store.h: what reports count, a range of numbers at a time (gatewayd/stats/stats.h).
 */
#ifndef STORE_STORE_STATS_H
#define STORE_STORE_STATS_H

#include "store/store_open.h"

/* What is looked at: rows first <= number or id <= last. */
struct store_stats_range {
	int64_t first, last;
	int64_t since_at, until_at; /* since <= when < until */
	struct span queue, account; /* "": any; of cases, as they are now */
};

/* The highest numbers there are; 0: none. */
struct store_stats_last {
	int64_t cases, mails, outbox;
};
int store_stats_last(struct store *s, struct store_stats_last *ret_last, struct err *e);

/* Cases that changed since or are open, by number; until_at does not count. */
struct store_stats_case {
	int64_t number;
	struct span queue, account, package, owner;
	struct span requester; /* address in small letters */
	int64_t opened_at;
	bool is_over;			    /* now */
	int64_t due_at, started_at, met_at; /* of the initial response; INSTANT_NONE */
};
int store_stats_cases(struct store *s, const struct store_stats_range *r, struct arena *a,
		      struct store_stats_case **ret_v, size_t *ret_n, struct err *e);

/* Their changes of state, by number and then in the order of the log. */
struct store_stats_state {
	int64_t number, at;
	bool is_over; /* from then on */
};
int store_stats_states(struct store *s, const struct store_stats_range *r, struct arena *a,
		       struct store_stats_state **ret_v, size_t *ret_n, struct err *e);

/* How many there are of each. */
struct store_stats_count {
	struct span state;
	struct span what; /* of mails, why it was filed; of rows that go out, their template */
	int64_t n;
};
/* Mails that were kept then; queue and account do not count. */
int store_stats_mails(struct store *s, const struct store_stats_range *r, struct arena *a,
		      struct store_stats_count **ret_v, size_t *ret_n, struct err *e);
/* Rows of the outbox that were made then. */
int store_stats_outbox(struct store *s, const struct store_stats_range *r, struct arena *a,
		       struct store_stats_count **ret_v, size_t *ret_n, struct err *e);

#endif
