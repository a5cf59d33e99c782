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
static size_t slot_of(struct span packed)
{
	uint64_t hash = packed.n, word;

	for (size_t i = 0; i + sizeof(word) <= packed.n; i += sizeof(word)) {
		memcpy(&word, packed.p + i, sizeof(word));
		hash = (hash ^ word ^ hash >> 29) * UINT64_C(0x9e3779b97f4a7c15);
	}
	return (size_t)(hash >> 54);
}
_Static_assert(LATELY_SLOTS == 1 << (64 - 54), "a slot is 10 bits");

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
	l->places[slot_of(packed)] = (struct lately_place){ l->end, packed.n, bytes.n };
	memcpy(l->room + l->end % ROOM, packed.p, packed.n);
	memcpy(l->room + l->end % ROOM + packed.n, bytes.p, bytes.n);
	l->end += packed.n + bytes.n;
}

bool lately_find(const struct lately *l, struct span packed, size_t size, struct span *ret_bytes)
{
	const struct lately_place *place;
	const char *at;

	if (!l->room || packed.n + size > LONGEST)
		return false;
	place = &l->places[slot_of(packed)];
	at = l->room + place->at % ROOM;
	if (place->packed != packed.n || place->bytes != size || l->end - place->at > ROOM ||
	    memcmp(at, packed.p, packed.n) != 0)
		return false;
	*ret_bytes = (struct span){ at + packed.n, size };
	return true;
}
