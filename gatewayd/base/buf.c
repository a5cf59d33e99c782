#include "gatewayd/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"

enum { FEW_MOVES = 16 * KIB };

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_release(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .max = b->max };
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->full = false;
}

/* One byte more than the content is always there, for buf_cstr().  What is written in many small
 * pieces gets to the size of a mail in few moves. */
static void grow(struct buf *b, size_t need)
{
	size_t cap = b->cap ? b->cap : 256;

	if (need < b->cap)
		return;
	while (cap <= need)
		cap *= cap < FEW_MOVES ? 4 : 2;
	b->p = mem_resize_n(b->p, cap, 1);
	b->cap = cap;
}

void buf_add_more(struct buf *b, struct span s)
{
	if (s.n > b->max - b->n) {
		s.n = b->max - b->n;
		b->full = true;
	}
	if (s.n == 0)
		return;
	grow(b, b->n + s.n);
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

static struct span digits_of(bool minus, uint64_t n, char room[DECIMAL_MAX])
{
	char *end = room + DECIMAL_MAX, *p = end;

	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	if (minus)
		*--p = '-';
	return (struct span){ p, (size_t)(end - p) };
}

struct span decimal_of(int64_t n, char room[DECIMAL_MAX])
{
	return digits_of(n < 0, n < 0 ? 0 - (uint64_t)n : (uint64_t)n, room);
}

void buf_add_int(struct buf *b, int64_t n)
{
	char room[DECIMAL_MAX];

	buf_add(b, decimal_of(n, room));
}

void buf_add_uint(struct buf *b, uint64_t n)
{
	char room[DECIMAL_MAX];

	buf_add(b, digits_of(false, n, room));
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(small)) {
		buf_add(b, (struct span){ small, (size_t)n });
	} else if (n >= 0) {
		char *big = mem_alloc((size_t)n + 1);

		vsnprintf(big, (size_t)n + 1, fmt, again);
		buf_add(b, (struct span){ big, (size_t)n });
		free(big);
	}
	va_end(again);
}

char *buf_room(struct buf *b, size_t n)
{
	if (n > b->max - b->n) {
		b->full = true;
		return NULL;
	}
	grow(b, b->n + n);
	return b->p + b->n;
}

void buf_drop_front(struct buf *b, size_t n)
{
	if (n > b->n)
		n = b->n;
	if (b->n - n)
		memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

const char *buf_cstr(struct buf *b)
{
	grow(b, b->n);
	b->p[b->n] = '\0';
	return b->p;
}
