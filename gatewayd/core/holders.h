/*
 * Senders, and the rows of the outbox that each has: their results are to come.
 *
 * In place: zeroed is empty.
 */
#ifndef GATEWAYD_CORE_HOLDERS_H
#define GATEWAYD_CORE_HOLDERS_H

#include "store/store.h"

enum {
	HOLDERS_MAX = 8, /* a sender, and those before it that still have rows */
	HELD_KIND_MAX = 32,
};

struct peer;

/* A row as it was claimed: what never changes of it, and is written down with its result. */
struct held_row {
	int64_t row, case_number, note_id;
	bool automatic;
	bool is_plain; /* all is here: it was not late, and its kind is short */
	char kind[HELD_KIND_MAX];
};

struct holder {
	struct peer *peer; /* NULL: free */
	struct held_row *rows;
	size_t n, cap;
};

struct holders {
	struct holder v[HOLDERS_MAX];
};

void holders_release(struct holders *h);
/* That of the peer; of NULL: a free one.  NULL: none. */
struct holder *holders_find(struct holders *h, const struct peer *peer);
size_t holders_rows(const struct holders *h); /* of all together */
bool holders_have(const struct holders *h, int64_t row);
void holder_add(struct holder *h, const struct store_outbox *row);
/* false: it did not have it */
bool holder_drop(struct holder *h, int64_t row, struct held_row *ret_held);

#endif
