/*
 * A database that is an open descriptor: SQLite reads it there and writes nothing, as a file that
 * has lost its name.  Over its pages may stand those of a log.  What it costs in memory is SQLite's
 * cache.
 *
 * Private to store/.
 */
#ifndef STORE_SQLITE_IMAGE_H
#define STORE_SQLITE_IMAGE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "gatewayd/base/err.h"
#include "store/sqlite_log.h"

/* Stays where it is for as long as the database is open. */
struct sqlite_image {
	sqlite3_vfs vfs;
	int fd;
	const struct sqlite_log *log;
	bool open;
};
/* The descriptor stays the caller's and may be closed at once; a log lives longer than the
 * database, NULL: there is none. */
int sqlite_image_open(int fd, const struct sqlite_log *log, struct sqlite_image *image,
		      sqlite3 **ret_db, struct err *e);
/* After the database was closed; nothing when none was opened. */
void sqlite_image_release(struct sqlite_image *image);

#endif
