#include "gatewayd/base/mem.h"

#include <stdlib.h>
#include <string.h>

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

char *mem_strdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(mem_alloc(n), s, n);
}

void mem_free(void *pp)
{
	void *p;

	memcpy(&p, pp, sizeof(p));
	free(p);
	memset(pp, 0, sizeof(p));
}
