#include "store/search_once.h"

#include "gatewayd/base/eight.h"

enum {
	WORD_BYTES = 4, /* of a text, for each slot: words with a blank have more */
	SLOTS_MIN = 64,
	LOOKS = 8,
};

void search_once_begin(struct search_once *o, struct span text)
{
	size_t slots = SLOTS_MIN;

	while (slots < SEARCH_ONCE_SLOTS && slots < text.n / WORD_BYTES)
		slots *= 2;
	o->text = text.p;
	o->mask = slots - 1;
	memset(o->slots, 0, slots * sizeof(*o->slots));
}

/* The first eight bytes, or all. */
static uint64_t start_of(const char *p, size_t n)
{
	uint64_t start = eight_at(p);

	return n < 8 ? start & ~(UINT64_MAX << 8 * n) : start;
}

static size_t hash_of(struct span word, uint64_t start)
{
	uint64_t end = word.n > 8 ? eight_at(word.p + word.n - 8) : 0;

	return (size_t)((start ^ end * 3 ^ word.n) * UINT64_C(0x9e3779b97f4a7c15) >> 40);
}

/* The bytes behind the first eight, of words of more than that; those that end them overlap. */
static bool ends_alike(const char *a, const char *b, size_t n)
{
	for (size_t i = 8; i + 8 < n; i += 8)
		if (eight_at(a + i) != eight_at(b + i))
			return false;
	return eight_at(a + n - 8) == eight_at(b + n - 8);
}

static bool is_at(const struct search_once *o, const struct search_once_slot *slot,
		  struct span word, uint64_t start)
{
	const char *p = o->text + slot->at;

	return slot->n == word.n && start_of(p, word.n) == start &&
	       (word.n <= 8 || ends_alike(p, word.p, word.n));
}

bool search_once_again(struct search_once *o, struct span word)
{
	uint64_t start = start_of(word.p, word.n);
	size_t at = hash_of(word, start);

	for (int looks = 0; looks < LOOKS; looks++, at++) {
		struct search_once_slot *slot = &o->slots[at & o->mask];

		if (is_at(o, slot, word, start))
			return true;
		if (!slot->n) {
			*slot = (struct search_once_slot){ (uint32_t)(word.p - o->text),
							   (uint32_t)word.n };
			return false;
		}
	}
	return false;
}
