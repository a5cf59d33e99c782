/*
 * Numbers of new rows, taken from the sequences before the rows: whoever adds a row knows its
 * number without waiting for the server.
 *
 * Several are taken at once, with the next wait for the server where there is one.  Readers take
 * rows in the order of their numbers and go on above the last one ("id > ..."), so a younger row
 * never gets a smaller number than one that another session has committed: a node keeps numbers for
 * its turn (store_node.h), in which nobody else adds rows but mails and what tells that mails were
 * sent, and outside of one for many mails in a transaction (store_unheard()): of these only the
 * node that added them reads on above a number.  Who has the database alone keeps them.
 *
 * What is left of the numbers of cases, which people see, is given back: within a turn nobody else
 * takes one.  Of other tables it is lost, as what is rolled back.
 *
 * Private to store/.
 */
#ifndef STORE_PG_NUMBERS_H
#define STORE_PG_NUMBERS_H

#include "store/pg.h"

/* At the first use of a statement with a sequence.  -1: there are too many. */
int pg_numbers_look(struct engine_stmt *st, struct err *e);
/* Binds the number of the row that a statement adds, which then is pg_new_row(). */
int pg_numbers_take(struct engine_stmt *st, struct err *e);
/* Of engine.h. */
int64_t pg_new_row(struct engine *en);
int pg_turn(struct engine *en, bool begun, struct err *e);
/* Before the session ends. */
void pg_numbers_end(struct engine *en);

#endif
