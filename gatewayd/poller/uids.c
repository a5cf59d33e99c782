#include "gatewayd/poller/uids.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gatewayd/base/mem.h"

void uids_add(struct uids *u, uint32_t uid)
{
	MEM_GROW(u->p, u->n, &u->cap);
	u->p[u->n++] = uid;
}

void uids_drop_front(struct uids *u, size_t n)
{
	u->n -= n;
	memmove(u->p, u->p + n, u->n * sizeof(*u->p));
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool is_rising(const struct uids *u)
{
	size_t k = 1;

	while (k < u->n && u->p[k - 1] < u->p[k])
		k++;
	return k >= u->n;
}

void uids_tidy(struct uids *u)
{
	size_t kept = 0;

	if (!is_rising(u))
		qsort(u->p, u->n, sizeof(*u->p), by_number);
	for (size_t k = 0; k < u->n; k++)
		if (kept == 0 || u->p[k] != u->p[kept - 1])
			u->p[kept++] = u->p[k];
	u->n = kept;
}
