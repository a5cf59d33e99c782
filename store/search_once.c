#include "store/search_once.h"

#include "gatewayd/base/sixteen.h"

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

/* The first sixteen bytes; of a shorter word zeros behind it. */
static sixteen start_of(const char *p, size_t n)
{
	static const char kept[2 * SIXTEEN] = { [0 ... SIXTEEN - 1] = (char)0xff };

	return sixteen_at(p) & sixteen_at(kept + SIXTEEN - (n < SIXTEEN ? n : SIXTEEN));
}

static size_t hash_of(struct span word, sixteen start)
{
	uint64_t half[2];

	if (word.n > SIXTEEN)
		start ^= sixteen_at(word.p + word.n - SIXTEEN) * 3;
	memcpy(half, &start, sizeof(half));
	return (size_t)((half[0] ^ half[1] * 3 ^ word.n) * UINT64_C(0x9e3779b97f4a7c15) >> 40);
}

static bool is_same(sixteen a, sixteen b)
{
	return sixteen_bits((sixteen)(a == b)) == 0xffff;
}

/* The bytes behind the first sixteen, of words of more than that; those that end them overlap. */
static bool ends_alike(const char *a, const char *b, size_t n)
{
	for (size_t i = SIXTEEN; i + SIXTEEN < n; i += SIXTEEN)
		if (!is_same(sixteen_at(a + i), sixteen_at(b + i)))
			return false;
	return is_same(sixteen_at(a + n - SIXTEEN), sixteen_at(b + n - SIXTEEN));
}

static bool is_at(const struct search_once *o, const struct search_once_slot *slot,
		  struct span word, sixteen start)
{
	const char *p = o->text + slot->at;

	return slot->n == word.n && is_same(start_of(p, word.n), start) &&
	       (word.n <= SIXTEEN || ends_alike(p, word.p, word.n));
}

bool search_once_again(struct search_once *o, struct span word)
{
	sixteen start = start_of(word.p, word.n);
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
