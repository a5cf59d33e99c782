#include "store/content.h"

#include "gatewayd/base/units.h"

enum { LONG = 256 * KIB }; /* in one piece up to there */

/* As a statement that failed. */
static int doomed_by(struct store *s, int result, const struct err *e)
{
	if (result < 0 && s->in_txn && s->doomed.class == ERR_NONE)
		s->doomed = *e;
	return result;
}

/* What goes into a row that has room for just as many. */
struct filling {
	struct packer *packer;
	size_t left;
};

static int next_piece(void *ctx, struct span *ret_piece, struct err *e)
{
	struct filling *f = ctx;
	int got = pack_next(f->packer, ret_piece, e);

	if (got > 0 && ret_piece->n <= f->left)
		f->left -= ret_piece->n;
	else if (got > 0 || (got == 0 && f->left))
		return err_set(e, ERR_BUG, "store: packed twice, to two sizes");
	return got;
}

static int next_whole(void *ctx, struct span *ret_piece, struct err *e)
{
	struct span *whole = ctx;

	(void)e;
	*ret_piece = *whole;
	*whole = SPAN("");
	return ret_piece->n > 0;
}

static int add_short(struct store *s, struct span key, struct span bytes, int64_t *ret_content,
		     struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CONTENT_ADD, e);
	query_blob(&q, key);
	query_int(&q, (int64_t)bytes.n);
	query_blob(&q, pack(s->packer, bytes));
	return query_run_new(&q, ret_content);
}

/* Packed twice, the first time for the size: so nothing of that size is in memory. */
static int add_long(struct store *s, struct span key, struct span bytes, int64_t *ret_content,
		    struct err *e)
{
	struct filling f = { s->packer, pack_size(s->packer, bytes) };
	bool is_packed = f.left < bytes.n;
	struct query q QUERY_AUTO;
	int written;

	query_open(&q, s, SQL_CONTENT_ROOM, e);
	query_blob(&q, key);
	query_int(&q, (int64_t)bytes.n);
	query_int(&q, (int64_t)f.left);
	if (query_run_new(&q, ret_content) < 0)
		return -1;
	pack_begin(s->packer, bytes);
	written = s->ops->bytes_write(s->engine, *ret_content, is_packed ? next_piece : next_whole,
				      is_packed ? (void *)&f : (void *)&bytes, e);
	return doomed_by(s, written, e);
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
	return (bytes.n > LONG ? add_long : add_short)(s, key, bytes, ret_content, e);
}

/* ctx: what a short one is handed to. */
static int read_row(struct query *q, int64_t content, struct unpacking *u, struct packer *packer,
		    store_piece_fn *fn, void *ctx, bool *ret_long)
{
	size_t size, stored;
	struct span bytes;

	if (query_step_of(q, "content", content) < 0)
		return -1;
	size = (size_t)query_get_int(q);
	stored = (size_t)query_get_int(q);
	bytes = query_borrow_bytes(q);
	unpack_begin(u, packer, stored, size, fn, ctx);
	*ret_long = stored > LONG;
	if (!*ret_long && unpack_piece(u, bytes, q->e) < 0)
		return -1;
	return query_end_row(q);
}

static int read_content(struct store *s, int64_t content, store_piece_fn *fn, void *ctx,
			struct err *e)
{
	struct unpacking u;
	struct query q QUERY_AUTO;
	bool is_long;

	query_open(&q, s, SQL_CONTENT_GET, e);
	query_int(&q, content);
	query_int(&q, LONG);
	if (read_row(&q, content, &u, s->packer, fn, ctx, &is_long) < 0)
		return -1;
	if (is_long && s->ops->bytes_read(s->engine, content, unpack_piece, &u, e) < 0)
		return -1;
	return unpack_end(&u, e);
}

int store_content_read(struct store *s, int64_t content, store_piece_fn *fn, void *ctx,
		       struct err *e)
{
	if (read_content(s, content, fn, ctx, e) < 0)
		return err_prefix(e, "store: content %lld: ", (long long)content);
	return 0;
}

int store_content_get(struct store *s, int64_t content, struct buf *ret_bytes, struct err *e)
{
	return store_content_read(s, content, pack_add_piece, ret_bytes, e);
}
