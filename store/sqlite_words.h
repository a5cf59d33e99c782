/*
 * How FTS5 parts texts into words: as its own "unicode61" does, under that name, in less time.
 * Texts come folded (search_match.h), so nearly all that is in them is small ASCII letters and
 * digits, which stand for themselves; each other run goes to FTS5's own.
 *
 * Nothing of it is in the file: the words are the same, and a program without it reads them.
 * Private to store/.
 */
#ifndef STORE_SQLITE_WORDS_H
#define STORE_SQLITE_WORDS_H

#include <sqlite3.h>

/* Of a connection, before it looks at a table of words. */
void sqlite_words_use(sqlite3 *db);

#endif
