/*
 * A growing run of bytes with a stated maximum.
 *
 * What does not fit is cut: the bytes up to the maximum are kept and `full` is set, so that a
 * writer can go on without checking each call and look once at the end.  The bytes belong to the
 * buffer.
 */
#ifndef GATEWAYD_BASE_BUF_H
#define GATEWAYD_BASE_BUF_H

#include "gatewayd/base/str.h"

struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max;
	bool full; /* something was cut */
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
#define BUF_AUTO __attribute__((cleanup(buf_release)))
void buf_clear(struct buf *b); /* empty and not full, memory kept */

void buf_add_more(struct buf *b, struct span s); /* what buf_add() has no room for, or none */
static inline void buf_add(struct buf *b, struct span s)
{
	if (s.n && s.n < b->cap - b->n && s.n <= b->max - b->n) {
		memcpy(b->p + b->n, s.p, s.n);
		b->n += s.n;
	} else {
		buf_add_more(b, s);
	}
}
static inline void buf_addc(struct buf *b, char c)
{
	if (b->n < b->max && b->n + 1 < b->cap)
		b->p[b->n++] = c;
	else
		buf_add(b, (struct span){ &c, 1 });
}
static inline void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, span_of(s));
}
enum { DECIMAL_MAX = sizeof("-18446744073709551615") };
struct span decimal_of(int64_t n, char room[DECIMAL_MAX]); /* in it */
void buf_add_int(struct buf *b, int64_t n);		   /* decimal, as the next one */
void buf_add_uint(struct buf *b, uint64_t n);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Room for n more bytes: write there, then set b->n; NULL (and full) when n do not fit. */
char *buf_room(struct buf *b, size_t n);
void buf_drop_front(struct buf *b, size_t n);

static inline struct span buf_span(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}

/* The bytes with a NUL behind them, which is not counted; valid until the next change. */
const char *buf_cstr(struct buf *b);

#endif
