#include "store/pg.h"

#include <inttypes.h>
#include <stdio.h>

#define READ_ONLY "25006"

/* By the class of the SQLSTATE (PostgreSQL, appendix A); what is not here is the server's trouble.
 */
static enum err_class class_of(const char *sqlstate)
{
	static const struct {
		const char *prefix;
		enum err_class class;
	} classes[] = {
		{ "22", ERR_PERM },	 /* data exception */
		{ "23", ERR_PERM },	 /* integrity constraint violation */
		{ READ_ONLY, ERR_TEMP }, /* a standby */
		{ "28", ERR_PERM },	 /* not let in */
		{ "3D", ERR_PERM },	 /* no such database */
		{ "42501", ERR_PERM },	 /* not allowed */
		{ "42", ERR_BUG },	 /* syntax error, no such thing */
		{ "26", ERR_BUG },	 /* no such statement */
	};

	for (size_t i = 0; sqlstate && i < sizeof(classes) / sizeof(*classes); i++)
		if (strncmp(sqlstate, classes[i].prefix, strlen(classes[i].prefix)) == 0)
			return classes[i].class;
	return ERR_TEMP;
}

int pg_failed(struct engine *en, const PGresult *r, const char *what, struct err *e)
{
	const char *sqlstate = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	if (!text)
		text = PQerrorMessage(en->c);
	if (en->reader && sqlstate && strcmp(sqlstate, READ_ONLY) == 0)
		return err_set(e, ERR_PERM, "store: %s: opened for reading", what);
	return err_set(e, class_of(sqlstate), "store: %s: %.*s%s%s%s", what,
		       (int)strcspn(text, "\n"), text, sqlstate ? " (SQLSTATE " : "",
		       sqlstate ? sqlstate : "", sqlstate ? ")" : "");
}

bool pg_is_good(const PGresult *r)
{
	ExecStatusType status = PQresultStatus(r);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

bool pg_broken(struct engine *en)
{
	return en->is_fenced || PQstatus(en->c) != CONNECTION_OK;
}

int pg_run(struct engine *en, const char *sql, const char *what, struct err *e)
{
	PGresult *r = PQexec(en->c, sql);
	int result = pg_is_good(r) ? 0 : pg_failed(en, r, what, e);

	PQclear(r);
	return result;
}

/* --- transactions --- */

static int fenced(struct engine *en, struct err *e)
{
	pg_rollback(en);
	en->is_fenced = true;
	return err_set(e, ERR_TEMP,
		       "store: the lease of this node (number %" PRIi64
		       ") was taken: nothing more is written",
		       en->fence);
}

/* Its number goes with the BEGIN: one round trip. */
int pg_begin(struct engine *en, struct err *e)
{
	char sql[96] = "BEGIN";
	PGresult *r;
	int result = 0;

	if (en->reader)
		return err_set(e, ERR_PERM, "store: opened for reading");
	if (en->fence)
		snprintf(sql, sizeof(sql), "BEGIN; SELECT 1 FROM node WHERE fence = %" PRIi64,
			 en->fence);
	r = PQexec(en->c, sql);
	en->in_txn = true;
	if (!pg_is_good(r))
		result = pg_failed(en, r, "begin", e);
	else if (en->fence && PQntuples(r) == 0)
		result = fenced(en, e);
	PQclear(r);
	if (result < 0)
		pg_rollback(en);
	return result;
}

void pg_rollback(struct engine *en)
{
	if (en->in_txn)
		PQclear(PQexec(en->c, "ROLLBACK"));
	en->in_txn = false;
}

/* The server answers a COMMIT of what failed with "ROLLBACK". */
int pg_commit(struct engine *en, struct err *e)
{
	PGresult *r = PQexec(en->c, "COMMIT");
	int result = 0;

	if (!pg_is_good(r))
		result = pg_failed(en, r, "commit", e);
	else if (strcmp(PQcmdStatus(r), "COMMIT") != 0)
		result = err_set(e, ERR_TEMP, "store: commit: rolled back by the server");
	PQclear(r);
	if (result < 0)
		pg_rollback(en);
	en->in_txn = false;
	return result;
}
