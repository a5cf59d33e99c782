/*
 * What SQLite says of a file as a whole: how large it is, and what is wrong with it.
 *
 * Private to store/.
 */
#ifndef STORE_SQLITE_CHECK_H
#define STORE_SQLITE_CHECK_H

#include <sqlite3.h>

#include "gatewayd/base/buf.h"

/* In bytes, without its log; -1: not known. */
int64_t sqlite_check_size(sqlite3 *db);

/* Both add a line for each thing, and return SQLite's result code: what is damaged, and rows that
 * name others that are not there; indexes of words that lack some, for which it writes. */
int sqlite_check_rows(sqlite3 *db, struct buf *ret_findings);
int sqlite_check_words(sqlite3 *db, struct buf *ret_findings);

#endif
