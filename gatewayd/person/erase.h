/*
 * A person is erased: everything that they wrote or that was written to them is replaced, and their
 * names and addresses in what others wrote about the same cases; numbers, times, states and
 * deadlines stay.  A slice at a time, each a transaction of its own, so that others come in between
 * and a crash loses at most one; what is under way stands in the store and goes on.
 *
 * A dry one counts by doing the same and taking it back, so that it counts the same.
 */
#ifndef GATEWAYD_PERSON_ERASE_H
#define GATEWAYD_PERSON_ERASE_H

#include "gatewayd/base/json.h"
#include "gatewayd/case/desk.h"

/* A file up to this is written again while the daemon runs, about a second. */
enum { ERASE_WHOLE_MAX = 128 << 20 };

/*
 * Writes down what is to be done, inside a transaction.  The same person again, or after a crash:
 * the one that is under way goes on.  ERR_PERM: no customer's address; ERR_TEMP: somebody else is
 * being erased.
 */
int erase_begin(struct desk *d, struct span address, bool is_dry, int64_t *ret_id, struct err *e);
/* The next slice of one that is not done; of one that is, nothing.  whole: nobody waits, so that
 * the file is written again however long it is. */
int erase_slice(struct desk *d, int64_t id, bool whole, struct store_erasure *ret_erasure,
		struct err *e);
/* For the timer: a slice of the first that is not done; id 0: there is none. */
int erase_turn(struct desk *d, struct store_erasure *ret_erasure, struct err *e);

/* What is counted, in order: its key in store_erasure.counts, and what it means; NULL at the end.
 */
const char *erase_count_key(size_t i);
const char *erase_count_text(size_t i);
/* In counts: damaged mails of which something is left, each "mail" and "content". */
#define ERASE_DAMAGED "damaged_mails"
/* In counts: damaged notes of others whose words went unread, each "note" and "case"; their files
 * stay as those of other notes do. */
#define ERASE_UNREAD "damaged_notes"
/* In counts: the file has no room for, or was too long for, writing it again. */
#define ERASE_NOT_COMPACT "not_compact"

#endif
