/* What becomes of bytes that nothing names any more, and of what stands in them. */
#include "store/content.h"
#include "store/extent.h"
#include "store/slice.h"

static int is_named(struct store *s, int64_t content, bool *ret_named, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t named;

	query_open(&q, s, SQL_CONTENT_NAMED, e);
	query_int(&q, content);
	if (query_one_int(&q, &named) < 0)
		return -1;
	*ret_named = named;
	return 0;
}

static int drop_row(struct store *s, int64_t content, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (slice_drop(s, content, e) < 0)
		return -1;
	query_open(&q, s, SQL_CONTENT_DROP, e);
	query_int(&q, content);
	extent_went(s);
	return query_run(&q);
}

static int set_digest(struct store *s, int64_t content, struct span key, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CONTENT_DIGEST, e);
	query_int(&q, content);
	query_blob(&q, key);
	return query_run(&q);
}

/* Whose files name the other from now on; 1: it went, 0: it had a digest of its own. */
static int give_up(struct store *s, int64_t content, int64_t same, struct err *e)
{
	struct query q QUERY_AUTO;
	bool named;

	query_open(&q, s, SQL_CONTENT_SAME, e);
	query_int(&q, content);
	query_int(&q, same);
	if (query_run(&q) < 0 || is_named(s, content, &named, e) < 0)
		return -1;
	if (named)
		return 0;
	return drop_row(s, content, e) < 0 ? -1 : 1;
}

/* Its digest, from now on, unless another has that; 1: it went. */
static int take_digest(struct store *s, int64_t content, struct span bytes, struct err *e)
{
	uint8_t digest[SHA256_SIZE];
	struct span key = { (const char *)digest, sizeof(digest) };
	int64_t same;
	int got;

	sha256_of(bytes, digest);
	got = store_content_find(s, key, &same, e);
	if (got < 0)
		return -1;
	if (got == 0)
		return set_digest(s, content, key, e);
	return same == content ? 0 : give_up(s, content, same, e);
}

/* The same file is kept once. */
static int make_whole(struct store *s, int64_t content, struct err *e)
{
	struct buf bytes BUF_AUTO;
	int went;

	buf_init(&bytes, SIZE_MAX);
	if (store_content_get(s, content, &bytes, e) < 0)
		return -1;
	went = take_digest(s, content, buf_span(&bytes), e);
	if (went != 0)
		return went < 0 ? -1 : 0;
	return store_content_refill(s, content, buf_span(&bytes), e);
}

static int make_slices_whole(struct store *s, int64_t origin, struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	int64_t *v;
	size_t n;

	if (slice_list(s, origin, &a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (make_whole(s, v[i], e) < 0)
			return -1;
	return 0;
}

/* Of one that was left for what stands in it: it goes with the last of that. */
static int drop_left(struct store *s, int64_t origin, struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	bool named;
	int64_t *v;
	size_t n;

	if (is_named(s, origin, &named, e) < 0)
		return -1;
	if (named)
		return 0;
	if (slice_list(s, origin, &a, &v, &n, e) < 0)
		return -1;
	return n ? 0 : drop_row(s, origin, e);
}

/* Nothing stands in it any more. */
static int drop_bare(struct store *s, int64_t content, struct err *e)
{
	struct slice slice;
	int got = slice_get(s, content, &slice, e);

	if (got < 0 || drop_row(s, content, e) < 0)
		return -1;
	return got ? drop_left(s, slice.origin, e) : 0;
}

int store_content_drop(struct store *s, int64_t content, struct err *e)
{
	bool named;

	if (is_named(s, content, &named, e) < 0)
		return -1;
	if (named)
		return 0;
	return make_slices_whole(s, content, e) < 0 ? -1 : drop_bare(s, content, e);
}

int store_content_leave(struct store *s, int64_t content, struct store_left *ret_left,
			struct err *e)
{
	*ret_left = (struct store_left){ .content = 0 };
	if (store_content_drop(s, content, e) == 0)
		return 0;
	if (e->class != ERR_PERM)
		return -1;
	*ret_left = (struct store_left){ content, *e };
	return 0;
}
