/*
 * Statements whose answers nobody waits for: inside of a transaction some that return no row are
 * sent, and their results are read with that of the next statement that has one, or with the
 * COMMIT. What failed says so there, and the transaction is gone with it.
 *
 * Private to store/.
 */
#ifndef STORE_PG_PIPELINE_H
#define STORE_PG_PIPELINE_H

#include "store/pg.h"

/* May it be sent so? */
bool pg_pipeline_fits(enum sql_id id);
/* Has it no rows, so that it may be where store_unheard() was said? */
bool pg_pipeline_may_be_late(const char *text);
/* A statement that is prepared and bound; its values are copied. */
struct pg_said {
	const char *name;
	int n;
	const char *const *values;
	const int *lengths;
	struct pg_for what;
};
int pg_pipeline_query(struct engine *en, const struct pg_said *q, struct err *e);
int pg_pipeline_send(struct engine_stmt *st, struct pg_for what, struct err *e);
/*
 * Reads the results of all that was sent; *ret_last, the caller's, is that of the last one.  -1:
 * one of them failed, the connection is lost, or pg_changes() found out before.  Nothing waits
 * afterwards.
 */
int pg_pipeline_end(struct engine *en, PGresult **ret_last, struct err *e);
/* Before anything that goes its own way to the server. */
int pg_settle(struct engine *en, struct err *e);
/* COMMIT behind what waits; 0: nothing waits, and it was not sent. */
int pg_pipeline_commit(struct engine *en, PGresult **ret_last, struct err *e);
/* Of engine.h: rows that the last statement changed. */
int64_t pg_changes(struct engine *en);

#endif
