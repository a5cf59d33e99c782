#include "store/pg_txn.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/pg_answers.h"
#include "store/pg_pipeline.h"

int pg_run(struct engine *en, const char *sql, const char *what, struct err *e)
{
	PGresult *r;
	int result;

	if (pg_settle(en, e) < 0)
		return -1;
	pg_answers_forget(en);
	r = pq.exec(en->c, sql);
	result = pg_is_good(r) ? 0 : pg_failed(en, r, what, e);
	pq.clear(r);
	return result;
}

static int fenced(struct engine *en, struct err *e)
{
	pg_rollback(en);
	en->is_fenced = true;
	return err_set(e, ERR_TEMP,
		       "store: the lease of this node (number %" PRIi64
		       ") was taken: nothing more is written",
		       en->fence);
}

/* Its number goes with the BEGIN: one round trip.  It is looked at when its lock is held, so that
 * it holds to the end. */
int pg_begin(struct engine *en, struct err *e)
{
	char sql[160] = "BEGIN";
	PGresult *r;
	int result = 0;

	if (en->reader)
		return err_set(e, ERR_PERM, "store: opened for reading");
	if (en->is_given_up)
		return err_set(e, ERR_TEMP, "store: the session with PostgreSQL is given up");
	if (en->fence)
		snprintf(sql, sizeof(sql),
			 "BEGIN; SELECT pg_advisory_xact_lock_shared(%" PRIi64
			 "); SELECT 1 FROM node WHERE fence = %" PRIi64,
			 en->fence_key, en->fence);
	if (pg_settle(en, e) < 0)
		return -1;
	pg_answers_forget(en);
	r = pq.exec(en->c, sql);
	en->in_txn = true;
	if (!pg_is_good(r))
		result = pg_failed(en, r, "begin", e);
	else if (en->fence && pq.ntuples(r) == 0)
		result = fenced(en, e);
	pq.clear(r);
	if (result < 0)
		pg_rollback(en);
	return result;
}

static void end(struct engine *en)
{
	pg_numbers_drop(en);
	en->late.class = ERR_NONE;
	en->in_txn = en->is_unheard = false;
}

void pg_rollback(struct engine *en)
{
	struct err ignored;

	(void)pg_settle(en, &ignored);
	pg_answers_forget(en);
	if (en->in_txn)
		pq.clear(pq.exec(en->c, "ROLLBACK"));
	end(en);
}

void pg_unheard(struct engine *en, bool on)
{
	en->is_unheard = on && en->in_txn;
}

/* The server answers a COMMIT of what failed with "ROLLBACK". */
int pg_commit(struct engine *en, struct err *e)
{
	PGresult *r = NULL;
	int result = pg_pipeline_commit(en, &r, e);

	pg_answers_forget(en);
	if (result == 0)
		r = pq.exec(en->c, "COMMIT");
	if (result > 0)
		result = 0;
	if (result == 0 && !pg_is_good(r))
		result = pg_failed(en, r, "commit", e);
	else if (result == 0 && strcmp(pq.cmdStatus(r), "COMMIT") != 0)
		result = err_set(e, ERR_TEMP, "store: commit: rolled back by the server");
	pq.clear(r);
	if (result < 0)
		pg_rollback(en);
	end(en);
	return result;
}
