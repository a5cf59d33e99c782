/*
 * What SQLite's results mean to whoever asked.
 *
 * Private to store/.
 */
#ifndef STORE_SQLITE_RESULT_H
#define STORE_SQLITE_RESULT_H

#include "gatewayd/base/err.h"

/* Of a result code, extended or primary: whether it is the machine's trouble, the caller's, or
 * ours. */
enum err_class sqlite_class(int code);
/* What the operator can do about it, to stand before SQLite's own words; "": nothing is known. */
const char *sqlite_cure(int code);

#endif
