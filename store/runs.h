/*
 * Lines of base64 as the bytes that they stand for, which are a quarter fewer and cost no search
 *for what repeats: mails are mostly that.
 *
 * What is packed so is a sequence of records: a head of RUNS_HEAD bytes, then bytes.  The head is
 *
 *	't' 0 0 0 N	N bytes as they are
 *	'l' G 0 0 N	N lines of G groups of four characters and LF, three bytes for each group
 *	'c' G 0 0 N	the same with CRLF
 *
 * with N in four bytes, the lowest first.  Only lines that have nothing but characters of the
 * alphabet are taken so, and of those four characters and three bytes are the same: what comes back
 * is what went in, bit for bit.
 *
 * Private to store/.
 */
#ifndef STORE_RUNS_H
#define STORE_RUNS_H

#include "gatewayd/base/err.h"
#include "gatewayd/base/units.h"
#include "store/store_open.h"

enum {
	RUNS_HEAD = 8,
	RUNS_GROUPS_MAX = 255, /* of a line */
	RUNS_LINE_MAX = 4 * RUNS_GROUPS_MAX + 2,
	RUNS_ROOM_MIN = 4096, /* for records */
};

bool runs_any(struct span bytes);
/* Records of *rest, as many as fit into `room`, which is RUNS_ROOM_MIN or more; what was taken of
 * *rest goes.  The bytes written; together with all others of the same bytes no more than these and
 * RUNS_ROOM_MIN. */
size_t runs_next(struct span *rest, char *out, size_t room);

/* Back, from pieces of records to pieces of what they were made of, of at most RUNS_OUT bytes. */
enum { RUNS_OUT = 16 * KIB };
struct runs {
	char head[RUNS_HEAD]; /* of the record under way */
	size_t head_n;
	size_t left; /* of it: bytes, or lines */
	size_t line_n;
	char line[3 * RUNS_GROUPS_MAX + 1]; /* decoded, as far as it came */
	store_piece_fn *fn;
	void *ctx;
	size_t out_n;
	char out[RUNS_OUT];
};
void runs_begin(struct runs *r, store_piece_fn *fn, void *ctx);
/* A store_piece_fn; ctx is a struct runs.  ERR_PERM: that is no record. */
int runs_piece(void *ctx, struct span piece, struct err *e);
int runs_end(struct runs *r, struct err *e);

#endif
