#include "store/content.h"

#include "gatewayd/base/units.h"

enum { LONG = 256 * KIB }; /* copied by the engine up to there */

/* As a statement that failed. */
static int doomed_by(struct store *s, int result, const struct err *e)
{
	if (result < 0 && s->in_txn && s->doomed.class == ERR_NONE)
		s->doomed = *e;
	return result;
}

static int add(struct store *s, struct span key, struct span bytes, int64_t *ret_content,
	       struct err *e)
{
	struct query q QUERY_AUTO;
	bool is_long = bytes.n > LONG;

	query_open(&q, s, is_long ? SQL_CONTENT_ROOM : SQL_CONTENT_ADD, e);
	query_blob(&q, key);
	query_int(&q, (int64_t)bytes.n);
	if (!is_long)
		query_blob(&q, bytes);
	if (query_run_new(&q, ret_content) < 0)
		return -1;
	if (!is_long)
		return 0;
	return doomed_by(s, s->ops->bytes_write(s->engine, *ret_content, bytes, e), e);
}

int store_content(struct store *s, struct span bytes, int64_t *ret_content, struct err *e)
{
	struct query find QUERY_AUTO;
	uint8_t digest[SHA256_SIZE];
	struct span key = { (const char *)digest, sizeof(digest) };
	int got;

	sha256_of(bytes, digest);
	query_open(&find, s, SQL_CONTENT_FIND, e);
	query_blob(&find, key);
	got = query_step(&find);
	if (got > 0)
		*ret_content = query_get_int(&find);
	if (got != 0)
		return query_end_row(&find);
	return add(s, key, bytes, ret_content, e);
}

int store_content_read(struct store *s, int64_t content, store_piece_fn *fn, void *ctx,
		       struct err *e)
{
	if (s->doomed.class != ERR_NONE) {
		*e = s->doomed;
		return -1;
	}
	return s->ops->bytes_read(s->engine, content, fn, ctx, e);
}

static int add_piece(void *ctx, struct span piece, struct err *e)
{
	struct buf *all = ctx;

	buf_add(all, piece);
	return all->full ? err_set(e, ERR_PERM, "store: the content does not fit into %zu bytes",
				   all->max)
			 : 0;
}

int store_content_get(struct store *s, int64_t content, struct buf *ret_bytes, struct err *e)
{
	return store_content_read(s, content, add_piece, ret_bytes, e);
}
