#include "store/extent.h"

#include "gatewayd/base/crypto.h"

enum { AT_ONCE = 256 };

/* --- in --- */

bool extent_takes(const struct store *s, size_t stored)
{
	return s->bulk.path && stored >= EXTENT_MIN;
}

static int add_row(struct store *s, int64_t content, int64_t at, int64_t length, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_EXTENT_ADD, e);
	query_int(&q, content);
	query_int(&q, at);
	query_int(&q, length);
	return query_run(&q);
}

int extent_fill(struct store *s, int64_t content, engine_next_fn *next, void *ctx, struct err *e)
{
	int64_t at, length;

	if (bulk_add(&s->bulk, next, ctx, &at, &length, e) == 0)
		return add_row(s, content, at, length, e);
	if (s->in_txn && s->doomed.class == ERR_NONE)
		s->doomed = *e;
	return -1;
}

/* --- out --- */

struct extent {
	int64_t at, length;
};

static void read_extent(struct query *q, struct arena *a, void *ret_row)
{
	struct extent *row = ret_row;

	(void)a;
	row->at = query_get_int(q);
	row->length = query_get_int(q);
}

int extent_get(struct store *s, int64_t content, struct buf *ret_bytes, struct err *e)
{
	struct query q QUERY_AUTO;
	struct extent found;
	int got;

	query_open(&q, s, SQL_EXTENT_GET, e);
	query_int(&q, content);
	got = query_one(&q, read_extent, NULL, &found);
	if (got <= 0)
		return got;
	return bulk_read(&s->bulk, found.at, found.length, pack_add_piece, ret_bytes, e) < 0 ? -1
											     : 1;
}

/* --- what goes --- */

static int list_gone(struct store *s, int64_t after, struct arena *a, struct extent **ret_v,
		     size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_EXTENT_GONE_LIST, e);
	query_int(&q, after);
	query_limit(&q, AT_ONCE);
	return QUERY_LIST(&q, read_extent, a, ret_v, ret_n);
}

static int drop_gone(struct store *s, int64_t last, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_EXTENT_GONE_DROP, e);
	query_int(&q, last);
	return query_run(&q);
}

static int empty(struct store *s, const struct extent *v, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (bulk_empty(&s->bulk, v[i].at, v[i].length, e) < 0)
			return -1;
	if (n && bulk_sync_zeros(&s->bulk, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		bulk_punch(&s->bulk, v[i].at, v[i].length);
	return 0;
}

static void read_state(struct query *q, struct arena *a, void *ret_row)
{
	struct bulk_state *state = ret_row;
	struct span identity;

	(void)a;
	state->named = query_get_int(q);
	state->gone = query_get_int(q);
	state->number = query_get_int(q);
	state->commits = query_get_int(q);
	identity = query_borrow_bytes(q);
	if (identity.n == sizeof(state->identity))
		memcpy(state->identity, identity.p, identity.n);
}

static int get_state(struct store *s, struct bulk_state *ret_state, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_EXTENT_END, e);
	return query_one(&q, read_state, NULL, ret_state);
}

int extent_settle(struct store *s, struct err *e)
{
	struct bulk *b = &s->bulk;
	struct bulk_state state = { 0 };

	if (!b->is_unsure)
		return 0;
	if (get_state(s, &state, e) < 0)
		return -1;
	b->is_unsure = false;
	if (state.named > b->stands || (b->next && state.number == b->next))
		bulk_commit(b);
	else
		bulk_rollback(b);
	return 0;
}

/* *last: of those that were emptied, -1 when none was. */
static int empty_gone(struct store *s, int64_t *last, struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	struct extent *v;
	size_t n;

	do {
		if (list_gone(s, *last, &a, &v, &n, e) < 0 || empty(s, v, n, e) < 0)
			return -1;
		if (n)
			*last = v[n - 1].at;
	} while (n == AT_ONCE);
	return 0;
}

static int sweep(struct store *s, struct err *e)
{
	int64_t last = -1;

	if (empty_gone(s, &last, e) < 0)
		return -1;
	return last < 0 ? 0 : drop_gone(s, last, e);
}

void extent_went(struct store *s)
{
	s->extents_went = s->extents_going = s->bulk.fd >= 0;
}

/* What is emptied later goes by the transaction that let it go. */
static int has_changed(struct store *s, bool *ret_changed, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int64_t any;

	*ret_changed = bulk_has_new(&s->bulk);
	if (*ret_changed || !s->extents_going)
		return 0;
	query_open(&q, s, SQL_EXTENT_GONE_ANY, e);
	if (query_one_int(&q, &any) < 0)
		return -1;
	*ret_changed = any;
	return 0;
}

static int64_t new_number(void)
{
	int64_t number;

	do
		crypto_random(&number, sizeof(number));
	while (!number);
	return number;
}

int extent_commit(struct store *s, int64_t commits, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int64_t number;
	bool changed;

	if (!s->bulk.path || !s->bulk.is_marked)
		return bulk_sync(&s->bulk, e);
	if (has_changed(s, &changed, e) < 0)
		return -1;
	if (!changed)
		return 0;
	number = new_number();
	query_open(&q, s, SQL_EXTENT_NUMBER, e);
	query_int(&q, number);
	if (query_run(&q) < 0 || bulk_stands(&s->bulk, e) < 0 ||
	    bulk_begin(&s->bulk, number, commits, e) < 0)
		return -1;
	return bulk_sync(&s->bulk, e);
}

int extent_sweep(struct store *s, struct err *e)
{
	if (!s->extents_went)
		return 0;
	if (s->in_txn || s->deferred == STORE_DEFERRED_OPEN) /* what is to go may stay */
		return err_set(e, ERR_TEMP, "store: %s: a transaction is open", s->bulk.path);
	if (s->extents_copied)
		return err_set(
		    e, ERR_TEMP,
		    "store: %s: what is to go from it goes when the copy that is under way "
		    "ends (backup, check)",
		    s->bulk.path);
	if (sweep(s, e) < 0)
		return -1;
	s->extents_went = false;
	return 0;
}

void extent_commit_failed(struct store *s)
{
	struct err ignored;

	s->bulk.is_unsure = bulk_has_new(&s->bulk) || s->bulk.next;
	if (s->bulk.is_unsure)
		(void)extent_settle(s, &ignored);
	else
		bulk_rollback(&s->bulk);
}

/* --- opening --- */

int extent_is_whole(struct store *s, struct err *e)
{
	return s->bulk.path ? bulk_is_whole(&s->bulk, e) : 0;
}

int extent_take(struct store *s, struct err *e)
{
	return s->bulk.path ? bulk_take(&s->bulk, e) : 0;
}

int store_stands(struct store *s, struct err *e)
{
	return s->bulk.path ? bulk_stands(&s->bulk, e) : 0;
}

int extent_open(struct store *s, const char *where, enum store_mode mode, struct err *e)
{
	static const enum bulk_mode modes[] = {
		[STORE_WRITE] = BULK_WRITE, [STORE_CREATE] = BULK_WRITE,  [STORE_READ] = BULK_READ,
		[STORE_NODE] = BULK_WRITE,  [STORE_COPY] = BULK_AS_IT_IS,
	};
	struct bulk_state state = { 0 };

	if (!s->ops->is_file)
		return 0;
	if (get_state(s, &state, e) < 0 || bulk_open(&s->bulk, where, &state, modes[mode], e) < 0)
		return -1;
	s->extents_went = state.gone && s->bulk.fd >= 0 && modes[mode] == BULK_WRITE;
	return 0;
}
