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

/* So many bytes or some more, all of them for less than 0, which are added to *moved.  1: some are
 * left, 0: the copy is whole. */
int sqlite_whole_step(sqlite3 *copy, const struct bulk *bulk, int64_t most, int64_t *moved,
		      struct err *e);

#endif
