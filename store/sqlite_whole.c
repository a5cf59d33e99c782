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

static int begin_one(sqlite3 *db, struct sqlite_whole *w, struct err *e)
{
	enum { CONTENT, AT, LENGTH, COLUMNS };
	int64_t row[COLUMNS];
	int got = first_row(db, "SELECT content, at, length FROM extent ORDER BY content LIMIT 1",
			    row, COLUMNS, e);

	if (got <= 0)
		return got;
	w->content = row[CONTENT];
	w->at = row[AT];
	w->left = row[LENGTH];
	w->filled = 0;
	if (change(db, "UPDATE content SET bytes = zeroblob(?2) WHERE id = ?1", w->content, w->left,
		   e) < 0)
		return -1;
	if (sqlite3_blob_open(db, "main", "content", "bytes", w->content, 1, &w->blob) == SQLITE_OK)
		return 1;
	sqlite_whole_end(w);
	return failed(db, e);
}

static int fill_piece(void *ctx, struct span piece, struct err *e)
{
	struct sqlite_whole *w = ctx;
	int code = sqlite3_blob_write(w->blob, piece.p, (int)piece.n, w->filled);

	w->filled += (int)piece.n;
	return code == SQLITE_OK
		   ? 0
		   : err_set(e, sqlite_class(code), "copy of the store: %s", sqlite3_errstr(code));
}

/* What cannot be read stays empty: who looks at the copy finds the content that has no bytes. */
static int fill(struct sqlite_whole *w, const struct bulk *bulk, int64_t most, struct err *e)
{
	int64_t n = w->left < most ? w->left : most;

	if (bulk_read(bulk, w->at, n, fill_piece, w, e) < 0) {
		if (e->class != ERR_PERM)
			return -1;
		n = w->left;
	}
	w->at += n;
	w->left -= n;
	w->moved += n;
	return 0;
}

static int end_one(sqlite3 *db, struct sqlite_whole *w, struct err *e)
{
	int code = sqlite3_blob_close(w->blob);

	w->blob = NULL;
	if (code != SQLITE_OK)
		return failed(db, e);
	return change(db, "DELETE FROM extent WHERE content = ?1", w->content, 0, e);
}

/* 1: some of it was moved, 0: there is no more. */
static int move_some(sqlite3 *db, struct sqlite_whole *w, const struct bulk *bulk, int64_t most,
		     struct err *e)
{
	int got = w->blob ? 1 : begin_one(db, w, e);

	if (got <= 0)
		return got;
	if (fill(w, bulk, most, e) < 0 || (!w->left && end_one(db, w, e) < 0))
		return -1;
	return 1;
}

int sqlite_whole_step(sqlite3 *copy, struct sqlite_whole *w, const struct bulk *bulk, int64_t most,
		      struct err *e)
{
	int64_t until = most < 0 ? INT64_MAX : w->moved + most;
	int got;

	if (!w->is_begun && run(copy, "BEGIN", e) < 0)
		return -1;
	w->is_begun = true;
	do
		got = move_some(copy, w, bulk, until - w->moved, e);
	while (got > 0 && w->moved < until);
	if (got == 0 && (run(copy, "DELETE FROM extent_gone", e) < 0 || run(copy, "COMMIT", e) < 0))
		return -1;
	return got;
}

void sqlite_whole_end(struct sqlite_whole *w)
{
	(void)sqlite3_blob_close(w->blob);
	w->blob = NULL;
}
