/*
 * Bytes as the store keeps them: packed (zstd, RFC 8878; lines of base64 before it as what they
 * stand for, store/runs.h) where that makes them fewer by a sixteenth or more, else as they are.
 * The size that stands beside them tells which: what is kept in as many bytes is not packed.
 *
 * Private to store/.
 */
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"
#include "store/store_open.h"

/* The working memory of a store; it keeps what the largest of them took, a few megabytes. */
struct packer;
struct packer *packer_new(void);
void packer_free(struct packer *p);

/* To be kept in one piece: the bytes themselves or, until the next use of p, fewer.  These have a
 * sum in them (RFC 8878, section 3.1.1), so that other bytes do not come back. */
struct span pack(struct packer *p, struct span bytes);
/* Without a sum, of what is to be read soon: unpacking it then is no work (lately.h). */
struct span pack_for_soon(struct packer *p, struct span bytes);
/* As pack(), of a mail: up to 8 KiB the bytes, with their sum, in up to PACK_FRAME_MAX more. */
enum { PACK_FRAME_MAX = 32 };
struct span pack_incoming(struct packer *p, struct span bytes);
/* As both, of a message, which our templates are the larger part of: packed by a dictionary
 * (dictionary.h). */
struct span pack_outgoing(struct packer *p, struct span bytes);

/* To be kept piece by piece, with such a sum.  The size of all pieces; bytes.n when they stay as
 * they are. */
size_t pack_size(struct packer *p, struct span bytes);
/* The bytes live until pack_next() said 0. */
void pack_begin(struct packer *p, struct span bytes);
/* The same right behind pack_size() of them: they are packed once where they come to 1 MiB at most.
 */
void pack_again(struct packer *p, struct span bytes);
/* 1: a piece, which lives until the next use of p; 0: that was all; -1. */
int pack_next(struct packer *p, struct span *ret_piece, struct err *e);

/* Back.  fn has its pieces, together `size` bytes; more or fewer than that are ERR_PERM, as is what
 * was not packed here. */
struct unpacking {
	struct packer *packer;
	store_piece_fn *fn;
	void *ctx;
	size_t stored, left; /* bytes: all that are kept; those still to come */
	bool is_packed, is_over, has_runs;
	size_t mark_n; /* bytes that came of the mark of runs */
	bool is_empty; /* nothing is kept of it */
};
void unpack_begin(struct unpacking *u, struct packer *p, size_t stored, size_t size,
		  store_piece_fn *fn, void *ctx);
/* A store_piece_fn; ctx is a struct unpacking. */
int unpack_piece(void *ctx, struct span piece, struct err *e);
int unpack_end(struct unpacking *u, struct err *e);

/* All at once, appended. */
int unpack(struct packer *p, struct span stored, size_t size, struct buf *ret_bytes, struct err *e);

/* A store_piece_fn; ctx is a struct buf, to whose end the pieces go. */
int pack_add_piece(void *ctx, struct span piece, struct err *e);

#endif
