/*
 * Part of store.h: which store this is, and when something committed to it was lost.
 *
 * A store has one identity for life.  It lives through epochs: one ends where what was committed
 * may be gone (a backup put back).  Both are input to the tokens (gatewayd/identity/token.h), so
 * that a token made in a time that was lost, or by another store, proves nothing of a case that has
 * got its number since.
 */
#ifndef STORE_STORE_EPOCH_H
#define STORE_STORE_EPOCH_H

#include "store/store_open.h"

enum { STORE_TAG_SIZE = 16, STORE_EPOCHS_MAX = 16 };

struct store_epoch {
	bool has_tag; /* false: of before there were epochs */
	uint8_t tag[STORE_TAG_SIZE];
	int64_t mark; /* what was made in it counts for cases up to this; now: INT64_MAX */
};

int store_identity(struct store *s, uint8_t ret_identity[STORE_TAG_SIZE], struct err *e);
/* The newest first, which is now; at most STORE_EPOCHS_MAX, older ones are forgotten. */
int store_epoch_list(struct store *s, struct arena *a, struct store_epoch **ret_v, size_t *ret_n,
		     struct err *e);
/* Ends the epoch: what was made in it counts for cases up to mark.  In a transaction. */
int store_epoch_begin(struct store *s, int64_t mark, struct err *e);
/* One that this store has never heard of, and that is over; a known one is left as it is. */
int store_epoch_add(struct store *s, const struct store_epoch *epoch, struct err *e);
/* A person said that it is the one to work with; the daemon began it by itself: not. */
int store_made(struct store *s, bool *ret_made, struct err *e);
/* Leaves out numbers of everything that may have been given: STORE_NUMBERS_SKIPPED. */
enum { STORE_NUMBERS_SKIPPED = 1000 };
int store_numbers_skip(struct store *s, struct err *e);
/* The highest number that was ever given to a case. */
int store_last_case(struct store *s, int64_t *ret_number, struct err *e);

#endif
