#include "store/extent.h"

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
	s->extents_went = s->bulk.fd >= 0;
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

/* --- opening --- */

/* Of those that are named and those that are to be emptied. */
static void read_end(struct query *q, struct arena *a, void *ret_row)
{
	int64_t named = query_get_int(q), gone = query_get_int(q);

	(void)a;
	*(int64_t *)ret_row = named > gone ? named : gone;
}

static int find_end(struct store *s, int64_t *ret_end, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_EXTENT_END, e);
	return query_one(&q, read_end, NULL, ret_end);
}

int extent_is_whole(struct store *s, struct err *e)
{
	return s->bulk.path ? bulk_is_whole(&s->bulk, e) : 0;
}

void extent_check(struct store *s, struct buf *ret_findings)
{
	if (s->bulk.path && !bulk_is_there(&s->bulk))
		buf_addf(ret_findings,
			 "%s: is not the file that is written to: back the store up before the "
			 "daemon ends\n",
			 s->bulk.path);
}

int extent_lengthen(struct store *s, struct err *e)
{
	return s->bulk.path ? bulk_lengthen(&s->bulk, e) : 0;
}

int extent_open(struct store *s, const char *where, enum store_mode mode, struct err *e)
{
	static const enum bulk_mode modes[] = {
		[STORE_WRITE] = BULK_WRITE, [STORE_CREATE] = BULK_WRITE,  [STORE_READ] = BULK_READ,
		[STORE_NODE] = BULK_WRITE,  [STORE_COPY] = BULK_AS_IT_IS,
	};
	int64_t end;

	if (!s->ops->is_file)
		return 0;
	if (find_end(s, &end, e) < 0)
		return -1;
	if (bulk_open(&s->bulk, where, end, modes[mode], e) < 0)
		return -1;
	s->extents_went = end && modes[mode] == BULK_WRITE;
	return 0;
}
