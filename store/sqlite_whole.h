/*
 * A copy of a SQLite store made whole: what stands in the file beside the store comes into its
 * rows, so that the copy is one file, which needs nothing else.
 *
 * Private to store/.
 */
#ifndef STORE_SQLITE_WHOLE_H
#define STORE_SQLITE_WHOLE_H

#include <sqlite3.h>

#include "store/bulk.h"

/* On its way; zeroed to begin. */
struct sqlite_whole {
	bool is_begun;
	sqlite3_blob *blob; /* of the content at hand; NULL: none */
	int64_t content, at, left;
	int filled;
	int64_t moved; /* bytes of all */
};

/* So many bytes or some more, all of them for less than 0.  1: some are left, 0: the copy is whole.
 * Nobody else changes it between two steps: they are one transaction.
 *
 * Room for a content is made in one step however long it is (1.3 ms of CPU a MB: SQLite has no
 * statement that lets a value grow, and chains its pages one by one), its bytes are not. */
int sqlite_whole_step(sqlite3 *copy, struct sqlite_whole *w, const struct bulk *bulk, int64_t most,
		      struct err *e);
/* Before the copy is closed, whole or not. */
void sqlite_whole_end(struct sqlite_whole *w);

#endif
