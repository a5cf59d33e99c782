/*
 * What was taken of budgets, as far as a transaction knows: what was asked once is counted on here
 * with what the transaction takes itself, and not asked again.
 *
 * Private to store/.
 */
#ifndef STORE_SPENT_H
#define STORE_SPENT_H

#include "gatewayd/base/arena.h"

enum {
	SPENT_MAX = 512,   /* keys; some five a mail, of the mails of a transaction */
	SPENT_TOGETHER = 3 /* are asked for in one question, as many as SQL_BUDGET_USED has */
};

/* Of a key, around `at`: within the shorter and within the longer window. */
struct spent_key {
	struct span key;
	int64_t at, window_s[2], used[2];
	bool is_known;	 /* else it was said that it is to be asked for (store_ahead.h) */
	size_t first, n; /* what is asked for with it: a question is said as it is asked later */
};

struct spent {
	struct arena arena; /* the keys */
	uint64_t hashes[SPENT_MAX];
	struct spent_key v[SPENT_MAX];
	size_t n;
};

void spent_release(struct spent *s);
void spent_forget(struct spent *s);
/* There is room for the keys of one more question. */
bool spent_has_room(const struct spent *s);
/* What was added last of a key; NULL: it never was.  Lives until spent_forget(). */
struct spent_key *spent_find(struct spent *s, struct span key);
/* It is asked for at that instant with these windows. */
bool spent_is_like(const struct spent_key *k, const struct spent_key *like);
/* There is room. */
struct spent_key *spent_add(struct spent *s, const struct spent_key *like);
/* One more was taken, at the instant at which it was asked for last. */
void spent_take(struct spent *s, struct span key);

#endif
