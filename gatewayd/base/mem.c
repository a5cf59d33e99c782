#include "gatewayd/base/mem.h"

#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

enum { ARRAY_FIRST = 16, AT_HAND_MAX = 1024 };

_Noreturn void mem_exhausted(void)
{
	static const char text[] = "event=memory.exhausted\n";
	ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)written;
	_exit(EX_OSERR);
}

void *mem_alloc(size_t n)
{
	return mem_alloc_n(n, 1);
}

/* Pieces that malloc() has at hand calloc() does not take. */
void *mem_alloc_n(size_t count, size_t size)
{
	void *p;

	if (count <= AT_HAND_MAX && size <= AT_HAND_MAX && count * size <= AT_HAND_MAX)
		return memset(mem_resize_n(NULL, count, size), 0, count * size);
	p = calloc(count ? count : 1, size ? size : 1);
	if (!p)
		mem_exhausted();
	return p;
}

void *mem_resize_n(void *p, size_t count, size_t size)
{
	p = reallocarray(p, count ? count : 1, size ? size : 1);
	if (!p)
		mem_exhausted();
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
	char *p = mem_resize_n(NULL, s.n + 1, 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

void mem_free(void *pp)
{
	void *p;

	memcpy(&p, pp, sizeof(p));
	free(p);
	memset(pp, 0, sizeof(p));
}
