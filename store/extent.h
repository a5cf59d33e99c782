/*
 * Contents whose bytes, as they are kept, stand in the file beside the store (bulk.h): the row of
 * each has none, and an extent says where they are.
 *
 * Private to store/.
 */
#ifndef STORE_EXTENT_H
#define STORE_EXTENT_H

#include "gatewayd/base/units.h"
#include "store/query.h"

enum { EXTENT_MIN = 16 * KIB }; /* what is shorter costs more as a file's part than as a row's */

/* Opens the file of a store that is open so far; cuts off what was not committed (bulk.h). */
int extent_open(struct store *s, const char *where, enum store_mode mode, struct err *e);

/* Of a copy: its file is its own, and what that lacks is zeros from now on. */
int extent_take(struct store *s, struct err *e);

/* So many bytes, as they are kept, are to stand there. */
bool extent_takes(const struct store *s, size_t stored);
/* Those of a new content.  A failure dooms the transaction. */
int extent_fill(struct store *s, int64_t content, engine_next_fn *next, void *ctx, struct err *e);
/* Appends what it has there: 1, or 0 where it has nothing. */
int extent_get(struct store *s, int64_t content, struct buf *ret_bytes, struct err *e);
/* A content went, in this transaction: where it had an extent that is emptied behind the commit. */
void extent_went(struct store *s);
/* The last before the commit, which is that of so many: what was put is on the disk. */
int extent_commit(struct store *s, int64_t commits, struct err *e);
/* It failed: what was put is the store's all the same where the store says so, as a COMMIT may be
 * said to have failed and stand. */
void extent_commit_failed(struct store *s);
/* Before the next transaction, where the store could not be asked.  -1: it still cannot. */
int extent_settle(struct store *s, struct err *e);
/* Behind a commit, the end of a copy and the opening.  ERR_TEMP: a copy reads it, a transaction is
 * open or deferred, or the disk fails; it is tried again at each of these. */
int extent_sweep(struct store *s, struct err *e);
/* Of a store that is opened as it is: the file is there, and as long as it was. */
int extent_is_whole(struct store *s, struct err *e);

#endif
