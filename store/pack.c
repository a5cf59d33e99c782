#include "store/pack.h"

#include <stdlib.h>
#include <zstd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"

enum {
	LEVEL = 1,	 /* 3 takes a tenth longer for a hundredth less */
	WINDOW_LOG = 19, /* so much memory to unpack, and no more whatever is said to be packed */
	SHORT = 64,	 /* what is shorter is left as it is */
	PIECE = 64 * KIB,
};

struct packer {
	ZSTD_CCtx *in;
	ZSTD_DCtx *out;
	struct buf short_one;
	ZSTD_inBuffer rest; /* of pack_begin() */
	bool is_over;
	char piece_in[PIECE], piece_out[PIECE];
};

struct packer *packer_new(void)
{
	struct packer *p = mem_alloc(sizeof(*p));

	p->in = ZSTD_createCCtx();
	p->out = ZSTD_createDCtx();
	if (!p->in || !p->out)
		mem_exhausted();
	ZSTD_CCtx_setParameter(p->in, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(p->in, ZSTD_c_windowLog, WINDOW_LOG);
	ZSTD_DCtx_setParameter(p->out, ZSTD_d_windowLogMax, WINDOW_LOG);
	buf_init(&p->short_one, SIZE_MAX);
	return p;
}

void packer_free(struct packer *p)
{
	if (!p)
		return;
	ZSTD_freeCCtx(p->in);
	ZSTD_freeDCtx(p->out);
	buf_release(&p->short_one);
	free(p);
}

/* --- in --- */

/* What it may come to at most, to be worth it. */
static size_t worth(size_t n)
{
	return n < SHORT ? 0 : n - n / 16;
}

struct span pack(struct packer *p, struct span bytes)
{
	size_t most = worth(bytes.n), n;

	if (!most)
		return bytes;
	buf_clear(&p->short_one);
	n = ZSTD_compress2(p->in, buf_room(&p->short_one, most), most, bytes.p, bytes.n);
	return ZSTD_isError(n) ? bytes : (struct span){ p->short_one.p, n };
}

void pack_begin(struct packer *p, struct span bytes)
{
	ZSTD_CCtx_reset(p->in, ZSTD_reset_session_only);
	ZSTD_CCtx_setPledgedSrcSize(p->in, bytes.n);
	p->rest = (ZSTD_inBuffer){ .src = bytes.p, .size = bytes.n };
	p->is_over = false;
}

int pack_next(struct packer *p, struct span *ret_piece, struct err *e)
{
	ZSTD_outBuffer out = { .dst = p->piece_in, .size = sizeof(p->piece_in) };
	size_t left;

	if (p->is_over)
		return 0;
	left = ZSTD_compressStream2(p->in, &out, &p->rest, ZSTD_e_end);
	if (ZSTD_isError(left))
		return err_set(e, ERR_TEMP, "store: pack: %s", ZSTD_getErrorName(left));
	p->is_over = left == 0;
	*ret_piece = (struct span){ p->piece_in, out.pos };
	return 1;
}

size_t pack_size(struct packer *p, struct span bytes)
{
	size_t most = worth(bytes.n), n = 0;
	struct span piece = { 0 };
	struct err unused;
	int got = 0;

	pack_begin(p, bytes);
	while (n <= most && (got = pack_next(p, &piece, &unused)) > 0)
		n += piece.n;
	return got == 0 && n <= most ? n : bytes.n;
}

/* --- out --- */

static int not_packed(const char *why, struct err *e)
{
	return err_set(e, ERR_PERM, "does not unpack: %s", why);
}

void unpack_begin(struct unpacking *u, struct packer *p, size_t stored, size_t size,
		  store_piece_fn *fn, void *ctx)
{
	*u = (struct unpacking){ .packer = p, .fn = fn, .ctx = ctx, .left = size };
	u->is_packed = stored != size;
	u->is_empty = stored == 0 && size > 0;
	ZSTD_DCtx_reset(p->out, ZSTD_reset_session_only);
}

static int hand_on(struct unpacking *u, struct span piece, struct err *e)
{
	if (piece.n > u->left)
		return not_packed("more bytes than there were", e);
	u->left -= piece.n;
	return piece.n ? u->fn(u->ctx, piece, e) : 0;
}

int unpack_piece(void *ctx, struct span piece, struct err *e)
{
	struct unpacking *u = ctx;
	ZSTD_inBuffer in = { .src = piece.p, .size = piece.n };
	ZSTD_outBuffer out = { .dst = u->packer->piece_out, .size = sizeof(u->packer->piece_out) };

	if (!u->is_packed)
		return hand_on(u, piece, e);
	do {
		size_t hint;

		if (u->is_over)
			return not_packed("something is behind it", e);
		out.pos = 0;
		hint = ZSTD_decompressStream(u->packer->out, &out, &in);
		if (ZSTD_isError(hint))
			return not_packed(ZSTD_getErrorName(hint), e);
		u->is_over = hint == 0;
		if (hand_on(u, (struct span){ u->packer->piece_out, out.pos }, e) < 0)
			return -1;
	} while (in.pos < in.size || (out.pos == out.size && !u->is_over));
	return 0;
}

int unpack_end(const struct unpacking *u, struct err *e)
{
	if (u->left || (u->is_packed && !u->is_over))
		return not_packed("it ends too early", e);
	return 0;
}

int pack_add_piece(void *ctx, struct span piece, struct err *e)
{
	struct buf *all = ctx;

	buf_add(all, piece);
	return all->full ? err_set(e, ERR_PERM, "store: the content does not fit into %zu bytes",
				   all->max)
			 : 0;
}

int unpack(struct packer *p, struct span stored, size_t size, struct buf *ret_bytes, struct err *e)
{
	struct unpacking u;

	unpack_begin(&u, p, stored.n, size, pack_add_piece, ret_bytes);
	return unpack_piece(&u, stored, e) < 0 ? -1 : unpack_end(&u, e);
}
