/*
 * Part of store.h: staff who are not in, and who stands in for them.
 *
 * It is of staff ids as the configuration had them; whether there is still such a person is the
 * caller's to ask.
 */
#ifndef STORE_STORE_AWAY_H
#define STORE_STORE_AWAY_H

#include "store/store_open.h"

struct store_away {
	struct span staff;
	int64_t since_at, until_at; /* away from the one on, in again at the other */
	struct span deputy;	    /* a staff id; "": nobody */
};
/* Again: replaces. */
int store_away_set(struct store *s, const struct store_away *away, struct err *e);
/* In again; nothing when they were. */
int store_away_end(struct store *s, struct span staff, struct err *e);
/* staff.p == NULL: that person is in. */
int store_away_get(struct store *s, struct span staff, int64_t now, struct arena *a,
		   struct store_away *ret_away, struct err *e);
/* All who are not in, the first to come back first. */
int store_away_list(struct store *s, int64_t now, struct arena *a, struct store_away **ret_v,
		    size_t *ret_n, struct err *e);

#endif
