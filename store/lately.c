#include "store/lately.h"

#include <stdlib.h>
#include <string.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"

enum {
	ROOM = 2 * MIB, /* a group of 128 mails that is decided puts 1.5 there */
	LONGEST = 64 * KIB,
};

/* All of them count: mails of one template are alike for long stretches. */
static size_t set_of(struct span packed)
{
	return (size_t)(span_hash(packed) >> 56);
}
_Static_assert(LATELY_SETS == 1 << (64 - 56), "a set is 8 bits");

static struct lately_place *oldest(struct lately_place set[LATELY_WAYS])
{
	struct lately_place *p = set;

	for (size_t i = 1; i < LATELY_WAYS; i++)
		if (set[i].at < p->at)
			p = &set[i];
	return p;
}

void lately_release(struct lately *l)
{
	free(l->room);
}

void lately_put(struct lately *l, struct span packed, struct span bytes)
{
	uint64_t over = l->end % ROOM + packed.n + bytes.n;

	if (packed.n + bytes.n > LONGEST)
		return;
	if (!l->room)
		l->room = mem_alloc(ROOM);
	if (over > ROOM) /* not over the edge of the ring */
		l->end += ROOM - l->end % ROOM;
	*oldest(l->places[set_of(packed)]) = (struct lately_place){ l->end, packed.n, bytes.n };
	memcpy(l->room + l->end % ROOM, packed.p, packed.n);
	memcpy(l->room + l->end % ROOM + packed.n, bytes.p, bytes.n);
	l->end += packed.n + bytes.n;
}

static bool is_at(const struct lately *l, const struct lately_place *p, struct span packed,
		  size_t size)
{
	return p->packed == packed.n && p->bytes == size && l->end - p->at <= ROOM &&
	       memcmp(l->room + p->at % ROOM, packed.p, packed.n) == 0;
}

bool lately_find(const struct lately *l, struct span packed, size_t size, struct span *ret_bytes)
{
	const struct lately_place *set;

	if (!l->room || packed.n + size > LONGEST)
		return false;
	set = l->places[set_of(packed)];
	for (size_t i = 0; i < LATELY_WAYS; i++) {
		if (!is_at(l, &set[i], packed, size))
			continue;
		*ret_bytes = (struct span){ l->room + set[i].at % ROOM + packed.n, size };
		return true;
	}
	return false;
}
