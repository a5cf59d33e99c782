/*
 * The words by which PostgreSQL finds a row, made here: a tsvector in the form in which the server
 * reads it quickest, each word once and in order: making it of texts was 7 % of what the server did
 * for a mail.
 *
 * A statement with CAST(?N AS TSVECTOR), N its last parameter, has there the words of the two
 * parameters before: of the first, which weigh more (A), with their places, of the second without.
 * They are what {case_words} of store/sql/search.sql makes of the two, but that a word of more than
 * 2,046 bytes is cut and what is above a megabyte is left out, where that fails.
 *
 * Private to store/.
 */
#ifndef STORE_PG_WORDS_H
#define STORE_PG_WORDS_H

#include "store/pg.h"

/* At the first use of a statement. */
void pg_words_look(struct engine_stmt *st);
/* Binds them; they live until the next call. */
void pg_words_make(struct engine_stmt *st);

#endif
