#include "store/query.h"

#include <assert.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"

enum {
	PLAIN_MAX = 8 * KIB,	/* a pair of texts: to pack it costs more than its pages */
	PACKED_MAX = 256 * MIB, /* unpacked, of a column: more than two of the longest texts */
};

/* What fails may have taken the whole transaction with it, one that is deferred, too. */
static void doom(struct query *q)
{
	struct store *s = q->store;
	bool is_open = s->in_txn || s->deferred == STORE_DEFERRED_OPEN;

	if (is_open && s->doomed.class == ERR_NONE)
		s->doomed = *q->e;
	query_close(q);
}

void query_open(struct query *q, struct store *s, enum sql_id id, struct err *e)
{
	*q = (struct query){ .store = s, .e = e, .id = id };
	if (s->gathered.n && s->gathered.concerns[id])
		s->gathered.add(s);
	if (s->doomed.class != ERR_NONE) {
		*e = s->doomed;
		return;
	}
	recall_look(&s->recall, id);
	if (s->ops->prepare(s->engine, id, &q->stmt, e) < 0)
		doom(q);
}

static bool row_is_read(const struct query *q)
{
	return !q->in_row || q->column == 0 || q->column == q->store->ops->columns(q->stmt);
}

void query_close(struct query *q)
{
	if (q->stmt) {
		assert(row_is_read(q));
		q->store->ops->reset(q->stmt);
	}
	q->stmt = NULL;
}

void query_int(struct query *q, int64_t value)
{
	if (q->stmt && q->store->ops->bind_int(q->stmt, q->parameter++, value, q->e) < 0)
		doom(q);
}

static void query_null(struct query *q)
{
	if (q->stmt && q->store->ops->bind_null(q->stmt, q->parameter++, q->e) < 0)
		doom(q);
}

void query_id(struct query *q, int64_t id)
{
	if (id)
		query_int(q, id);
	else
		query_null(q);
}

void query_at(struct query *q, int64_t at)
{
	if (at == INSTANT_NONE)
		query_null(q);
	else
		query_int(q, at);
}

static bool is_text(struct query *q, struct span text)
{
	if (!q->stmt)
		return false;
	if (text.n && utf8_text_run(text) < text.n) {
		err_set(q->e, ERR_PERM, "store: %s: text %d is not UTF-8 without NUL",
			sql_name(q->id), q->parameter + 1);
		doom(q);
		return false;
	}
	return true;
}

void query_text(struct query *q, struct span text)
{
	if (is_text(q, text) && q->store->ops->bind_text(q->stmt, q->parameter++, text, q->e) < 0)
		doom(q);
}

void query_blob(struct query *q, struct span bytes)
{
	if (q->stmt && q->store->ops->bind_blob(q->stmt, q->parameter++, bytes, q->e) < 0)
		doom(q);
}

void query_digest(struct query *q, const uint8_t digest[SHA256_SIZE])
{
	static const uint8_t none[SHA256_SIZE];

	if (memcmp(digest, none, SHA256_SIZE) != 0)
		query_blob(q, (struct span){ (const char *)digest, SHA256_SIZE });
	else if (q->stmt && q->store->ops->bind_no_blob(q->stmt, q->parameter++, q->e) < 0)
		doom(q);
}

void query_packed(struct query *q, struct span bytes)
{
	query_int(q, (int64_t)bytes.n);
	query_blob(q, pack_for_soon(q->store->packer, bytes));
}

static void query_plain(struct query *q, struct span bytes)
{
	query_int(q, (int64_t)bytes.n);
	query_blob(q, bytes);
}

/* The second where it is another one, behind a NUL. */
static struct span pair_of(struct span first, struct span second, struct buf *room)
{
	buf_clear(room);
	buf_add(room, first);
	buf_addc(room, '\0');
	buf_add(room, second);
	return buf_span(room);
}

void query_packed_pair(struct query *q, struct span first, struct span second, struct buf *room)
{
	bool differ = !span_eq(first, second);
	struct span both;

	if (!is_text(q, first) || (differ && !is_text(q, second)))
		return;
	both = differ ? pair_of(first, second, room) : first.n ? first : SPAN("");
	if (both.n <= PLAIN_MAX)
		query_plain(q, both);
	else
		query_packed(q, both);
}

void query_name(struct query *q, const char *name)
{
	query_text(q, span_of(name));
}

void query_limit(struct query *q, int limit)
{
	query_int(q, limit < 1 || limit > STORE_LIST_MAX ? STORE_LIST_MAX : limit);
}

/* A verb and its statement do not fit together. */
static int misfit(struct query *q, const char *what, int has, int used)
{
	q->in_row = false;
	err_set(q->e, ERR_BUG, "store: %s has %d %s, and the program used %d", sql_name(q->id), has,
		what, used);
	doom(q);
	return -1;
}

int query_end_row(struct query *q)
{
	if (!q->stmt)
		return -1;
	if (!row_is_read(q))
		return misfit(q, "columns", q->store->ops->columns(q->stmt), q->column);
	q->in_row = false;
	return 0;
}

static int begin(struct query *q)
{
	int has = q->store->ops->parameters(q->stmt);

	if (!q->begun && q->parameter != has)
		return misfit(q, "parameters", has, q->parameter);
	q->begun = true;
	return 0;
}

/* What is only said has the rows that are there already. */
static int step(struct query *q, bool first)
{
	const struct store *s = q->store;
	int got = s->is_ahead && first ? s->ops->say(q->stmt, q->e) : 1;

	return got > 0 ? s->ops->step(q->stmt, q->e) : got;
}

int query_step(struct query *q)
{
	bool first = !q->begun;
	int got;

	if (query_end_row(q) < 0 || begin(q) < 0)
		return -1;
	q->column = 0;
	got = step(q, first);
	q->in_row = got > 0;
	if (got < 0)
		doom(q);
	return got;
}

int query_run(struct query *q)
{
	int got;

	do {
		got = query_step(q);
	} while (got > 0);
	return got;
}

int query_settle(struct store *s, struct err *e)
{
	if (!s->ops->settle || s->is_unheard || s->ops->settle(s->engine, e) == 0)
		return 0;
	if (s->in_txn && s->doomed.class == ERR_NONE)
		s->doomed = *e;
	return -1;
}

int query_run_new(struct query *q, int64_t *ret_id)
{
	int got = query_step(q);
	int64_t id;

	if (got < 0)
		return -1;
	id = got ? query_get_int(q) : q->store->ops->new_row(q->store->engine);
	if (got && query_run(q) < 0)
		return -1;
	*ret_id = id;
	return 0;
}

int query_step_of(struct query *q, const char *what, int64_t id)
{
	int got = query_step(q);

	if (got == 0)
		err_set(q->e, ERR_PERM, "no %s %lld", what, (long long)id);
	return got > 0 ? 0 : -1;
}

int query_run_any(struct query *q, const char *what, int64_t id)
{
	const struct engine_ops *ops = q->store->ops;
	bool is_late = q->stmt && ops->must && ops->must(q->stmt, what, id);

	if (query_run(q) < 0)
		return -1;
	return is_late || store_changes(q->store) > 0;
}

int query_run_of(struct query *q, const char *what, int64_t id)
{
	int got = query_run_any(q, what, id);

	if (got != 0)
		return got < 0 ? -1 : 0;
	return err_set(q->e, ERR_PERM, "no %s %lld", what, (long long)id);
}

int64_t query_get_int(struct query *q)
{
	return q->store->ops->column_int(q->stmt, q->column++);
}

int64_t query_get_at(struct query *q)
{
	if (!q->store->ops->column_null(q->stmt, q->column))
		return query_get_int(q);
	q->column++;
	return INSTANT_NONE;
}

double query_get_real(struct query *q)
{
	return q->store->ops->column_real(q->stmt, q->column++);
}

struct span query_get_text(struct query *q, struct arena *a)
{
	return arena_dup(a, query_borrow_bytes(q));
}

int query_get_state(struct query *q, const char *const *names, int count)
{
	struct span name = query_borrow_bytes(q);
	int state = store_name_find(names, count, name);

	return state < 0 ? 0 : state;
}

int query_get_packed(struct query *q, struct arena *a, struct span *ret_bytes)
{
	struct buf bytes BUF_AUTO;
	int64_t size = query_get_int(q);
	struct span stored = query_borrow_bytes(q);
	struct err ignored; /* said by the check */

	buf_init(&bytes, PACKED_MAX);
	if (unpack(q->store->packer, stored, (size_t)size, &bytes, &ignored) < 0)
		return -1;
	*ret_bytes = arena_dup(a, buf_span(&bytes));
	return 0;
}

int query_get_packed_pair(struct query *q, struct arena *a, struct span *ret_first,
			  struct span *ret_second)
{
	struct span both;
	const char *nul;

	if (query_get_packed(q, a, &both) < 0)
		return -1;
	if (!both.n)
		return 0;
	nul = memchr(both.p, 0, both.n);
	*ret_first = nul ? (struct span){ both.p, (size_t)(nul - both.p) } : both;
	*ret_second = nul ? span_sub(both, ret_first->n + 1, SIZE_MAX) : both;
	return 1;
}

struct span query_borrow_bytes(struct query *q)
{
	return q->store->ops->column_bytes(q->stmt, q->column++);
}

int query_get_bytes(struct query *q, struct buf *ret_bytes)
{
	struct span bytes = query_borrow_bytes(q);

	buf_add(ret_bytes, bytes);
	q->in_row = q->in_row && !ret_bytes->full;
	if (ret_bytes->full)
		return err_set(q->e, ERR_PERM, "store: %s: %zu bytes do not fit", sql_name(q->id),
			       bytes.n);
	return 0;
}

/* The tables hold nothing but digests of that size (CHECK); a damaged file may hold anything. */
bool query_get_digest(struct query *q, uint8_t out[SHA256_SIZE])
{
	struct span bytes = query_borrow_bytes(q);
	bool is_one = bytes.n == SHA256_SIZE;

	memset(out, 0, SHA256_SIZE);
	if (is_one)
		memcpy(out, bytes.p, SHA256_SIZE);
	return is_one;
}

int query_one(struct query *q, query_reader *read, struct arena *a, void *ret_row)
{
	int got = query_step(q);

	if (got <= 0)
		return got;
	read(q, a, ret_row);
	return query_end_row(q) < 0 ? -1 : 1;
}

int query_one_of(struct query *q, const char *what, int64_t id, query_reader *read, struct arena *a,
		 void *ret_row)
{
	if (query_step_of(q, what, id) < 0)
		return -1;
	read(q, a, ret_row);
	return query_end_row(q);
}

void query_read_int(struct query *q, struct arena *a, void *ret_row)
{
	(void)a;
	*(int64_t *)ret_row = query_get_int(q);
}

static void read_at(struct query *q, struct arena *a, void *ret_row)
{
	(void)a;
	*(int64_t *)ret_row = query_get_at(q);
}

/* An aggregate has a row, whatever is in the table. */
static int one(struct query *q, query_reader *read, int64_t *ret_value)
{
	int64_t value;
	int got = query_one(q, read, NULL, &value);

	if (got == 0)
		return err_set(q->e, ERR_BUG, "store: %s has no row", sql_name(q->id));
	if (got > 0)
		*ret_value = value;
	return got > 0 ? 0 : -1;
}

int query_one_int(struct query *q, int64_t *ret_value)
{
	return one(q, query_read_int, ret_value);
}

int query_one_at(struct query *q, int64_t *ret_at)
{
	return one(q, read_at, ret_at);
}

int query_list(struct query *q, size_t row_size, query_reader *read, struct arena *a, void *ret_v,
	       size_t *ret_n)
{
	char *rows MEM_AUTO = NULL;
	size_t n = 0, cap = 0;
	void *v;
	int got;

	while ((got = query_step(q)) > 0) {
		rows = mem_grow(rows, n, &cap, row_size);
		memset(rows + n * row_size, 0, row_size);
		read(q, a, rows + n * row_size);
		n++;
	}
	if (got < 0)
		return -1;
	v = arena_alloc_n(a, n ? n : 1, row_size);
	if (n)
		memcpy(v, rows, n * row_size);
	memcpy(ret_v, &v, sizeof(v));
	*ret_n = n;
	return 0;
}

int query_no_rows(size_t row_size, struct arena *a, void *ret_v, size_t *ret_n)
{
	void *v = arena_alloc(a, row_size);

	memcpy(ret_v, &v, sizeof(v));
	*ret_n = 0;
	return 0;
}

int64_t store_changes(struct store *s)
{
	return s->ops->changes(s->engine);
}

int store_needs_txn(struct store *s, const char *verb, struct err *e)
{
	return s->in_txn ? 0 : err_set(e, ERR_BUG, "store: %s outside of a transaction", verb);
}

int store_name_find(const char *const *names, int count, struct span name)
{
	for (int i = 0; i < count; i++)
		if (span_is(name, names[i]))
			return i;
	return -1;
}

void query_unheard(struct store *s, bool on)
{
	s->gathered.add(s);
	s->gathered.is_on = on && !s->ops->unheard;
	s->is_unheard = on && s->ops->unheard != NULL;
	if (s->ops->unheard)
		s->ops->unheard(s->engine, on);
}

void store_unheard(struct store *s)
{
	query_unheard(s, true);
}

/* --- which node it is --- */

bool store_is_shared(const struct store *s)
{
	return s->is_node;
}

struct span store_node_name(const struct store *s)
{
	return (struct span){ s->node, s->node_size };
}
