#include "store/store_transfer.h"

#include "store/transfer.h"

enum { BATCH_ROWS = 10000, BATCH_BYTES = 16 * 1024 * 1024 };

struct copying {
	const struct store_transfer *t;
	struct store *from, *to;
	struct arena *a;
	struct table *tables;
	size_t n;
	enum store_transfer_phase phase;
	int64_t done, total; /* of the phase */
	/* What is written in the transaction that is open. */
	struct loading *loading;
	int64_t rows;
	size_t bytes;
};

static void say(struct copying *c)
{
	if (c->t->progress)
		c->t->progress(c->t->ctx, c->phase, c->done, c->total);
}

static void one_more(void *ctx)
{
	struct copying *c = ctx;

	c->done++;
	if (c->done % 1000 == 0 || c->done == c->total)
		say(c);
}

static void say_statement(void *ctx, int64_t done, int64_t total)
{
	struct copying *c = ctx;

	c->done = done;
	c->total = total;
	say(c);
}

/* --- both --- */

/* One that only reads takes no lock of a database, and one that writes would make a new store. */
static int open_source(const char *where, struct store **ret_store, struct err *e)
{
	struct store *s STORE_AUTO = NULL;

	if (store_open(where, STORE_READ, &s, e) < 0)
		return -1;
	if (!store_is_file(where)) {
		store_close(&s);
		if (store_open(where, STORE_WRITE, &s, e) < 0 ||
		    s->ops->script(s->engine, s->ops->rows->begin, e) < 0)
			return -1;
	}
	*ret_store = s;
	s = NULL;
	return 0;
}

static int compare_schemas(const struct copying *c, struct err *e)
{
	struct table *v;
	size_t n;

	if (transfer_tables(c->to, c->a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < c->n || i < n; i++)
		if (i >= n || i >= c->n || strcmp(v[i].name, c->tables[i].name) != 0 ||
		    strcmp(v[i].columns, c->tables[i].columns) != 0 ||
		    strcmp(v[i].key, c->tables[i].key) != 0)
			return err_set(e, ERR_BUG, "store: %s is another table in the copy",
				       i < c->n ? c->tables[i].name : v[i].name);
	return 0;
}

static int add_counts(struct store *s, const struct copying *c, int64_t *sum, struct err *e)
{
	int64_t rows;

	for (size_t i = 0; i < c->n; i++) {
		if (transfer_count(s, &c->tables[i], &rows, e) < 0)
			return -1;
		*sum += rows;
	}
	return 0;
}

/* --- rows --- */

static int flush(struct copying *c, struct err *e)
{
	if (!c->loading)
		return 0;
	c->rows = 0;
	c->bytes = 0;
	if (c->to->ops->rows->load_end(&c->loading, e) < 0) {
		store_rollback(c->to);
		return -1;
	}
	return store_commit(c->to, e);
}

static int put_row(struct copying *c, const struct table *t, const struct cell *row, struct err *e)
{
	if (!c->loading &&
	    (store_begin(c->to, e) < 0 ||
	     c->to->ops->rows->load_begin(c->to->ops->db(c->to->engine), t, &c->loading, e) < 0))
		return -1;
	if (c->to->ops->rows->load_row(c->loading, row, e) < 0)
		return -1;
	for (int i = 0; i < t->n; i++)
		c->bytes += row[i].bytes.n;
	one_more(c);
	return ++c->rows < BATCH_ROWS && c->bytes < BATCH_BYTES ? 0 : flush(c, e);
}

/* What a failure leaves is rolled back by who closes the store. */
static void drop_batch(struct copying *c)
{
	struct err ignored;

	if (c->loading)
		(void)c->to->ops->rows->load_end(&c->loading, &ignored);
	store_rollback(c->to);
}

static int copy_table(struct copying *c, const struct table *t, struct err *e)
{
	struct cell row[TABLE_COLUMNS_MAX] = { 0 }, after[TABLE_COLUMNS_MAX];
	struct buf bytes BUF_AUTO;
	struct arena a ARENA_AUTO;
	struct rows *r;
	int got;

	arena_init(&a);
	buf_init(&bytes, SIZE_MAX);
	got = transfer_last(c->to, t, &a, after, e);
	if (got < 0 || transfer_open(c->from, t, got ? after : NULL, &r, e) < 0)
		return -1;
	while ((got = transfer_next(c->from, t, r, &bytes, row, e)) > 0)
		if (put_row(c, t, row, e) < 0) {
			got = -1;
			break;
		}
	c->from->ops->rows->close(&r);
	if (got == 0 && flush(c, e) == 0)
		return 0;
	drop_batch(c);
	return err_prefix(e, "%s: ", t->name);
}

static int copy_rows(struct copying *c, struct err *e)
{
	if (add_counts(c->from, c, &c->total, e) < 0 || add_counts(c->to, c, &c->done, e) < 0)
		return -1;
	say(c);
	for (size_t i = 0; i < c->n; i++)
		if (copy_table(c, &c->tables[i], e) < 0)
			return -1;
	return transfer_numbers(c->from, c->to, c->tables, c->n, e);
}

/* --- the same? --- */

static int differs(struct copying *c, const char *table, struct err *e)
{
	if (transfer_spoil(c->to, e) < 0)
		return -1;
	return err_set(e, ERR_PERM,
		       "%s is not the same in the copy: the store was changed since the copying "
		       "began; called again, it begins from the start",
		       table);
}

static int compare(struct copying *c, struct store_transferred **ret_v, struct err *e)
{
	struct store_transferred *v = arena_alloc_n(c->a, c->n + 1, sizeof(*v)), copy;

	c->phase = TRANSFER_COMPARE;
	c->done = 0;
	c->total *= 2;
	for (size_t i = 0; i < c->n; i++) {
		if (transfer_digest(c->from, &c->tables[i], &v[i], one_more, c, e) < 0 ||
		    transfer_digest(c->to, &c->tables[i], &copy, one_more, c, e) < 0)
			return -1;
		if (copy.rows != v[i].rows || memcmp(copy.sha256, v[i].sha256, SHA256_SIZE) != 0)
			return differs(c, v[i].table, e);
	}
	*ret_v = v;
	return 0;
}

static int copy_all(struct copying *c, struct store_transferred **ret_v, struct err *e)
{
	uint8_t identity[STORE_TAG_SIZE];

	if (transfer_tables(c->from, c->a, &c->tables, &c->n, e) < 0 || compare_schemas(c, e) < 0 ||
	    store_identity(c->from, identity, e) < 0 || transfer_begin(c->to, identity, e) < 0 ||
	    copy_rows(c, e) < 0 || compare(c, ret_v, e) < 0)
		return -1;
	c->phase = TRANSFER_FINISH;
	return transfer_finish(c->to, &c->t->audit, say_statement, c, e);
}

int store_transfer(const struct store_transfer *t, struct arena *a,
		   struct store_transferred **ret_v, size_t *ret_n, struct err *e)
{
	struct store *from STORE_AUTO = NULL, *to STORE_AUTO = NULL;
	struct copying c = { .t = t, .a = a };

	if (open_source(t->from, &from, e) < 0 || transfer_open_target(t->to, &to, e) < 0)
		return -1;
	c.from = from;
	c.to = to;
	if (copy_all(&c, ret_v, e) < 0)
		return -1;
	*ret_n = c.n;
	return 0;
}
