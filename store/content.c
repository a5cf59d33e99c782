#include "store/content.h"

#include "gatewayd/base/units.h"
#include "store/extent.h"
#include "store/slice.h"

enum {
	LONG = 256 * KIB, /* in one piece up to there */
	LOOK_MAX = 8,	  /* times the size of a mail, for all of its files */
	FOUND_MAX = 32,	  /* files of a mail: each reads all of it when the mail goes */
};

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

static struct span in_row(const struct store *s, struct span stored)
{
	return extent_takes(s, stored.n) ? SPAN("") : stored;
}

/* content 0: it was there already. */
static int put_beside(struct store *s, int64_t content, struct span stored, struct err *e)
{
	return content && extent_takes(s, stored.n)
		   ? extent_fill(s, content, next_whole, &stored, e)
		   : 0;
}

static int add_row(struct store *s, struct span key, size_t size, struct span stored,
		   int64_t *ret_content, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CONTENT_ADD, e);
	query_blob(&q, key);
	query_int(&q, (int64_t)size);
	query_blob(&q, in_row(s, stored));
	return query_run_new(&q, ret_content) < 0 ? -1 : put_beside(s, *ret_content, stored, e);
}

/* Without a digest: nobody looks for it. */
static int add_unknown(struct store *s, size_t size, struct span stored, int64_t *ret_content,
		       struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CONTENT_NEW, e);
	query_int(&q, (int64_t)size);
	query_blob(&q, in_row(s, stored));
	return query_run_new(&q, ret_content) < 0 ? -1 : put_beside(s, *ret_content, stored, e);
}

static int add_short(struct store *s, struct span key, struct span bytes, int64_t *ret_content,
		     struct err *e)
{
	return add_row(s, key, bytes.n, pack(s->packer, bytes), ret_content, e);
}

static size_t room_in_row(const struct store *s, size_t stored)
{
	return extent_takes(s, stored) ? 0 : stored;
}

/* Behind pack_size(), into the room that was made for f->left bytes. */
static int fill(struct store *s, int64_t content, struct span bytes, struct filling *f,
		struct err *e)
{
	bool is_packed = f->left < bytes.n;
	engine_next_fn *next = is_packed ? next_piece : next_whole;
	void *ctx = is_packed ? (void *)f : (void *)&bytes;

	pack_again(s->packer, bytes);
	if (extent_takes(s, f->left))
		return extent_fill(s, content, next, ctx, e);
	return doomed_by(s, s->ops->bytes_write(s->engine, content, next, ctx, e), e);
}

static int add_room(struct store *s, const uint8_t digest[SHA256_SIZE], struct span bytes,
		    struct filling *f, int64_t *ret_content, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CONTENT_ROOM, e);
	query_digest(&q, digest);
	query_int(&q, (int64_t)bytes.n);
	query_int(&q, (int64_t)room_in_row(s, f->left));
	return query_run_new(&q, ret_content) < 0 ? -1 : fill(s, *ret_content, bytes, f, e);
}

/* Packed twice where that is over 1 MiB, the first time for the size: so nothing of that size is in
 * memory. */
static int add_long(struct store *s, struct span key, struct span bytes, int64_t *ret_content,
		    struct err *e)
{
	struct filling f = { s->packer, pack_size(s->packer, bytes) };

	return add_room(s, (const uint8_t *)key.p, bytes, &f, ret_content, e);
}

int store_content_refill(struct store *s, int64_t content, struct span bytes, struct err *e)
{
	struct filling f = { s->packer, pack_size(s->packer, bytes) };
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CONTENT_REFILL, e);
	query_int(&q, content);
	query_int(&q, (int64_t)room_in_row(s, f.left));
	if (query_run(&q) < 0 || fill(s, content, bytes, &f, e) < 0)
		return -1;
	return slice_drop(s, content, e);
}

/* --- slices --- */

static int ask_origin(struct store *s, struct store_origin *from, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t content, size;
	bool is_slice;

	query_open(&q, s, SQL_SLICE_ORIGIN, e);
	query_int(&q, from->mail_id);
	if (query_step_of(&q, "mail", from->mail_id) < 0)
		return -1;
	content = query_get_int(&q);
	size = query_get_int(&q);
	is_slice = query_get_int(&q);
	from->content = (size_t)size == from->raw.n && !is_slice ? content : -1;
	return query_end_row(&q);
}

/* 1: the mail's bytes may have some. */
static int origin_of(struct store *s, struct store_origin *from, int64_t *ret_content,
		     struct err *e)
{
	if (!from->content && ask_origin(s, from, e) < 0)
		return -1;
	*ret_content = from->content;
	return from->content > 0;
}

/* Files stand in a mail in their order; what is not found is looked for no more often than that. */
static bool look(struct store_origin *from, struct span bytes, struct slice *ret_slice)
{
	if (from->found == FOUND_MAX || from->looked / LOOK_MAX > from->raw.n)
		return false;
	if (from->place) {
		*ret_slice = slice_at(from->raw, from->place, ret_slice->origin);
	} else if (!slice_find(from->raw, from->at, bytes, ret_slice)) {
		from->looked += 2 * (from->raw.n - from->at);
		return false;
	}
	from->at = ret_slice->at + ret_slice->length;
	from->found++;
	return true;
}

/* key: the digest; "": it has none. */
static int add_slice(struct store *s, struct span key, struct span bytes, const struct slice *slice,
		     int64_t *ret_content, struct err *e)
{
	int added = key.n ? add_row(s, key, bytes.n, SPAN(""), ret_content, e)
			  : add_unknown(s, bytes.n, SPAN(""), ret_content, e);

	return added < 0 ? -1 : slice_add(s, *ret_content, slice, e);
}

/* 1: it was added, 0: it does not stand there. */
static int add_found(struct store *s, struct span key, struct span bytes, struct store_origin *from,
		     int64_t *ret_content, struct err *e)
{
	struct slice slice = { .origin = 0 };
	int got = from && bytes.n >= SLICE_MIN ? origin_of(s, from, &slice.origin, e) : 0;

	if (got <= 0)
		return got;
	if (!look(from, bytes, &slice))
		return 0;
	return add_slice(s, key, bytes, &slice, ret_content, e) < 0 ? -1 : 1;
}

/* --- in --- */

static int add(struct store *s, struct span key, struct span bytes, struct store_origin *from,
	       int64_t *ret_content, struct err *e)
{
	int got = add_found(s, key, bytes, from, ret_content, e);

	if (got != 0)
		return got < 0 ? -1 : 0;
	return (bytes.n > LONG ? add_long : add_short)(s, key, bytes, ret_content, e);
}

int store_content_find(struct store *s, struct span key, int64_t *ret_content, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CONTENT_FIND, e);
	query_blob(&q, key);
	return query_one(&q, query_read_int, NULL, ret_content);
}

/* Another node may have added it since it was looked for. */
static int find_again(struct store *s, struct span key, int64_t *ret_content, struct err *e)
{
	int got = store_content_find(s, key, ret_content, e);

	return got != 0 ? (got < 0 ? -1 : 0)
			: err_set(e, ERR_TEMP, "store: a content is neither new nor there");
}

static int find_or_add(struct store *s, struct span key, struct span bytes,
		       struct store_origin *from, int64_t *ret_content, struct err *e)
{
	int got = store_content_find(s, key, ret_content, e);

	if (got != 0)
		return got < 0 ? -1 : 0;
	if (add(s, key, bytes, from, ret_content, e) < 0)
		return -1;
	return *ret_content ? 0 : find_again(s, key, ret_content, e);
}

int store_content(struct store *s, struct span bytes, int64_t *ret_content, struct err *e)
{
	uint8_t digest[SHA256_SIZE];

	sha256_of(bytes, digest);
	return find_or_add(s, (struct span){ (const char *)digest, sizeof(digest) }, bytes, NULL,
			   ret_content, e);
}

typedef struct span packing(struct packer *p, struct span bytes);

static int add_alone_long(struct store *s, struct span bytes, int64_t *ret_content, struct err *e)
{
	static const uint8_t none[SHA256_SIZE];
	struct filling f = { s->packer, pack_size(s->packer, bytes) };

	if (f.left == bytes.n)
		return store_content(s, bytes, ret_content, e);
	return add_room(s, none, bytes, &f, ret_content, e);
}

static int add_alone_short(struct store *s, struct span bytes, packing *how, int64_t *ret_content,
			   struct err *e)
{
	struct span packed = how(s->packer, bytes);

	if (packed.n == bytes.n)
		return store_content(s, bytes, ret_content, e);
	return add_unknown(s, bytes.n, packed, ret_content, e);
}

/* What is packed has a sum in it, and needs no digest. */
static int add_alone(struct store *s, struct span bytes, packing *how, int64_t *ret_content,
		     struct err *e)
{
	return bytes.n > LONG ? add_alone_long(s, bytes, ret_content, e)
			      : add_alone_short(s, bytes, how, ret_content, e);
}

int store_content_came(struct store *s, struct span raw, int64_t *ret_content, struct err *e)
{
	return add_alone(s, raw, pack_incoming, ret_content, e);
}

int store_content_goes(struct store *s, struct span message, int64_t *ret_content, struct err *e)
{
	return add_alone(s, message, pack_outgoing, ret_content, e);
}

void store_content_say(struct store *s, struct span bytes, uint8_t ret_sha256[SHA256_SIZE])
{
	struct err ignored;
	int64_t content;

	sha256_of(bytes, ret_sha256);
	(void)store_content_find(s, (struct span){ (const char *)ret_sha256, SHA256_SIZE },
				 &content, &ignored);
}

void store_content_say_of(struct store *s, int64_t mail_id, struct span bytes)
{
	struct store_origin from = { .mail_id = mail_id };
	struct err ignored;

	if (bytes.n >= SLICE_MIN)
		(void)ask_origin(s, &from, &ignored);
}

/* from NULL: of no mail, or it does not stand there. */
static int add_of(struct store *s, struct span bytes, struct store_origin *from,
		  int64_t *ret_content, struct err *e)
{
	uint8_t digest[SHA256_SIZE];
	struct span key = { (const char *)digest, sizeof(digest) };

	if (!from)
		return store_content(s, bytes, ret_content, e);
	if (from->sha256)
		key.p = (const char *)from->sha256;
	else
		sha256_of(bytes, digest);
	return find_or_add(s, key, bytes, from, ret_content, e);
}

int store_content_of(struct store *s, struct span bytes, struct store_origin *from,
		     int64_t *ret_content, struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };

	if (from && from->place)
		bytes = (struct span){ NULL, from->place->size }; /* they are not read so far */
	if (from && from->alone) {
		int got = add_found(s, SPAN(""), bytes, from, ret_content, e);

		if (got != 0)
			return got < 0 ? -1 : 0;
	}
	if (from && from->place)
		bytes = store_place_bytes(from->raw, from->place, &a);
	return add_of(s, bytes, from && from->alone ? NULL : from, ret_content, e);
}

/* --- out --- */

/* Where the bytes of a content stand, if not in what its row says. */
struct kept {
	size_t stored;
	bool is_long; /* in the row, a piece at a time */
	int64_t at;   /* in the file beside the store; -1: not there */
};

/* ctx: what a short one is handed to. */
static int read_row(struct query *q, int64_t content, struct unpacking *u, struct packer *packer,
		    store_piece_fn *fn, void *ctx, struct kept *ret_kept)
{
	size_t size, stored;
	struct span bytes;
	bool is_alone;

	if (query_step_of(q, "content", content) < 0)
		return -1;
	size = (size_t)query_get_int(q);
	stored = (size_t)query_get_int(q);
	is_alone = query_get_int(q);
	bytes = query_borrow_bytes(q);
	*ret_kept = (struct kept){ stored, stored > LONG, query_get_int(q) };
	if (is_alone && stored == size)
		return err_set(q->e, ERR_PERM, "the bytes are not those kept");
	unpack_begin(u, packer, stored, size, fn, ctx);
	if (!ret_kept->is_long && ret_kept->at < 0 && unpack_piece(u, bytes, q->e) < 0)
		return -1;
	return query_end_row(q);
}

static int read_rest(struct store *s, int64_t content, const struct kept *kept, struct unpacking *u,
		     struct err *e)
{
	if (kept->at >= 0)
		return bulk_read(&s->bulk, kept->at, (int64_t)kept->stored, unpack_piece, u, e);
	return kept->is_long ? s->ops->bytes_read(s->engine, content, unpack_piece, u, e) : 0;
}

/* *ret_left: how many bytes of it stand elsewhere. */
static int read_kept(struct store *s, int64_t content, store_piece_fn *fn, void *ctx,
		     size_t *ret_left, struct err *e)
{
	struct unpacking u;
	struct query q QUERY_AUTO;
	struct kept kept;

	query_open(&q, s, SQL_CONTENT_GET, e);
	query_int(&q, content);
	query_int(&q, LONG);
	if (read_row(&q, content, &u, s->packer, fn, ctx, &kept) < 0 ||
	    read_rest(s, content, &kept, &u, e) < 0)
		return -1;
	*ret_left = u.is_empty ? u.left : 0;
	return u.is_empty ? 0 : unpack_end(&u, e);
}

static int read_slice(struct store *s, int64_t content, size_t size, store_piece_fn *fn, void *ctx,
		      struct err *e)
{
	struct slicing slicing = { .fn = fn, .ctx = ctx, .left = size };
	size_t left;
	int got = slice_get(s, content, &slicing.slice, e);

	if (got == 0)
		err_set(e, ERR_PERM, "does not unpack: nothing is there");
	if (got <= 0 || read_kept(s, slicing.slice.origin, slice_piece, &slicing, &left, e) < 0)
		return -1;
	return slice_end(&slicing, e);
}

static int read_content(struct store *s, int64_t content, store_piece_fn *fn, void *ctx,
			struct err *e)
{
	size_t left;

	if (read_kept(s, content, fn, ctx, &left, e) < 0)
		return -1;
	return left ? read_slice(s, content, left, fn, ctx, e) : 0;
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

static int hash_piece(void *ctx, struct span piece, struct err *e)
{
	(void)e;
	sha256_update(ctx, piece);
	return 0;
}

int store_content_digest(struct store *s, int64_t content, uint8_t ret_sha256[SHA256_SIZE],
			 struct err *e)
{
	struct sha256 h;

	sha256_init(&h);
	if (store_content_read(s, content, hash_piece, &h, e) < 0)
		return -1;
	sha256_final(&h, ret_sha256);
	return 0;
}
