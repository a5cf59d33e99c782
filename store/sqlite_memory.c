#include "store/sqlite_memory.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "gatewayd/base/units.h"

enum {
	STEP = 64, /* sizes of the lists are multiples of it */
	LISTS = 24,
	SMALL_MAX = STEP * LISTS, /* with its head */
	CUT = 32 * KIB,		  /* so much is taken at once to be cut up */
};

/* Before each piece of memory; what follows is aligned to 8 bytes, which is what SQLite asks. */
union head {
	int size;	  /* all of it, with this; over SMALL_MAX it is of no list */
	union head *next; /* in its list */
};
_Static_assert(sizeof(union head) == 8, "aligned to 8 bytes");

static struct {
	union head *lists[LISTS];
	char *rest; /* not yet cut up */
	int left;
} memory;

static int list_of(int size)
{
	return size / STEP - 1;
}

static union head *cut(int size)
{
	union head *piece;

	if (memory.left < size) {
		char *more = malloc(CUT);

		if (!more)
			return NULL;
		memory.rest = more;
		memory.left = CUT;
	}
	piece = (union head *)memory.rest;
	memory.rest += size;
	memory.left -= size;
	return piece;
}

static void *memory_get(int n)
{
	int size = (n + (int)sizeof(union head) + STEP - 1) / STEP * STEP;
	union head *piece;

	if (size > SMALL_MAX) {
		size = n + (int)sizeof(union head);
		piece = malloc((size_t)size);
	} else if ((piece = memory.lists[list_of(size)])) {
		memory.lists[list_of(size)] = piece->next;
	} else {
		piece = cut(size);
	}
	if (!piece)
		return NULL;
	piece->size = size;
	return piece + 1;
}

static void memory_free(void *p)
{
	union head *piece = (union head *)p - 1;
	int size = piece->size;

	if (size > SMALL_MAX) {
		free(piece);
		return;
	}
	piece->next = memory.lists[list_of(size)];
	memory.lists[list_of(size)] = piece;
}

static int memory_size(void *p)
{
	return ((union head *)p - 1)->size - (int)sizeof(union head);
}

static void *memory_move(void *p, int n)
{
	void *to = memory_get(n);
	int had = memory_size(p);

	if (!to)
		return NULL;
	memcpy(to, p, (size_t)(had < n ? had : n));
	memory_free(p);
	return to;
}

static void *memory_resize(void *p, int n)
{
	union head *piece = (union head *)p - 1;

	if (piece->size <= SMALL_MAX)
		return n <= memory_size(p) ? p : memory_move(p, n);
	n = n + (int)sizeof(*piece) > SMALL_MAX ? n : SMALL_MAX;
	piece = realloc(piece, (size_t)n + sizeof(*piece));
	if (!piece)
		return NULL;
	piece->size = n + (int)sizeof(*piece);
	return piece + 1;
}

static int memory_room(int n)
{
	return (n + 7) & ~7;
}

static int memory_begin(void *unused)
{
	(void)unused;
	return SQLITE_OK;
}

static void memory_end(void *unused)
{
	(void)unused;
}

void sqlite_memory_use(void)
{
	static const sqlite3_mem_methods methods = {
		.xMalloc = memory_get,
		.xFree = memory_free,
		.xRealloc = memory_resize,
		.xSize = memory_size,
		.xRoundup = memory_room,
		.xInit = memory_begin,
		.xShutdown = memory_end,
	};

	(void)sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}
