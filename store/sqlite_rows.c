#include <sqlite3.h>
#include <stdlib.h>

#include "gatewayd/base/buf.h"
#include "gatewayd/base/mem.h"
#include "store/rows.h"
#include "store/sqlite_result.h"

struct rows {
	sqlite3_stmt *s;
};

struct loading {
	sqlite3_stmt *s;
	int n;
};

static int failed(sqlite3 *db, const char *what, struct err *e)
{
	return err_set(e, sqlite_class(sqlite3_extended_errcode(db)), "store: %s: %s (SQLite %d)",
		       what, sqlite3_errmsg(db), sqlite3_extended_errcode(db));
}

static int bind(sqlite3_stmt *s, int at, const struct cell *c)
{
	const char *p = c->bytes.n ? c->bytes.p : "";

	switch (c->kind) {
	case CELL_INT: return sqlite3_bind_int64(s, at, c->number);
	case CELL_TEXT:
		return sqlite3_bind_text64(s, at, p, c->bytes.n, SQLITE_STATIC, SQLITE_UTF8);
	case CELL_BLOB: return sqlite3_bind_blob64(s, at, p, c->bytes.n, SQLITE_STATIC);
	case CELL_NULL: break;
	}
	return sqlite3_bind_null(s, at);
}

static int rows_open(void *db, const char *sql, const struct cell *v, int n, struct rows **ret_rows,
		     struct err *e)
{
	sqlite3_stmt *s;
	struct rows *r;
	int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	for (int i = 0; code == SQLITE_OK && i < n; i++)
		code = bind(s, i + 1, &v[i]);
	if (code != SQLITE_OK) {
		failed(db, "rows", e);
		sqlite3_finalize(s);
		return -1;
	}
	r = mem_alloc(sizeof(*r));
	r->s = s;
	*ret_rows = r;
	return 0;
}

static struct cell cell_of(sqlite3_stmt *s, int at)
{
	struct cell c = { .kind = CELL_NULL };
	int type = sqlite3_column_type(s, at);

	if (type == SQLITE_INTEGER)
		return (struct cell){ .kind = CELL_INT, .number = sqlite3_column_int64(s, at) };
	if (type == SQLITE_NULL)
		return c;
	c.kind = type == SQLITE_BLOB ? CELL_BLOB : CELL_TEXT;
	c.bytes.p = sqlite3_column_blob(s, at);
	c.bytes.n = c.bytes.p ? (size_t)sqlite3_column_bytes(s, at) : 0;
	return c;
}

static int rows_next(struct rows *r, struct cell ret_row[TABLE_COLUMNS_MAX], struct err *e)
{
	int code = sqlite3_step(r->s);

	if (code == SQLITE_DONE)
		return 0;
	if (code != SQLITE_ROW)
		return failed(sqlite3_db_handle(r->s), "rows", e);
	for (int i = 0; i < sqlite3_column_count(r->s) && i < TABLE_COLUMNS_MAX; i++)
		ret_row[i] = cell_of(r->s, i);
	return 1;
}

static void rows_close(struct rows **r)
{
	if (*r)
		sqlite3_finalize((*r)->s);
	free(*r);
	*r = NULL;
}

static int load_begin(void *db, const struct table *t, struct loading **ret_loading, struct err *e)
{
	struct buf sql BUF_AUTO;
	struct loading *l;
	sqlite3_stmt *s;

	buf_init(&sql, SIZE_MAX);
	buf_addf(&sql, "INSERT INTO \"%s\" (%s) VALUES (?", t->name, t->columns);
	for (int i = 1; i < t->n; i++)
		buf_adds(&sql, ", ?");
	buf_addc(&sql, ')');
	if (sqlite3_prepare_v2(db, buf_cstr(&sql), -1, &s, NULL) != SQLITE_OK)
		return failed(db, t->name, e);
	l = mem_alloc(sizeof(*l));
	*l = (struct loading){ s, t->n };
	*ret_loading = l;
	return 0;
}

static int load_row(struct loading *l, const struct cell *row, struct err *e)
{
	int code = SQLITE_OK;

	for (int i = 0; code == SQLITE_OK && i < l->n; i++)
		code = bind(l->s, i + 1, &row[i]);
	if (code == SQLITE_OK)
		code = sqlite3_step(l->s);
	if (code != SQLITE_DONE)
		return failed(sqlite3_db_handle(l->s), "a row", e);
	sqlite3_reset(l->s);
	return 0;
}

static int load_end(struct loading **l, struct err *e)
{
	(void)e; /* each row said so */
	sqlite3_finalize((*l)->s);
	free(*l);
	*l = NULL;
	return 0;
}

const struct rows_ops sqlite_rows = {
	.begin = "PRAGMA foreign_keys = OFF; PRAGMA secure_delete = OFF",
	.end = "PRAGMA foreign_keys = ON",
	.empty = "DELETE FROM",
	.open = rows_open,
	.next = rows_next,
	.close = rows_close,
	.load_begin = load_begin,
	.load_row = load_row,
	.load_end = load_end,
};
