/*
 * What a database engine must do for the verbs: this table is the whole of it.
 *
 * One engine, one connection, one thread.  A statement is named by its id (store/sql.h), prepared
 * once and cached; between engine_prepare() and reset() it belongs to the caller.  Parameters and
 * columns count from 0.  Spans that are bound must live until reset(); spans of a column live until
 * the next step() or reset().  Texts are checked by the caller (valid UTF-8, no NUL).
 *
 * Errors are classified here: ERR_TEMP for busy, disk full, I/O; ERR_PERM for a constraint, a
 * broken or foreign file; ERR_BUG for a statement of ours that is wrong.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"
#include "store/rows.h"
#include "store/sql.h"
#include "store/store.h"

struct engine; /* a connection */
struct sqlite_log;
struct bulk;
struct engine_stmt; /* a prepared statement */

/* 1: a piece that lives until the next call; 0: that was all; -1. */
typedef int engine_next_fn(void *ctx, struct span *ret_piece, struct err *e);

struct engine_ops {
	const struct sql_dialect *sql;
	bool is_file;	/* with a companion beside it (standing.h) */
	size_t budgets; /* keys that SQL_BUDGET_TAKE and SQL_BUDGET_USED have */

	int (*open)(const char *where, enum store_mode mode, struct engine **ret_engine,
		    struct err *e);
	/* store_open_copy(); log: it stands over the file (sqlite_image.h) */
	int (*open_copy)(int fd, const struct sqlite_log *log, struct engine **ret_engine,
			 struct err *e);
	/* It is the store that it should be.  Until then nothing in its files is changed by closing
	 * it: its log may be another's, and what is refused can be put right.  NULL: nothing to do
	 */
	void (*trust)(struct engine *en);
	void (*close)(struct engine *en);  /* rolls back what is open */
	bool (*broken)(struct engine *en); /* see store_broken() */
	/* From now on each transaction holds the lock of that key, shared, and is refused unless
	 * there is a node with that number; NULL: one process alone has it. */
	void (*fence)(struct engine *en, int64_t fence, int64_t key);
	/* It is broken from now on; NULL: one process alone has it. */
	void (*give_up)(struct engine *en);
	/* STORE_NODE: 0 as long as no other has it open, until `alone` is false again. */
	int (*alone)(struct engine *en, bool alone, struct err *e);

	int (*begin)(struct engine *en, struct err *e);
	/* When it fails nothing is open any more; it may have happened all the same. */
	int (*commit)(struct engine *en, struct err *e);
	void (*rollback)(struct engine *en);
	/* Of this transaction: store_unheard(), or no more.  NULL: all is heard of at once. */
	void (*unheard)(struct engine *en, bool on);
	/* store_turn_begin() was done, store_turn_end() is to come.  NULL: one process alone has
	 * it. */
	int (*turn)(struct engine *en, bool begun, struct err *e);
	/* Statements without parameters and rows. */
	int (*script)(struct engine *en, const char *sql, struct err *e);
	/* Those of a migration, which may write the schema's own text. */
	int (*migrate)(struct engine *en, const char *sql, struct err *e);
	/* Called some times a second while a migration runs, until fn is NULL; written: bytes of
	 * the log so far.  NULL: the server does the work, and says nothing meanwhile. */
	void (*watch)(struct engine *en, void (*fn)(void *ctx, int64_t written), void *ctx);

	int (*prepare)(struct engine *en, enum sql_id id, struct engine_stmt **ret_stmt,
		       struct err *e);
	int (*bind_int)(struct engine_stmt *st, int at, int64_t value, struct err *e);
	int (*bind_text)(struct engine_stmt *st, int at, struct span value, struct err *e);
	int (*bind_blob)(struct engine_stmt *st, int at, struct span value, struct err *e);
	int (*bind_null)(struct engine_stmt *st, int at, struct err *e); /* of a number */
	int (*bind_no_blob)(struct engine_stmt *st, int at, struct err *e);
	int (*parameters)(
	    struct engine_stmt *st);		/* how many there are to bind: the highest number */
	int (*columns)(struct engine_stmt *st); /* of a row */
	/* Before the first step of a change that must find a row.  true: where it finds none that
	 * is said later, "no WHAT ID"; false: changes() says it.  NULL: it always does. */
	bool (*must)(struct engine_stmt *st, const char *what, int64_t id);
	int (*step)(struct engine_stmt *st, struct err *e); /* 1 a row, 0 the end, -1 */
	/* A SELECT that is to be asked soon (store_ahead.h): 1, its rows are there and step()
	 * gives them; 0, it is on its way, or not kept.  Both NULL: the engine is near. */
	int (*say)(struct engine_stmt *st, struct err *e);
	void (*forget)(struct engine *en);
	/* What was sent and not waited for has come to its end.  NULL: nothing is. */
	int (*settle)(struct engine *en, struct err *e);
	void (*reset)(struct engine_stmt *st);

	bool (*column_null)(struct engine_stmt *st, int at);
	int64_t (*column_int)(struct engine_stmt *st, int at);
	double (*column_real)(struct engine_stmt *st, int at);
	struct span (*column_bytes)(struct engine_stmt *st, int at); /* text or blob */

	/* The bytes of a row of the table of contents as they are kept, a piece at a time; to
	 * write, the row has room for just as many. */
	int (*bytes_write)(struct engine *en, int64_t content, engine_next_fn *next, void *ctx,
			   struct err *e);
	int (*bytes_read)(struct engine *en, int64_t content, store_piece_fn *fn, void *ctx,
			  struct err *e);

	int64_t (*changes)(struct engine *en); /* rows the last statement changed */
	/* The number of the row that the last statement added, 0: it added none. */
	int64_t (*new_row)(struct engine *en);
	int64_t (*changed)(struct engine *en); /* rows that all of them did since it was opened */

	int64_t (*size)(struct engine *en); /* bytes on disk; -1 when not known */
	/* store_copy_begin(), _step(), _end(); bulk: bytes that the copy is to have in its rows */
	int (*copy_begin)(struct engine *en, const char *where, const struct bulk *bulk,
			  struct store_copy **ret_copy, struct err *e);
	int (*copy_step)(struct store_copy *c, int pages, struct store_copied *ret_copied,
			 struct err *e);
	int (*copy_end)(struct store_copy **c, int *ret_fd, struct err *e);
	/* store_person_compact() */
	int (*compact)(struct engine *en, bool whole, struct err *e);
	/* For whole tables, and what its functions take as `db`. */
	const struct rows_ops *rows;
	void *(*db)(struct engine *en);
	/* What the engine itself finds wrong, a line each. */
	int (*check)(struct engine *en, struct buf *ret_findings, struct err *e);
};

extern const struct engine_ops engine_sqlite, engine_pg;

#endif
