#include "store/transfer.h"

#include <endian.h>

#include "gatewayd/base/mem.h"
#include "store/extent.h"

/* --- the catalogue --- */

static void read_name(struct query *q, struct arena *a, void *ret_row)
{
	*(const char **)ret_row = arena_cstr(a, query_borrow_bytes(q));
}

static int names_of(struct store *s, enum sql_id id, struct arena *a, const char ***ret_v,
		    size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	return QUERY_LIST(&q, read_name, a, ret_v, ret_n);
}

struct column {
	const char *name;
	int kind, key; /* enum cell_kind; its place in the primary key, or 0 */
};

static void read_column(struct query *q, struct arena *a, void *ret_row)
{
	struct column *row = ret_row;

	read_name(q, a, &row->name);
	row->kind = (int)query_get_int(q);
	row->key = (int)query_get_int(q);
}

static int find_column(const struct column *v, size_t n, int key)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].key == key)
			return (int)i;
	return -1;
}

/* Without a primary key all columns are the key. */
static void find_key(const struct column *v, size_t n, struct table *t)
{
	while (t->key_n < (int)n && find_column(v, n, t->key_n + 1) >= 0) {
		t->key_at[t->key_n] = find_column(v, n, t->key_n + 1);
		t->key_n++;
	}
	if (t->key_n)
		return;
	for (t->key_n = 0; t->key_n < (int)n; t->key_n++)
		t->key_at[t->key_n] = t->key_n;
}

static void name_columns(const struct column *v, struct arena *a, struct table *t)
{
	struct buf all BUF_AUTO, key BUF_AUTO;

	buf_init(&all, SIZE_MAX);
	buf_init(&key, SIZE_MAX);
	for (int i = 0; i < t->n; i++)
		buf_addf(&all, "%s\"%s\"", i ? ", " : "", v[i].name);
	for (int i = 0; i < t->key_n; i++)
		buf_addf(&key, "%s\"%s\"", i ? ", " : "", v[t->key_at[i]].name);
	t->columns = arena_cstr(a, buf_span(&all));
	t->key = arena_cstr(a, buf_span(&key));
}

static int read_table(struct store *s, const char *name, struct arena *a, struct table *ret_table,
		      struct err *e)
{
	struct table t = { .name = name };
	struct query q QUERY_AUTO;
	struct column *v;
	size_t n;

	query_open(&q, s, SQL_TRANSFER_COLUMNS, e);
	query_name(&q, name);
	if (QUERY_LIST(&q, read_column, a, &v, &n) < 0)
		return -1;
	if (n == 0 || n > TABLE_COLUMNS_MAX || find_column(v, n, -1) >= 0)
		return err_set(e, ERR_BUG, "store: %s has %zu columns", name, n);
	for (size_t i = 0; i < n; i++)
		if (v[i].kind == CELL_NULL)
			return err_set(e, ERR_BUG, "store: %s of %s has no known type", v[i].name,
				       name);
	t.n = (int)n;
	find_key(v, n, &t);
	name_columns(v, a, &t);
	*ret_table = t;
	return 0;
}

int transfer_names(struct store *s, struct arena *a, const char ***ret_v, size_t *ret_n,
		   struct err *e)
{
	return names_of(s, SQL_TRANSFER_TABLES, a, ret_v, ret_n, e);
}

int transfer_tables(struct store *s, struct arena *a, struct table **ret_v, size_t *ret_n,
		    struct err *e)
{
	const char **names;
	struct table *v;
	size_t n;

	if (transfer_names(s, a, &names, &n, e) < 0)
		return -1;
	v = arena_alloc_n(a, n + 1, sizeof(*v));
	for (size_t i = 0; i < n; i++)
		if (read_table(s, names[i], a, &v[i], e) < 0)
			return -1;
	*ret_v = v;
	*ret_n = n;
	return 0;
}

/* --- rows --- */

static int open_rows(struct store *s, struct buf *sql, const struct cell *v, int n,
		     struct rows **ret_rows, struct err *e)
{
	const struct rows_ops *ops = s->ops->rows;

	return ops->open(s->ops->db(s->engine), buf_cstr(sql), v, n, ret_rows, e);
}

int transfer_open(struct store *s, const struct table *t, const struct cell *after,
		  struct rows **ret_rows, struct err *e)
{
	struct buf sql BUF_AUTO;

	buf_init(&sql, SIZE_MAX);
	buf_addf(&sql, "SELECT %s FROM \"%s\"", t->columns, t->name);
	if (after) {
		buf_addf(&sql, " WHERE (%s) > (", t->key);
		for (int i = 0; i < t->key_n; i++)
			buf_addf(&sql, "%s$%d", i ? ", " : "", i + 1);
		buf_addc(&sql, ')');
	}
	buf_addf(&sql, " ORDER BY %s", t->key);
	return open_rows(s, &sql, after, after ? t->key_n : 0, ret_rows, e);
}

int transfer_next(struct store *s, const struct table *t, struct rows *r, struct buf *bytes,
		  struct cell ret_row[TABLE_COLUMNS_MAX], struct err *e)
{
	enum { BYTES, ID }; /* the columns of the table of contents, by name */
	int got = s->ops->rows->next(r, ret_row, e);

	if (got <= 0 || !s->bulk.path || strcmp(t->name, "content") != 0 || ret_row[BYTES].bytes.n)
		return got;
	buf_clear(bytes);
	if (extent_get(s, ret_row[ID].number, bytes, e) < 0)
		return -1;
	ret_row[BYTES].bytes = buf_span(bytes);
	return 1;
}

/* The first row of a query, its spans in the arena. */
static int first_row(struct store *s, struct buf *sql, struct arena *a, struct cell *ret_row, int n,
		     struct err *e)
{
	struct cell row[TABLE_COLUMNS_MAX];
	struct rows *r;
	int got;

	if (open_rows(s, sql, NULL, 0, &r, e) < 0)
		return -1;
	got = s->ops->rows->next(r, row, e);
	for (int i = 0; got > 0 && i < n; i++) {
		ret_row[i] = row[i];
		if (row[i].kind != CELL_INT)
			ret_row[i].bytes = arena_dup(a, row[i].bytes);
	}
	s->ops->rows->close(&r);
	return got;
}

int transfer_last(struct store *s, const struct table *t, struct arena *a, struct cell *ret_key,
		  struct err *e)
{
	struct buf sql BUF_AUTO;

	buf_init(&sql, SIZE_MAX);
	buf_addf(&sql, "SELECT %s FROM \"%s\" ORDER BY ", t->key, t->name);
	for (int i = 1; i <= t->key_n; i++)
		buf_addf(&sql, "%s%d DESC", i > 1 ? ", " : "", i);
	buf_adds(&sql, " LIMIT 1");
	return first_row(s, &sql, a, ret_key, t->key_n, e);
}

int transfer_is_empty(struct store *s, const char *table, bool *ret_empty, struct err *e)
{
	struct buf sql BUF_AUTO;
	struct cell row;
	int got;

	buf_init(&sql, SIZE_MAX);
	buf_addf(&sql, "SELECT CAST(1 AS BIGINT) FROM \"%s\" LIMIT 1", table);
	got = first_row(s, &sql, NULL, &row, 1, e);
	*ret_empty = got == 0;
	return got < 0 ? -1 : 0;
}

int transfer_count(struct store *s, const struct table *t, int64_t *ret_rows, struct err *e)
{
	struct buf sql BUF_AUTO;
	struct cell row;

	buf_init(&sql, SIZE_MAX);
	buf_addf(&sql, "SELECT count(*) FROM \"%s\"", t->name);
	if (first_row(s, &sql, NULL, &row, 1, e) <= 0)
		return -1;
	*ret_rows = row.number;
	return 0;
}

/* A kind, a length or a number, and the bytes: no two rows are read the same. */
static void digest_row(struct sha256 *h, const struct cell *row, int n)
{
	for (int i = 0; i < n; i++) {
		uint64_t number =
		    row[i].kind == CELL_INT ? (uint64_t)row[i].number : (uint64_t)row[i].bytes.n;
		char head[1 + sizeof(number)] = { (char)row[i].kind };

		number = htobe64(number);
		memcpy(head + 1, &number, sizeof(number));
		sha256_update(h, (struct span){ head, sizeof(head) });
		sha256_update(h, row[i].bytes);
	}
}

int transfer_digest(struct store *s, const struct table *t, struct store_transferred *ret_row,
		    void (*read_one)(void *ctx), void *ctx, struct err *e)
{
	struct store_transferred found = { .table = t->name };
	struct cell row[TABLE_COLUMNS_MAX] = { 0 };
	struct buf bytes BUF_AUTO;
	struct sha256 h;
	struct rows *r;
	int got;

	buf_init(&bytes, SIZE_MAX);
	if (transfer_open(s, t, NULL, &r, e) < 0)
		return -1;
	sha256_init(&h);
	while ((got = transfer_next(s, t, r, &bytes, row, e)) > 0) {
		digest_row(&h, row, t->n);
		found.rows++;
		read_one(ctx);
	}
	s->ops->rows->close(&r);
	if (got < 0)
		return -1;
	sha256_final(&h, found.sha256);
	*ret_row = found;
	return 0;
}

/* --- numbers --- */

static int raise_number(struct store *to, const char *table, int64_t number, struct err *e)
{
	static const enum sql_id steps[] = { SQL_SEQUENCE_RAISE, SQL_SEQUENCE_ADD };

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct query q QUERY_AUTO = { 0 };

		query_open(&q, to, steps[i], e);
		query_name(&q, table);
		query_int(&q, number);
		if (query_run(&q) < 0)
			return -1;
	}
	return 0;
}

/* The last number that was given, and the last that is there: an engine may keep no more than that
 * of a table. */
static int last_number(struct store *from, struct store *to, const struct table *t,
		       int64_t *ret_number, struct err *e)
{
	struct query q QUERY_AUTO;
	struct cell last;
	int got;

	query_open(&q, from, SQL_SEQUENCE_GET, e);
	query_name(&q, t->name);
	if (query_one_int(&q, ret_number) < 0)
		return -1;
	got = t->key_n == 1
		  ? transfer_last(to, t, NULL, &last, e)
		  : err_set(e, ERR_BUG, "store: %s has numbers, and another key", t->name);
	if (got > 0 && last.number > *ret_number)
		*ret_number = last.number;
	return got < 0 ? -1 : 0;
}

static const struct table *table_of(const struct table *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return &v[i];
	return NULL;
}

int transfer_numbers(struct store *from, struct store *to, const struct table *tables, size_t n,
		     struct err *e)
{
	struct store *txn STORE_TXN = to;
	struct arena a ARENA_AUTO;
	const char **names;
	size_t count;

	arena_init(&a);
	if (names_of(to, SQL_TRANSFER_NUMBERED, &a, &names, &count, e) < 0 ||
	    store_begin(txn, e) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const struct table *t = table_of(tables, n, names[i]);
		int64_t number;

		if (t && (last_number(from, to, t, &number, e) < 0 ||
			  raise_number(to, t->name, number, e) < 0))
			return -1;
	}
	return store_commit(txn, e);
}
