#include "gatewayd/base/mem.h"

#include <stdlib.h>

enum { ARRAY_FIRST = 16 };

void *mem_alloc(size_t n)
{
	return mem_alloc_n(n, 1);
}

void *mem_alloc_n(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		abort();
	return p;
}

void *mem_resize_n(void *p, size_t count, size_t size)
{
	p = reallocarray(p, count ? count : 1, size ? size : 1);
	if (!p)
		abort();
	return p;
}

void *mem_grow(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap ? *cap * 2 : ARRAY_FIRST;
	return mem_resize_n(v, *cap, size);
}

char *mem_strdup(const char *s)
{
	return mem_dup_span(span_of(s));
}

char *mem_dup_span(struct span s)
{
	char *p = mem_alloc(s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

void mem_free(void *pp)
{
	void *p;

	memcpy(&p, pp, sizeof(p));
	free(p);
	memset(pp, 0, sizeof(p));
}
