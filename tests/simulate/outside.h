/*
 * What leaves the house (I7): each mail that a server took for somebody who is no staff is read as
 * they read it, its texts decoded, and may have in it
 *
 *	no words that were for staff (marks "zi", plan.h), in notes or as reasons, and none of a
 *forger no words that were written in another case no address of staff, and of customers only those
 *who have to do with the case, as it may only go to one of these no token (39 base32 characters)
 *that stood in the Reply-To or Message-ID of another's mail no Bcc
 *
 * Each is looked at once, when it was taken.
 */
#ifndef TESTS_SIMULATE_OUTSIDE_H
#define TESTS_SIMULATE_OUTSIDE_H

#include "tests/scenario/world.h"

struct outside_token {
	struct span text, recipient;
};

/* What is remembered of the mails before. */
struct outside {
	size_t seen;
	struct outside_token *tokens;
	size_t token_count;
};

/* The next mail that was taken; row: NULL where the store was put back. */
int outside_check(struct outside *o, struct world *w, const struct peers_taken *t,
		  const struct store_outbox *row, struct err *e);

#endif
