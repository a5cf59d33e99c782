/*
 * The bytes of a file where they stand in the raw mail it came with, instead of once more.
 *
 * A slice is found by what it must come to: it is read back and compared before anything is kept.
 * Or its place is known, and it is measured (store_place.h).  Private to store/.
 */
#ifndef STORE_SLICE_H
#define STORE_SLICE_H

#include "store/query.h"
#include "store/store_place.h"

enum slice_coding { SLICE_PLAIN, SLICE_BASE64, SLICE_CODING_COUNT }; /* RFC 2045, section 6.8 */

struct slice {
	int64_t origin;	   /* the content it stands in */
	size_t at, length; /* bytes of it */
	enum slice_coding coding;
};

enum { SLICE_MIN = 1024 }; /* what is shorter is not looked for */

/* Looks for the bytes, SLICE_MIN or more, in raw from `from` on.  ret_slice->origin is the
 * caller's. */
bool slice_find(struct span raw, size_t from, struct span bytes, struct slice *ret_slice);

struct slice slice_at(struct span raw, const struct store_place *place, int64_t origin);

int slice_add(struct store *s, int64_t content, const struct slice *slice, struct err *e);
int slice_drop(struct store *s, int64_t content, struct err *e);
/* 1, or 0 where the content is none. */
int slice_get(struct store *s, int64_t content, struct slice *ret_slice, struct err *e);
/* What is left of it, in the content `origin`. */
int slice_list(struct store *s, int64_t origin, struct arena *a, int64_t **ret_v, size_t *ret_n,
	       struct err *e);

struct slice_decoder {
	uint32_t bits;
	int bit_count;
};
/* Until `room` bytes are there, *in is over, or another character is in it; how many. */
size_t slice_decode(struct slice_decoder *d, struct span *in, char *out, size_t room);

/* Pieces of the origin become those of the slice, together `left` bytes. */
struct slicing {
	struct slice slice;
	store_piece_fn *fn;
	void *ctx;
	size_t left;
	size_t passed; /* of the origin */
	struct slice_decoder decoder;
};
/* A store_piece_fn; ctx is a struct slicing. */
int slice_piece(void *ctx, struct span piece, struct err *e);
int slice_end(const struct slicing *s, struct err *e);

#endif
