/*
 * SQLite: one connection in locking_mode=EXCLUSIVE with WAL and synchronous=FULL: a COMMIT that
 * returned is on the disk, and nobody else changes the file beside us.  The lock is taken at once,
 * so that the second who opens the file is told so, and by whom it is held.
 */
#include "store/engine.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "gatewayd/base/mem.h"
#include "store/sqlite_bytes.h"
#include "store/sqlite_check.h"
#include "store/sqlite_copy.h"
#include "store/sqlite_file.h"
#include "store/sqlite_image.h"
#include "store/sqlite_result.h"
#include "store/sqlite_words.h"
#include "store/sqlite_writes.h"

struct engine_stmt {
	struct engine *engine;
	sqlite3_stmt *s;
	enum sql_id id;
	bool reads; /* and changes nothing */
	bool in_use;
};

enum { WATCH_STEPS = 100000 }; /* of SQLite's machine: milliseconds */

struct engine {
	sqlite3 *db;
	bool reader; /* opened with STORE_READ */
	bool broken; /* an fsync or a rollback failed: nothing more is written */
	void (*on_script)(void *ctx, int64_t written);
	void *script_ctx;
	struct sqlite_image image; /* of a copy that is looked at */
	sqlite3_vfs writes;
	sqlite3_stmt *begin, *commit; /* NULL: not yet */
	struct engine_stmt statements[SQL_COUNT];
};

/* What only a reader is told for good is the machine's trouble where the file is written. */
static enum err_class class_here(const struct engine *en, int code)
{
	return (code & 0xff) == SQLITE_READONLY && !en->reader ? ERR_TEMP : sqlite_class(code);
}

/*
 * After a failed fsync the kernel may have thrown the pages away, and a second try would be told
 * that all is well.  So nothing more is written; opening the file again reads what the disk has.
 */
static int failed(struct engine *en, const char *what, struct err *e)
{
	int code = sqlite3_extended_errcode(en->db);

	if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
		en->broken = true;
	return err_set(e, class_here(en, code), "store: %s: %s%s (SQLite %d)", what,
		       en->reader ? "" : sqlite_cure(code), sqlite3_errmsg(en->db), code);
}

static int run(struct engine *en, const char *sql, struct err *e)
{
	return sqlite3_exec(en->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(en, sql, e);
}

/* --- opening --- */

static int set_up(struct engine *en, enum store_mode mode, struct err *e)
{
	/* The order matters: without locking_mode first, the WAL index would be shared memory. */
	static const char *const steps[] = {
		"PRAGMA locking_mode = EXCLUSIVE",
		"PRAGMA trusted_schema = OFF",
		"PRAGMA foreign_keys = ON",
		"PRAGMA secure_delete = ON",
		"PRAGMA cell_size_check = ON",
		"PRAGMA journal_mode = WAL",
		"PRAGMA synchronous = FULL",
		/* pages, 63 MiB of the log: hot ones are copied back less often */
		"PRAGMA wal_autocheckpoint = 16000",
		"PRAGMA journal_size_limit = 67108864",
		"PRAGMA cache_size = -16384",
		"PRAGMA temp_store = MEMORY",
		"BEGIN EXCLUSIVE", /* takes the lock for good */
		"COMMIT",
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (run(en, steps[i], e) < 0)
			return -1;
	en->reader = mode == STORE_READ;
	return en->reader ? run(en, "PRAGMA query_only = ON", e) : 0;
}

/* The last to close a file copies its log into it, and deletes that. */
static void copy_log_at_close(struct engine *en, bool on)
{
	sqlite3_db_config(en->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, NULL);
}

static void engine_trust(struct engine *en)
{
	copy_log_at_close(en, true);
}

static void engine_close(struct engine *en)
{
	for (int i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(en->statements[i].s);
	sqlite3_finalize(en->begin);
	sqlite3_finalize(en->commit);
	sqlite3_close(en->db);
	sqlite_image_release(&en->image);
	sqlite_writes_release(&en->writes);
	free(en);
}

static int engine_open(const char *where, enum store_mode mode, struct engine **ret_engine,
		       struct err *e)
{
	char *path MEM_AUTO = sqlite_file_path(where);
	struct engine *en;
	int code;

	if (sqlite_file_find(where, mode, e) < 0)
		return -1;
	sqlite_begin();
	en = mem_alloc(sizeof(*en));
	code = sqlite_writes_open(path, &en->writes, &en->db);
	if (!en->db) {
		free(en);
		return err_set(e, ERR_TEMP, "store %s: no memory left", where);
	}
	sqlite3_extended_result_codes(en->db, 1);
	sqlite3_db_config(en->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	copy_log_at_close(en, false);
	if (code == SQLITE_OK && set_up(en, mode, e) == 0) {
		sqlite_words_use(en->db);
		*ret_engine = en;
		return 0;
	}
	code = sqlite3_errcode(en->db);
	err_set(e, sqlite_class(code), "store %s: %s%s", where, sqlite_cure(code),
		sqlite3_errmsg(en->db));
	engine_close(en);
	return (code & 0xff) == SQLITE_BUSY ? sqlite_file_locked(where, e) : -1;
}

static int engine_open_copy(int fd, const struct sqlite_log *log, struct engine **ret_engine,
			    struct err *e)
{
	struct engine *en = mem_alloc(sizeof(*en));

	sqlite_begin();
	if (sqlite_image_open(fd, log, &en->image, &en->db, e) < 0) {
		free(en);
		return -1;
	}
	sqlite3_extended_result_codes(en->db, 1);
	sqlite3_db_config(en->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (run(en, "PRAGMA journal_mode = OFF", e) < 0 ||
	    run(en, "PRAGMA temp_store = MEMORY", e) < 0 ||
	    run(en, "PRAGMA trusted_schema = OFF", e) < 0 ||
	    run(en, "PRAGMA cell_size_check = ON", e) < 0) {
		engine_close(en);
		return -1;
	}
	*ret_engine = en;
	return 0;
}

/* --- transactions --- */

static bool engine_broken(struct engine *en)
{
	return en->broken;
}

static int usable(struct engine *en, struct err *e)
{
	if (!en->broken)
		return 0;
	return err_set(e, ERR_TEMP,
		       "store: the disk failed to keep a write, or a rollback found no memory; it "
		       "must be opened again");
}

/* What has no rows, prepared once. */
static int run_again(struct engine *en, const char *sql, sqlite3_stmt **s, struct err *e)
{
	int done = 0;

	if (!*s &&
	    sqlite3_prepare_v3(en->db, sql, -1, SQLITE_PREPARE_PERSISTENT, s, NULL) != SQLITE_OK)
		return failed(en, sql, e);
	if (sqlite3_step(*s) != SQLITE_DONE)
		done = failed(en, sql, e);
	sqlite3_reset(*s);
	return done;
}

static int engine_begin(struct engine *en, struct err *e)
{
	return usable(en, e) < 0 ? -1 : run_again(en, "BEGIN IMMEDIATE", &en->begin, e);
}

/* Without memory even this fails: what is written next would be part of what should be gone. */
static void engine_rollback(struct engine *en)
{
	if (sqlite3_get_autocommit(en->db))
		return;
	sqlite3_exec(en->db, "ROLLBACK", NULL, NULL, NULL);
	en->broken = en->broken || !sqlite3_get_autocommit(en->db);
}

static int engine_commit(struct engine *en, struct err *e)
{
	if (run_again(en, "COMMIT", &en->commit, e) == 0)
		return 0;
	engine_rollback(en);
	return -1;
}

static int on_progress(void *ctx)
{
	struct engine *en = ctx;
	int64_t written =
	    sqlite_file_size(sqlite3_filename_wal(sqlite3_db_filename(en->db, "main")));

	en->on_script(en->script_ctx, written > 0 ? written : 0);
	return 0;
}

static void engine_watch(struct engine *en, void (*fn)(void *ctx, int64_t written), void *ctx)
{
	en->on_script = fn;
	en->script_ctx = ctx;
	sqlite3_progress_handler(en->db, fn ? WATCH_STEPS : 0, on_progress, en);
}

static int engine_script(struct engine *en, const char *sql, struct err *e)
{
	return sqlite3_exec(en->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0
									: failed(en, "script", e);
}

/* Each change of that makes SQLite prepare all statements again. */
static int engine_migrate(struct engine *en, const char *sql, struct err *e)
{
	int result;

	sqlite3_db_config(en->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	result = engine_script(en, sql, e);
	sqlite3_db_config(en->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return result;
}

/* --- statements --- */

static int engine_prepare(struct engine *en, enum sql_id id, struct engine_stmt **ret_stmt,
			  struct err *e)
{
	struct engine_stmt *st = &en->statements[id];

	if (usable(en, e) < 0)
		return -1;
	if (st->in_use)
		return err_set(e, ERR_BUG, "store: %s is in use", sql_name(id));
	if (!st->s) {
		st->engine = en;
		st->id = id;
		if (sqlite3_prepare_v3(en->db, sql_sqlite.statements[id].text, -1,
				       SQLITE_PREPARE_PERSISTENT, &st->s, NULL) != SQLITE_OK)
			return failed(en, sql_name(id), e);
		st->reads = sqlite3_stmt_readonly(st->s);
	}
	st->in_use = true;
	*ret_stmt = st;
	return 0;
}

static int bound(struct engine_stmt *st, int code, struct err *e)
{
	return code == SQLITE_OK ? 0 : failed(st->engine, sql_name(st->id), e);
}

static int engine_bind_int(struct engine_stmt *st, int at, int64_t value, struct err *e)
{
	return bound(st, sqlite3_bind_int64(st->s, at + 1, value), e);
}

static int engine_bind_text(struct engine_stmt *st, int at, struct span value, struct err *e)
{
	return bound(st,
		     sqlite3_bind_text64(st->s, at + 1, value.n ? value.p : "", value.n,
					 SQLITE_STATIC, SQLITE_UTF8),
		     e);
}

static int engine_bind_blob(struct engine_stmt *st, int at, struct span value, struct err *e)
{
	return bound(
	    st, sqlite3_bind_blob64(st->s, at + 1, value.n ? value.p : "", value.n, SQLITE_STATIC),
	    e);
}

static int engine_bind_null(struct engine_stmt *st, int at, struct err *e)
{
	return bound(st, sqlite3_bind_null(st->s, at + 1), e);
}

static int engine_parameters(struct engine_stmt *st)
{
	return sqlite3_bind_parameter_count(st->s);
}

static int engine_columns(struct engine_stmt *st)
{
	return sqlite3_column_count(st->s);
}

/*
 * A reference to a row that is not there is an error of the statement that made it.  SQLite looks
 * at those that are deferred at the COMMIT only: one that it would have to refuse at once costs a
 * copy of each page that the statement changes.
 */
static int references_stand(struct engine_stmt *st, struct err *e)
{
	int dangling = 0, most = 0;

	(void)sqlite3_db_status(st->engine->db, SQLITE_DBSTATUS_DEFERRED_FKS, &dangling, &most, 0);
	return dangling ? err_set(e, ERR_PERM, "store: %s: FOREIGN KEY constraint failed",
				  sql_name(st->id))
			: 0;
}

static int engine_step(struct engine_stmt *st, struct err *e)
{
	switch (sqlite3_step(st->s)) {
	case SQLITE_ROW: return 1;
	case SQLITE_DONE: return st->reads ? 0 : references_stand(st, e);
	default: return failed(st->engine, sql_name(st->id), e);
	}
}

/* What was bound stays until it is bound again: who steps it has bound all (query.c). */
static void engine_reset(struct engine_stmt *st)
{
	sqlite3_reset(st->s);
	st->in_use = false;
}

static bool engine_column_null(struct engine_stmt *st, int at)
{
	return sqlite3_column_type(st->s, at) == SQLITE_NULL;
}

static int64_t engine_column_int(struct engine_stmt *st, int at)
{
	return sqlite3_column_int64(st->s, at);
}

static double engine_column_real(struct engine_stmt *st, int at)
{
	return sqlite3_column_double(st->s, at);
}

static struct span engine_column_bytes(struct engine_stmt *st, int at)
{
	const void *p = sqlite3_column_blob(st->s, at);

	return (struct span){ p, p ? (size_t)sqlite3_column_bytes(st->s, at) : 0 };
}

static int engine_bytes_write(struct engine *en, int64_t content, engine_next_fn *next, void *ctx,
			      struct err *e)
{
	bool stopped;

	if (usable(en, e) < 0)
		return -1;
	if (sqlite_bytes_write(en->db, content, next, ctx, &stopped, e) != SQLITE_OK)
		return failed(en, "content", e);
	return stopped ? -1 : 0;
}

static int engine_bytes_read(struct engine *en, int64_t content, store_piece_fn *fn, void *ctx,
			     struct err *e)
{
	bool stopped;

	if (usable(en, e) < 0)
		return -1;
	if (sqlite_bytes_read(en->db, content, fn, ctx, &stopped, e) != SQLITE_OK)
		return failed(en, "content", e);
	return stopped ? -1 : 0;
}

static int64_t engine_changes(struct engine *en)
{
	return sqlite3_changes64(en->db);
}

static int64_t engine_new_row(struct engine *en)
{
	return sqlite3_changes64(en->db) ? sqlite3_last_insert_rowid(en->db) : 0;
}

static int64_t engine_changed(struct engine *en)
{
	return sqlite3_total_changes64(en->db);
}

/* --- the file as a whole --- */

static int64_t engine_size(struct engine *en)
{
	return sqlite_check_size(en->db);
}

static int check_words(struct engine *en, struct buf *ret_findings, struct err *e)
{
	return sqlite_check_words(en->db, ret_findings) == SQLITE_OK ? 0 : failed(en, "words", e);
}

static int engine_check(struct engine *en, struct buf *ret_findings, struct err *e)
{
	int done;

	if (sqlite_check_rows(en->db, ret_findings) != SQLITE_OK)
		return failed(en, "check", e);
	if (en->reader && run(en, "PRAGMA query_only = OFF", e) < 0)
		return -1;
	done = check_words(en, ret_findings, e);
	if (en->reader && run(en, "PRAGMA query_only = ON", e) < 0)
		return -1;
	return done;
}

static int engine_copy_begin(struct engine *en, const char *where, const struct bulk *bulk,
			     struct store_copy **ret_copy, struct err *e)
{
	return sqlite_copy_begin(en->db, where, engine_size(en), bulk, ret_copy, e);
}

static int engine_compact(struct engine *en, bool whole, struct err *e)
{
	return sqlite_compact(en->db, whole, e);
}

static void *engine_db(struct engine *en)
{
	return en->db;
}

const struct engine_ops engine_sqlite = {
	.sql = &sql_sqlite,
	.is_file = true,
	.budgets = 1,
	.open = engine_open,
	.open_copy = engine_open_copy,
	.trust = engine_trust,
	.close = engine_close,
	.broken = engine_broken,
	.begin = engine_begin,
	.commit = engine_commit,
	.rollback = engine_rollback,
	.script = engine_script,
	.migrate = engine_migrate,
	.watch = engine_watch,
	.prepare = engine_prepare,
	.bind_int = engine_bind_int,
	.bind_text = engine_bind_text,
	.bind_blob = engine_bind_blob,
	.bind_null = engine_bind_null,
	.bind_no_blob = engine_bind_null,
	.parameters = engine_parameters,
	.columns = engine_columns,
	.step = engine_step,
	.reset = engine_reset,
	.column_null = engine_column_null,
	.column_int = engine_column_int,
	.column_real = engine_column_real,
	.column_bytes = engine_column_bytes,
	.bytes_write = engine_bytes_write,
	.bytes_read = engine_bytes_read,
	.changes = engine_changes,
	.new_row = engine_new_row,
	.changed = engine_changed,
	.size = engine_size,
	.compact = engine_compact,
	.copy_begin = engine_copy_begin,
	.copy_step = sqlite_copy_step,
	.copy_end = sqlite_copy_end,
	.rows = &sqlite_rows,
	.db = engine_db,
	.check = engine_check,
};
