#include "store/sqlite_whole.h"

#include "store/sqlite_result.h"

static int failed(sqlite3 *db, struct err *e)
{
	return err_set(e, sqlite_class(sqlite3_errcode(db)), "copy of the store: %s",
		       sqlite3_errmsg(db));
}

static int run(sqlite3 *db, const char *sql, struct err *e)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(db, e);
}

/* The columns of the first row, zeros when there is none; 1, 0, -1. */
static int first_row(sqlite3 *db, const char *sql, int64_t *ret_v, int n, struct err *e)
{
	sqlite3_stmt *s = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(s);
	for (int i = 0; i < n; i++)
		ret_v[i] = code == SQLITE_ROW ? sqlite3_column_int64(s, i) : 0;
	sqlite3_finalize(s);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return failed(db, e);
	return code == SQLITE_ROW;
}

static int change(sqlite3 *db, const char *sql, int64_t first, int64_t second, struct err *e)
{
	sqlite3_stmt *s = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(s, 1, first);
	if (code == SQLITE_OK && sqlite3_bind_parameter_count(s) > 1)
		code = sqlite3_bind_int64(s, 2, second);
	if (code == SQLITE_OK)
		code = sqlite3_step(s);
	sqlite3_finalize(s);
	return code == SQLITE_DONE ? 0 : failed(db, e);
}

struct filling {
	sqlite3_blob *blob;
	int at;
};

static int fill_piece(void *ctx, struct span piece, struct err *e)
{
	struct filling *f = ctx;
	int code = sqlite3_blob_write(f->blob, piece.p, (int)piece.n, f->at);

	f->at += (int)piece.n;
	return code == SQLITE_OK
		   ? 0
		   : err_set(e, sqlite_class(code), "copy of the store: %s", sqlite3_errstr(code));
}

/* What cannot be read stays empty: who looks at the copy finds the content that has no bytes. */
static int fill(sqlite3 *db, const struct bulk *bulk, int64_t content, int64_t at, int64_t length,
		struct err *e)
{
	struct filling f = { .at = 0 };
	int done;

	if (sqlite3_blob_open(db, "main", "content", "bytes", content, 1, &f.blob) != SQLITE_OK) {
		sqlite3_blob_close(f.blob);
		return failed(db, e);
	}
	done = bulk_read(bulk, at, length, fill_piece, &f, e);
	if (sqlite3_blob_close(f.blob) != SQLITE_OK && done == 0)
		return failed(db, e);
	return done < 0 && e->class == ERR_PERM ? 0 : done;
}

/* 1: one was moved, 0: there was none. */
static int move_one(sqlite3 *db, const struct bulk *bulk, int64_t *moved, struct err *e)
{
	enum { CONTENT, AT, LENGTH, COLUMNS };
	int64_t row[COLUMNS];
	int got = first_row(db, "SELECT content, at, length FROM extent ORDER BY content LIMIT 1",
			    row, COLUMNS, e);

	if (got <= 0)
		return got;
	if (change(db, "UPDATE content SET bytes = zeroblob(?2) WHERE id = ?1", row[CONTENT],
		   row[LENGTH], e) < 0 ||
	    fill(db, bulk, row[CONTENT], row[AT], row[LENGTH], e) < 0 ||
	    change(db, "DELETE FROM extent WHERE content = ?1", row[CONTENT], 0, e) < 0)
		return -1;
	*moved += row[LENGTH];
	return 1;
}

int sqlite_whole_step(sqlite3 *copy, const struct bulk *bulk, int64_t most, int64_t *moved,
		      struct err *e)
{
	int64_t until = most < 0 ? INT64_MAX : *moved + most;
	int got;

	if (run(copy, "BEGIN", e) < 0)
		return -1;
	do
		got = move_one(copy, bulk, moved, e);
	while (got > 0 && *moved < until);
	if (got == 0 && run(copy, "DELETE FROM extent_gone", e) < 0)
		return -1;
	return got < 0 || run(copy, "COMMIT", e) < 0 ? -1 : got;
}
