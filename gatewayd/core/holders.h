/*
 * Senders, and the rows of the outbox that each has: their results are to come.
 *
 * In place: zeroed is empty.
 */
#ifndef GATEWAYD_CORE_HOLDERS_H
#define GATEWAYD_CORE_HOLDERS_H

#include "gatewayd/base/area.h"
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
	uint32_t slot; /* of the area, its message is there; 0: it is not */
};

struct holder {
	struct peer *peer; /* NULL: free */
	struct held_row *rows;
	size_t n, cap;
	struct area area; /* where its messages stand, as far as there is room */
};

struct holders {
	struct holder v[HOLDERS_MAX];
};

void holders_release(struct holders *h);
/* That of the peer; of NULL: a free one.  NULL: none. */
struct holder *holders_find(struct holders *h, const struct peer *peer);
size_t holders_rows(const struct holders *h); /* of all together */
bool holders_have(const struct holders *h, int64_t row);
/* The peer is its own until holder_leave(), with no row. */
void holder_begin(struct holder *h, struct peer *peer);
void holder_leave(struct holder *h);
void holder_add(struct holder *h, const struct store_outbox *row, uint32_t slot);
/* false: it did not have it; its slot is free */
bool holder_drop(struct holder *h, int64_t row, struct held_row *ret_held);

#endif
