#include "gatewayd/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/buf.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"

enum { BLOCK_SIZE = 64 * KIB, ARRAY_FIRST = 8 };

struct arena_block {
	struct arena_block *next; /* older */
	size_t size, used;
	alignas(max_align_t) char data[];
};

void arena_init(struct arena *a)
{
	*a = (struct arena){ 0 };
}

void arena_release(struct arena *a)
{
	while (a->head) {
		struct arena_block *old = a->head;

		a->head = old->next;
		free(old);
	}
	a->used = 0;
}

void arena_reset(struct arena *a)
{
	struct arena_block *keep = NULL;

	while (a->head) {
		struct arena_block *block = a->head;

		a->head = block->next;
		if (!block->next && block->size == BLOCK_SIZE)
			keep = block;
		else
			free(block);
	}
	if (keep)
		keep->used = 0;
	a->head = keep;
	a->used = 0;
}

static struct arena_block *block_new(size_t size)
{
	struct arena_block *block;
	size_t total;

	if (__builtin_add_overflow(sizeof(*block), size, &total) || !(block = malloc(total)))
		mem_exhausted();
	block->next = NULL;
	block->size = size;
	block->used = 0;
	return block;
}

/* A large piece gets a block of its own behind the head, so that the head goes on being filled. */
static char *take(struct arena *a, size_t n, size_t align)
{
	struct arena_block *block = a->head;
	size_t from;

	a->used += n;
	if (block) {
		from = (block->used + align - 1) & ~(align - 1);
		if (from <= block->size && n <= block->size - from) {
			block->used = from + n;
			return block->data + from;
		}
	}
	if (block && n > BLOCK_SIZE / 4) {
		struct arena_block *own = block_new(n);

		own->used = n;
		own->next = block->next;
		block->next = own;
		return own->data;
	}
	block = block_new(n > BLOCK_SIZE ? n : BLOCK_SIZE);
	block->next = a->head;
	a->head = block;
	block->used = n;
	return block->data;
}

void *arena_alloc(struct arena *a, size_t n)
{
	return memset(take(a, n, alignof(max_align_t)), 0, n);
}

void *arena_alloc_n(struct arena *a, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		abort();
	return arena_alloc(a, n);
}

void *arena_grow(struct arena *a, void *v, size_t n, size_t size)
{
	char *bigger;

	if (n % ARRAY_FIRST != 0 || (n & (n - 1)) != 0)
		return v;
	bigger = arena_alloc_n(a, n ? 2 * n : ARRAY_FIRST, size);
	if (n)
		memcpy(bigger, v, n * size);
	return bigger;
}

char *arena_room(struct arena *a, size_t n)
{
	return take(a, n, 1);
}

struct span arena_dup(struct arena *a, struct span s)
{
	char *p = take(a, s.n + 1, 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct span){ p, s.n };
}

char *arena_cstr(struct arena *a, struct span s)
{
	const char *nul = s.n ? memchr(s.p, 0, s.n) : NULL;
	size_t n = nul ? (size_t)(nul - s.p) : s.n;
	char *p = take(a, n + 1, 1);

	if (n)
		memcpy(p, s.p, n);
	p[n] = '\0';
	return p;
}

struct span arena_join(struct arena *a, const struct span *v, size_t n)
{
	size_t bytes = 0;
	char *p, *at;

	for (size_t i = 0; i < n; i++)
		bytes += v[i].n;
	p = at = take(a, bytes + 1, 1);
	for (size_t i = 0; i < n; i++) {
		if (v[i].n)
			memcpy(at, v[i].p, v[i].n);
		at += v[i].n;
	}
	*at = '\0';
	return (struct span){ p, bytes };
}

struct span arena_decimal(struct arena *a, int64_t n)
{
	char text[DECIMAL_MAX];

	return arena_dup(a, decimal_of(n, text));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char small[256], *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	p = take(a, (size_t)n + 1, 1);
	if ((size_t)n < sizeof(small))
		memcpy(p, small, (size_t)n + 1);
	else
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}
