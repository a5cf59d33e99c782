/*
 * Answers that are kept for the same question: of what was said ahead (store_ahead.h), and inside
 * of a transaction of what is asked for one mail as for the next.
 *
 * A table in pg_answers.c names the statements.  An answer goes when a statement writes a table
 * that its own names, unless both name the same keys first and these differ; the oldest go where
 * there are too many, all with the transaction.  A turn (store_node.h) keeps other nodes from
 * writing meanwhile.
 *
 * Private to store/.
 */
#ifndef STORE_PG_ANSWERS_H
#define STORE_PG_ANSWERS_H

#include "store/pg.h"

/* At the first use of a statement: what it has to do with answers. */
void pg_answers_look(struct engine_stmt *st);
/* The answer to a statement that is bound: it becomes the statement's rows.  false: there is none;
 * what waits was read for it, and failed when e says so. */
bool pg_answers_give(struct engine_stmt *st, struct err *e);
/* Sends a question that is prepared and bound, if its answer may be kept and there is room: 0, as
 * of one that is on its way; 1: the answer is there, and becomes the statement's rows; -1. */
int pg_answers_say(struct engine_stmt *st, struct err *e);
/* The rows of a statement that was asked are kept from now on, if they may be. */
void pg_answers_keep(struct engine_stmt *st);
/* Before a statement that is bound: answers go that are no longer good. */
void pg_answers_written(struct engine_stmt *st);
/* The same of all whose statement has that word, where what it names was written otherwise. */
void pg_answers_naming(struct engine *en, const char *word);
/* A statement has read its rows. */
void pg_answer_leave(struct engine *en, struct pg_answer *a);
void pg_answers_forget(struct engine *en);

#endif
