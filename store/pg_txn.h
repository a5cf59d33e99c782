/*
 * Transactions of PostgreSQL, and commands of one word or several: functions of the table in
 * engine.h.
 *
 * Private to store/.
 */
#ifndef STORE_PG_TXN_H
#define STORE_PG_TXN_H

#include "store/pg.h"

int pg_run(struct engine *en, const char *sql, const char *what, struct err *e);
/* Transactions, as engine.h has them. */
int pg_begin(struct engine *en, struct err *e);
int pg_commit(struct engine *en, struct err *e);
void pg_rollback(struct engine *en);
void pg_unheard(struct engine *en, bool on);

#endif
