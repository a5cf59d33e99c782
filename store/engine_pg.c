/*
 * PostgreSQL by libpq (libpq.h); with pg.c and pg_statement.c the only files that know its
 * interface.
 *
 * One connection, blocking.  A statement is prepared at its first use, when the types of its
 * parameters are known: numbers are int8, texts text, blobs bytea, all in binary.  What it returns
 * is read whole before the first row is given.
 *
 * A connection that is lost is not made again here: nobody knows what became of the last COMMIT.
 * The engine is `broken`, and whoever opens the store again finds out by what is in it, as after
 * a crash.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/mem.h"
#include "store/pg_answers.h"
#include "store/pg_numbers.h"
#include "store/pg_pipeline.h"
#include "store/pg_statement.h"
#include "store/pg_txn.h"

/* --- opening --- */

static void engine_close(struct engine *en)
{
	for (int i = 0; i < SQL_COUNT; i++)
		pg_reset(&en->statements[i]);
	pg_numbers_end(en);
	pq.finish(en->c);
	while (en->waiting > 0)
		if (en->sent[--en->waiting].what.answer)
			pg_answer_came(en, en->sent[en->waiting].what.answer, NULL);
	pg_answers_forget(en);
	buf_release(&en->words);
	free(en);
}

/* Notices are the server's talk with its administrator. */
static void drop_notice(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
}

static PGconn *connect_to(const char *where)
{
	/* What the address says goes before what stands in front of it. */
	static const char *const names[] = { "application_name",
					     "connect_timeout",
					     "keepalives_idle",
					     "tcp_user_timeout",
					     "dbname",
					     "client_encoding",
					     NULL };
	const char *const values[] = { "gatewayd", "10", "10", "15000", where, "UTF8", NULL };

	return pq.connectdbParams(names, values, 1);
}

enum { LOCK_TRIES = 20, LOCK_PAUSE_MS = 50 };

/* The two numbers of the lock: that it is of gatewayd, and the schema. */
#define LOCK_OF	  "1734440037"
#define LOCK_WHAT "current_schema()::regnamespace::oid"

/* Who else has it, for who may not: "server process 4711, from 192.0.2.7". */
static int in_use(struct engine *en, struct err *e)
{
	PGresult *r =
	    pq.exec(en->c, "SELECT l.pid, coalesce(host(a.client_addr), 'a local socket') "
			   "FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
			   "WHERE l.locktype = 'advisory' AND l.granted "
			   "AND l.classid = " LOCK_OF " AND l.objid = " LOCK_WHAT " "
			   "AND a.datname = current_database() AND l.pid <> pg_backend_pid()");

	if (pg_is_good(r) && pq.ntuples(r) >= 1)
		err_set(e, ERR_TEMP, "another process has it open: server process %s, from %s",
			pq.getvalue(r, 0, 0), pq.getvalue(r, 0, 1));
	else
		err_set(e, ERR_TEMP, "another process has it open");
	pq.clear(r);
	return -1;
}

#define LOCK_ALONE "SELECT pg_try_advisory_lock(" LOCK_OF ", " LOCK_WHAT "::int)"
/* As every node has it: who wants it alone finds them. */
#define LOCK_SHARED "SELECT pg_try_advisory_lock_shared(" LOCK_OF ", " LOCK_WHAT "::int)"

/*
 * The lock is the session's and ends with it, however it ends.  The server ends a session a moment
 * after its process has gone: who may wait for that tries more than once.
 */
static int lock(struct engine *en, const char *sql, int tries, struct err *e)
{
	bool locked = false;

	for (int i = 0; i < tries && !locked; i++) {
		PGresult *r;

		if (i)
			poll(NULL, 0, LOCK_PAUSE_MS);
		r = pq.exec(en->c, sql);
		if (!pg_is_good(r)) {
			pg_failed(en, r, "lock", e);
			pq.clear(r);
			return -1;
		}
		locked = pq.getvalue(r, 0, 0)[0] == 't';
		pq.clear(r);
	}
	return locked ? 0 : in_use(en, e);
}

static int engine_alone(struct engine *en, bool alone, struct err *e)
{
	if (en->is_alone == alone)
		return 0;
	if (alone ? lock(en, LOCK_ALONE, 1, e) < 0
		  : pg_run(en, "SELECT pg_advisory_unlock(" LOCK_OF ", " LOCK_WHAT "::int)",
			   "unlock", e) < 0)
		return -1;
	en->is_alone = alone;
	return 0;
}

/*
 * The server ends a session that is silent for so long, by its own clock: one that was stopped or
 * cut off has its locks no longer.  Who waits for the turn of such a one says meanwhile that he is
 * there.
 */
static int set_lease(struct engine *en, struct err *e)
{
	char lease[240];

	snprintf(lease, sizeof(lease),
		 "SET idle_session_timeout = '%ds'; SET idle_in_transaction_session_timeout = "
		 "'%ds'; SET lock_timeout = '%ds'; "
		 "SET default_transaction_isolation = 'read committed'",
		 STORE_LEASE_S, STORE_LEASE_S, STORE_LEASE_S / 5);
	return pg_run(en, lease, "lease", e);
}

/*
 * A statement is planned in its first runs, and that plan is kept, though the tables may have been
 * empty then: one that reads a small table whole goes on so when it is large.  All statements are
 * written for one row of an index after another, which is all that SQLite knows; a way by no index
 * is left where there is none.  Who reads alone runs each once, and some over whole tables.
 */
static int set_plans(struct engine *en, struct err *e)
{
	return pg_run(
	    en, "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off",
	    "plans", e);
}

static int set_up(struct engine *en, enum store_mode mode, struct err *e)
{
	/* A COMMIT that returned is on the disk, whatever the database's default is.  Texts are
	 * packed by lz4 where the server has it: a quarter of what its own way takes. */
	static const char settings[] =
	    "SET client_min_messages = error; SET standard_conforming_strings = on; SET jit = off; "
	    "SELECT set_config(name, 'lz4', false) FROM pg_settings "
	    "WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals); "
	    "SELECT set_config('synchronous_commit', 'on', false) "
	    "WHERE current_setting('synchronous_commit') IN ('off', 'local')";

	if (pq.serverVersion(en->c) < 140000)
		return err_set(e, ERR_PERM, "the server is older than PostgreSQL 14");
	if (pg_run(en, settings, "settings", e) < 0)
		return -1;
	en->reader = mode == STORE_READ;
	en->is_shared = mode == STORE_NODE;
	if (en->reader)
		return pg_run(en, "SET default_transaction_read_only = on", "settings", e);
	if (set_plans(en, e) < 0)
		return -1;
	if (mode != STORE_NODE)
		return lock(en, LOCK_ALONE, LOCK_TRIES, e);
	return set_lease(en, e) < 0 ? -1 : lock(en, LOCK_SHARED, LOCK_TRIES, e);
}

/* An address may hold a password: only what is behind it is said. */
static int not_connected(const struct engine *en, struct err *e)
{
	const char *text = pq.errorMessage(en->c);

	return err_set(e, ERR_TEMP, "store: PostgreSQL: %.*s", (int)strcspn(text, "\n"), text);
}

static int engine_open(const char *where, enum store_mode mode, struct engine **ret_engine,
		       struct err *e)
{
	struct engine *en;

	if (libpq_load(e) < 0)
		return -1;
	en = mem_alloc(sizeof(*en));
	buf_init(&en->words, SIZE_MAX);
	en->c = connect_to(where);
	if (!en->c)
		abort();
	pq.setNoticeProcessor(en->c, drop_notice, NULL);
	if ((pg_broken(en) ? not_connected(en, e) : set_up(en, mode, e)) < 0) {
		engine_close(en);
		return -1;
	}
	*ret_engine = en;
	return 0;
}

/* --- as one of several --- */

static void engine_fence(struct engine *en, int64_t fence, int64_t key)
{
	en->fence = fence;
	en->fence_key = key;
}

static void engine_give_up(struct engine *en)
{
	en->is_given_up = true;
}

static int engine_script(struct engine *en, const char *sql, struct err *e)
{
	return pg_run(en, sql, "script", e);
}

/* --- as a whole --- */

static int64_t engine_changed(struct engine *en)
{
	return en->changed;
}

/* The server looks at each file: once in so many changes is often enough. */
static int64_t engine_size(struct engine *en)
{
	enum { OFTEN = 10000 };
	struct err ignored;
	PGresult *r;

	if (en->size > 0 && en->changed - en->sized_at < OFTEN)
		return en->size;
	if (pg_settle(en, &ignored) < 0)
		return -1;
	r = pq.exec(en->c, "SELECT sum(pg_total_relation_size(oid))::int8 FROM pg_class "
			   "WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'");
	en->size = pg_is_good(r) ? atoll(pq.getvalue(r, 0, 0)) : -1;
	en->sized_at = en->changed;
	pq.clear(r);
	return en->size;
}

/* Its log belongs to the server, which keeps it for as long as it likes. */
static int engine_compact(struct engine *en, bool whole, struct err *e)
{
	return whole ? pg_run(en, "VACUUM FULL", "vacuum", e) : 0;
}

static int engine_copy_begin(struct engine *en, const char *where, const struct bulk *bulk,
			     struct store_copy **ret_copy, struct err *e)
{
	(void)en;
	(void)where;
	(void)bulk;
	(void)ret_copy;
	return err_set(e, ERR_PERM,
		       "the store is in PostgreSQL: back it up there (pg_dump, pg_basebackup)");
}

static int engine_copy_step(struct store_copy *c, int pages, struct store_copied *ret_copied,
			    struct err *e)
{
	(void)c;
	(void)pages;
	(void)ret_copied;
	return err_set(e, ERR_BUG, "store: no copy was begun");
}

static int engine_copy_end(struct store_copy **c, int *ret_fd, struct err *e)
{
	return engine_copy_step(*c, ret_fd != NULL, NULL, e);
}

static int engine_open_copy(int fd, const struct sqlite_log *log, struct engine **ret_engine,
			    struct err *e)
{
	(void)fd;
	(void)log;
	(void)ret_engine;
	return err_set(e, ERR_BUG, "store: a copy is a file");
}

/* The server checks its references with each change, and its pages where it has checksums. */
static int engine_check(struct engine *en, struct buf *ret_findings, struct err *e)
{
	(void)ret_findings;
	return pg_run(en, "SELECT 1", "check", e);
}

static void *engine_db(struct engine *en)
{
	return en;
}

const struct engine_ops engine_pg = {
	.sql = &sql_postgresql,
	.budgets = STORE_BUDGET_KEYS,
	.open = engine_open,
	.open_copy = engine_open_copy,
	.close = engine_close,
	.broken = pg_broken,
	.fence = engine_fence,
	.give_up = engine_give_up,
	.alone = engine_alone,
	.begin = pg_begin,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.unheard = pg_unheard,
	.turn = pg_turn,
	.script = engine_script,
	.migrate = engine_script,
	.compact = engine_compact,
	.prepare = pg_prepare,
	.bind_int = pg_bind_int,
	.bind_text = pg_bind_text,
	.bind_blob = pg_bind_blob,
	.bind_null = pg_bind_null,
	.bind_no_blob = pg_bind_no_blob,
	.parameters = pg_parameters,
	.columns = pg_columns,
	.must = pg_must,
	.step = pg_step,
	.say = pg_say,
	.forget = pg_answers_forget,
	.settle = pg_settle,
	.reset = pg_reset,
	.column_null = pg_column_null,
	.column_int = pg_column_int,
	.column_real = pg_column_real,
	.column_bytes = pg_column_bytes,
	.bytes_write = pg_bytes_write,
	.bytes_read = pg_bytes_read,
	.changes = pg_changes,
	.new_row = pg_new_row,
	.changed = engine_changed,
	.size = engine_size,
	.copy_begin = engine_copy_begin,
	.copy_step = engine_copy_step,
	.copy_end = engine_copy_end,
	.rows = &pg_rows,
	.db = engine_db,
	.check = engine_check,
};
