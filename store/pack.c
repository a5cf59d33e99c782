#include "store/pack.h"

#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "store/dictionary.h"
#include "store/lately.h"
#include "store/runs.h"

enum {
	LEVEL = 1,	 /* 3 takes a tenth longer for a hundredth less */
	LEVEL_FAST = -1, /* a quarter fewer instructions, a fifth more bytes */
	FAST_MAX = 16 * KIB,
	WINDOW_LOG = 19, /* so much memory to unpack, and no more whatever is said to be packed */
	SHORT = 64,	 /* what is shorter is left as it is */
	PLAIN_MAX =
	    8 * KIB, /* of a mail that only gets a sum: to pack it costs more than its pages */
	RUNS_MIN = 8 * KIB, /* nor are runs of base64 looked for */
	PIECE = 64 * KIB,
	ONCE_MAX = MIB,		 /* packed: kept from the look at its size */
	OUTGOING_MAX = 32 * KIB, /* of what is longer our words are a small part */
	ATTACH = 1, /* ZSTD_dictForceAttach: tables of the dictionary are never copied */
	MARK = 8,
};

/* Before what is packed as records (store/runs.h): a frame that is passed over (RFC 8878, section
 * 3.1.2), without bytes. */
static const char mark[MARK] = { 0x5b, 0x2a, 0x4d, 0x18, 0, 0, 0, 0 };

struct packer {
	ZSTD_CCtx *in, *outgoing;
	ZSTD_DCtx *out;
	struct buf short_one, records;
	struct lately lately;
	/* of pack_begin() */
	struct span source; /* not yet in records */
	ZSTD_inBuffer rest;
	bool has_runs, is_begun, is_over;
	/* of pack_size(): what it came to, where it was not too much; and of pack_again() */
	struct buf once;
	bool is_kept;
	/* of unpack_begin() */
	struct runs runs;
	char piece_in[PIECE], piece_out[PIECE], piece_records[PIECE];
};

/* Its tables are made when it is first used. */
static void load_dictionary(struct packer *p)
{
	if (ZSTD_isError(ZSTD_CCtx_loadDictionary(p->outgoing, dictionary_1, dictionary_1_size)) ||
	    ZSTD_isError(ZSTD_DCtx_loadDictionary(p->out, dictionary_1, dictionary_1_size)))
		mem_exhausted();
	ZSTD_CCtx_setParameter(p->outgoing, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(p->outgoing, ZSTD_c_windowLog, WINDOW_LOG);
	ZSTD_CCtx_setParameter(p->outgoing, ZSTD_c_checksumFlag, 1);
	ZSTD_CCtx_setParameter(p->outgoing, ZSTD_c_experimentalParam4, ATTACH);
}

struct packer *packer_new(void)
{
	struct packer *p = mem_alloc(sizeof(*p));

	p->in = ZSTD_createCCtx();
	p->outgoing = ZSTD_createCCtx();
	p->out = ZSTD_createDCtx();
	if (!p->in || !p->outgoing || !p->out)
		mem_exhausted();
	load_dictionary(p);
	ZSTD_CCtx_setParameter(p->in, ZSTD_c_windowLog, WINDOW_LOG);
	ZSTD_DCtx_setParameter(p->out, ZSTD_d_windowLogMax, WINDOW_LOG);
	buf_init(&p->short_one, SIZE_MAX);
	buf_init(&p->records, SIZE_MAX);
	buf_init(&p->once, ONCE_MAX);
	return p;
}

void packer_free(struct packer *p)
{
	if (!p)
		return;
	ZSTD_freeCCtx(p->in);
	ZSTD_freeCCtx(p->outgoing);
	ZSTD_freeDCtx(p->out);
	buf_release(&p->short_one);
	buf_release(&p->records);
	buf_release(&p->once);
	lately_release(&p->lately);
	free(p);
}

/* --- in --- */

/* What it may come to at most, to be worth it. */
static size_t worth(size_t n)
{
	return n < SHORT ? 0 : n - n / 16;
}

static void set_level(struct packer *p, size_t n, bool mostly_files)
{
	ZSTD_CCtx_setParameter(p->in, ZSTD_c_compressionLevel,
			       n <= FAST_MAX || mostly_files ? LEVEL_FAST : LEVEL);
}

static bool has_runs(struct span bytes)
{
	return bytes.n >= RUNS_MIN && runs_any(bytes);
}

static struct span records_of(struct packer *p, struct span bytes)
{
	size_t room = bytes.n + RUNS_ROOM_MIN;
	char *out;

	buf_clear(&p->records);
	out = buf_room(&p->records, room);
	return (struct span){ out, runs_next(&bytes, out, room) };
}

/* Files are packed already: nothing is found in them by counting how often each byte is there. */
static bool is_mostly_files(struct span bytes, struct span source)
{
	return source.n <= bytes.n - bytes.n / 8;
}

static struct span pack_once(struct packer *p, struct span bytes, bool with_sum)
{
	size_t most = worth(bytes.n), n, at = 0;
	struct span source = bytes;
	char *out;

	if (!most)
		return bytes;
	buf_clear(&p->short_one);
	out = buf_room(&p->short_one, most);
	if (has_runs(bytes)) {
		source = records_of(p, bytes);
		memcpy(out, mark, MARK);
		at = MARK;
	}
	set_level(p, source.n, is_mostly_files(bytes, source));
	ZSTD_CCtx_setParameter(p->in, ZSTD_c_checksumFlag, with_sum);
	n = ZSTD_compress2(p->in, out + at, most - at, source.p, source.n);
	return ZSTD_isError(n) ? bytes : (struct span){ out, at + n };
}

struct span pack(struct packer *p, struct span bytes)
{
	return pack_once(p, bytes, true);
}

/* At the lowest level nothing is looked for: it is the bytes in a frame, with their sum. */
static struct span frame(struct packer *p, struct span bytes)
{
	char *out;
	size_t n;

	buf_clear(&p->short_one);
	out = buf_room(&p->short_one, bytes.n + PACK_FRAME_MAX);
	ZSTD_CCtx_setParameter(p->in, ZSTD_c_compressionLevel, ZSTD_minCLevel());
	ZSTD_CCtx_setParameter(p->in, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(p->in, out, bytes.n + PACK_FRAME_MAX, bytes.p, bytes.n);
	return ZSTD_isError(n) ? bytes : (struct span){ out, n };
}

struct span pack_incoming(struct packer *p, struct span bytes)
{
	return bytes.n < SHORT || bytes.n > PLAIN_MAX ? pack(p, bytes) : frame(p, bytes);
}

static struct span for_soon(struct packer *p, struct span packed, struct span bytes)
{
	if (packed.n < bytes.n)
		lately_put(&p->lately, packed, bytes);
	return packed;
}

struct span pack_for_soon(struct packer *p, struct span bytes)
{
	return for_soon(p, pack_once(p, bytes, false), bytes);
}

static struct span pack_by_dictionary(struct packer *p, struct span bytes, size_t most)
{
	char *out;
	size_t n;

	buf_clear(&p->short_one);
	out = buf_room(&p->short_one, most);
	n = ZSTD_compress2(p->outgoing, out, most, bytes.p, bytes.n);
	return ZSTD_isError(n) ? bytes : (struct span){ out, n };
}

struct span pack_outgoing(struct packer *p, struct span bytes)
{
	size_t most = worth(bytes.n);

	if (!most || bytes.n > OUTGOING_MAX || has_runs(bytes))
		return for_soon(p, pack(p, bytes), bytes);
	return for_soon(p, pack_by_dictionary(p, bytes, most), bytes);
}

void pack_begin(struct packer *p, struct span bytes)
{
	ZSTD_CCtx_reset(p->in, ZSTD_reset_session_only);
	set_level(p, bytes.n, false);
	ZSTD_CCtx_setParameter(p->in, ZSTD_c_checksumFlag, 1);
	p->is_begun = p->is_over = p->is_kept = false;
	p->has_runs = has_runs(bytes);
	p->source = p->has_runs ? bytes : SPAN_NONE;
	p->rest = (ZSTD_inBuffer){ .src = bytes.p, .size = p->has_runs ? 0 : bytes.n };
	if (!p->has_runs)
		ZSTD_CCtx_setPledgedSrcSize(p->in, bytes.n);
}

/* The next of what is to be packed; how it goes in. */
static ZSTD_EndDirective next_source(struct packer *p)
{
	if (p->rest.pos == p->rest.size && p->source.n)
		p->rest = (ZSTD_inBuffer){
			.src = p->piece_records,
			.size = runs_next(&p->source, p->piece_records, PIECE),
		};
	return p->source.n ? ZSTD_e_continue : ZSTD_e_end;
}

int pack_next(struct packer *p, struct span *ret_piece, struct err *e)
{
	ZSTD_outBuffer out = { .dst = p->piece_in, .size = sizeof(p->piece_in) };

	if (p->is_over)
		return 0;
	if (p->is_kept) {
		p->is_over = true;
		*ret_piece = buf_span(&p->once);
		return 1;
	}
	if (p->has_runs && !p->is_begun) {
		memcpy(p->piece_in, mark, MARK);
		out.pos = MARK;
	}
	p->is_begun = true;
	while (!p->is_over && out.pos < out.size) {
		ZSTD_EndDirective how = next_source(p);
		size_t left = ZSTD_compressStream2(p->in, &out, &p->rest, how);

		if (ZSTD_isError(left))
			return err_set(e, ERR_TEMP, "store: pack: %s", ZSTD_getErrorName(left));
		p->is_over = how == ZSTD_e_end && left == 0;
	}
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
	buf_clear(&p->once);
	while (n <= most && (got = pack_next(p, &piece, &unused)) > 0) {
		n += piece.n;
		buf_add(&p->once, piece);
	}
	p->is_kept = got == 0 && !p->once.full;
	return got == 0 && n <= most ? n : bytes.n;
}

void pack_again(struct packer *p, struct span bytes)
{
	if (p->is_kept)
		p->is_over = false;
	else
		pack_begin(p, bytes);
}

/* --- out --- */

static int not_packed(const char *why, struct err *e)
{
	return err_set(e, ERR_PERM, "does not unpack: %s", why);
}

void unpack_begin(struct unpacking *u, struct packer *p, size_t stored, size_t size,
		  store_piece_fn *fn, void *ctx)
{
	*u =
	    (struct unpacking){ .packer = p, .fn = fn, .ctx = ctx, .stored = stored, .left = size };
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

/* A store_piece_fn, of what runs come to. */
static int hand_on_piece(void *ctx, struct span piece, struct err *e)
{
	return hand_on(ctx, piece, e);
}

/* Before the first frame; *piece is behind the mark then. */
static int take_mark(struct unpacking *u, struct span *piece, struct err *e)
{
	if (!u->mark_n && piece->n && piece->p[0] != mark[0]) {
		u->mark_n = MARK;
		return 0;
	}
	if (!u->mark_n && piece->n)
		runs_begin(&u->packer->runs, hand_on_piece, u);
	for (; piece->n && u->mark_n < MARK; u->mark_n++) {
		if (piece->p[0] != mark[u->mark_n])
			return not_packed("its mark is another one", e);
		*piece = span_sub(*piece, 1, SIZE_MAX);
		u->has_runs = true;
	}
	return 0;
}

static int damaged(size_t code, struct err *e)
{
	if (ZSTD_getErrorCode(code) == ZSTD_error_dictionary_wrong)
		return not_packed("it needs a dictionary that this program does not have", e);
	return not_packed(ZSTD_getErrorName(code), e);
}

static int unpack_frame(struct unpacking *u, struct span piece, struct err *e)
{
	ZSTD_inBuffer in = { .src = piece.p, .size = piece.n };
	ZSTD_outBuffer out = { .dst = u->packer->piece_out, .size = sizeof(u->packer->piece_out) };

	do {
		struct span made;
		size_t hint;

		if (u->is_over)
			return not_packed("something is behind it", e);
		out.pos = 0;
		hint = ZSTD_decompressStream(u->packer->out, &out, &in);
		if (ZSTD_isError(hint))
			return damaged(hint, e);
		u->is_over = hint == 0;
		made = (struct span){ u->packer->piece_out, out.pos };
		if ((u->has_runs ? runs_piece(&u->packer->runs, made, e) : hand_on(u, made, e)) < 0)
			return -1;
	} while (in.pos < in.size || (out.pos == out.size && !u->is_over));
	return 0;
}

/* All of it, and it was packed lately. */
static bool is_known(struct unpacking *u, struct span piece, struct span *ret_bytes)
{
	if (u->is_over || u->mark_n || piece.n != u->stored)
		return false;
	u->is_over = lately_find(&u->packer->lately, piece, u->left, ret_bytes);
	return u->is_over;
}

int unpack_piece(void *ctx, struct span piece, struct err *e)
{
	struct unpacking *u = ctx;
	struct span bytes;

	if (!u->is_packed)
		return hand_on(u, piece, e);
	if (is_known(u, piece, &bytes))
		return hand_on(u, bytes, e);
	if (u->mark_n < MARK && take_mark(u, &piece, e) < 0)
		return -1;
	return u->mark_n < MARK || (!piece.n && u->has_runs) ? 0 : unpack_frame(u, piece, e);
}

int unpack_end(struct unpacking *u, struct err *e)
{
	if (u->is_packed && u->is_over && u->has_runs && runs_end(&u->packer->runs, e) < 0)
		return -1;
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
