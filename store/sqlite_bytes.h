/*
 * The bytes of a row of the table of contents, a piece at a time: SQLite alone would make a copy of
 * the whole row.
 *
 * Private to store/.  Both return SQLite's result code.
 */
#ifndef STORE_SQLITE_BYTES_H
#define STORE_SQLITE_BYTES_H

#include <sqlite3.h>

#include "store/engine.h"

/* The row is there, with as many bytes.  Both go on until next, or fn, returns < 0, for which
 * *ret_stopped is set. */
int sqlite_bytes_write(sqlite3 *db, int64_t content, engine_next_fn *next, void *ctx,
		       bool *ret_stopped, struct err *e);
int sqlite_bytes_read(sqlite3 *db, int64_t content, store_piece_fn *fn, void *ctx,
		      bool *ret_stopped, struct err *e);

#endif
