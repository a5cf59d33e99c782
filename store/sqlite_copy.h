/*
 * A copy of a SQLite store in steps.
 *
 * Private to store/.
 */
#ifndef STORE_SQLITE_COPY_H
#define STORE_SQLITE_COPY_H

#include <sqlite3.h>

#include "store/engine.h"

/* Before the first database is opened: one thread has them, how much memory they have is not
 * counted, and small pieces of it are kept (sqlite_memory.h). */
void sqlite_begin(void);

/* copy_begin, copy_step and copy_end of engine.h; `where` is the path of the store, which has so
 * many bytes, and others in `bulk`. */
int sqlite_copy_begin(sqlite3 *db, const char *where, int64_t bytes, const struct bulk *bulk,
		      struct store_copy **ret_copy, struct err *e);
int sqlite_copy_step(struct store_copy *c, int pages, struct store_copied *ret_copied,
		     struct err *e);
int sqlite_copy_end(struct store_copy **c, int *ret_fd, struct err *e);

/* store_person_compact() */
int sqlite_compact(sqlite3 *db, bool whole, struct err *e);

#endif
