/*
 * PostgreSQL by libpq: what its files share: pg.c errors, pg_statement.c statements on their way,
 * engine_pg.c connections and transactions.
 *
 * Private to store/.
 */
#ifndef STORE_PG_H
#define STORE_PG_H

#include <libpq-fe.h>

#include "store/engine.h"

enum { PG_PARAMETERS_MAX = 32 };

struct engine_stmt {
	struct engine *engine;
	enum sql_id id;
	bool in_use, is_prepared, is_run;
	int n; /* parameters */
	Oid types[PG_PARAMETERS_MAX];
	int64_t numbers[PG_PARAMETERS_MAX];
	const char *values[PG_PARAMETERS_MAX];
	int lengths[PG_PARAMETERS_MAX];
	PGresult *rows;
	int row;
};

struct engine {
	PGconn *c;
	bool in_txn, reader;
	bool is_alone;	/* a node that migrates */
	int64_t fence;	/* 0: it has not joined */
	bool is_fenced; /* that number is void */
	int64_t changes, changed;
	struct engine_stmt statements[SQL_COUNT];
};

/* The result is one of a command that was carried out. */
bool pg_is_good(const PGresult *r);
/* -1 with the server's words and the class of its SQLSTATE. */
int pg_failed(struct engine *en, const PGresult *r, const char *what, struct err *e);
int pg_run(struct engine *en, const char *sql, const char *what, struct err *e);
/* Transactions, as engine.h has them. */
int pg_begin(struct engine *en, struct err *e);
int pg_commit(struct engine *en, struct err *e);
void pg_rollback(struct engine *en);
/* The connection is lost, or the lease. */
bool pg_broken(struct engine *en);

#endif
