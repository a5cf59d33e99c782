#include "conf/common.h"

#include "gatewayd/base/eight.h"
#include "gatewayd/base/sixteen.h"

enum { ROW = 4 /* keys that are looked at together */, BLOCK = 64 /* bytes of text, too */ };
enum { NONE = -1 };

struct entry {
	struct span word;
	size_t language;
	int next; /* another of the same key, or NONE */
};

/* Keys stand in the row that their hash says, or behind, where others had its places before. */
struct common {
	uint64_t *keys; /* the first eight bytes of each word, as key_of() has them; 0: none */
	int *first;	/* entry of each key */
	struct entry *entries;
	size_t entry_count;
	size_t mask; /* one less than there are rows, a power of two */
};

/* The first bytes of a word that is not empty: the same for a letter in either case.  So many bytes
 * may be read there. */
static uint64_t key_of(struct span word, size_t room)
{
	uint64_t key = 0;

	if (room >= sizeof(key))
		key = eight_at(word.p);
	for (size_t i = room < sizeof(key) ? word.n : 0; i-- > 0;)
		key = key << 8 | (unsigned char)word.p[i];
	key |= EIGHT_OF(0x20);
	return word.n < sizeof(key) ? key & ~(UINT64_MAX << 8 * word.n) : key;
}

static size_t row_of(const struct common *c, uint64_t key)
{
	return key * UINT64_C(0x9e3779b97f4a7c15) >> 32 & c->mask;
}

/* Which of a row are the key: a bit for each, and no branch. */
static unsigned int found_in(const uint64_t *row, uint64_t key)
{
	return (unsigned int)(row[0] == key) | (unsigned int)(row[1] == key) << 1 |
	       (unsigned int)(row[2] == key) << 2 | (unsigned int)(row[3] == key) << 3;
}

/* The first entry of the key, or NONE. */
static int first_of(const struct common *c, uint64_t key)
{
	for (size_t row = row_of(c, key);; row = (row + 1) & c->mask) {
		const uint64_t *keys = c->keys + row * ROW;
		unsigned int found = found_in(keys, key);

		if (found)
			return c->first[row * ROW + (size_t)__builtin_ctz(found)];
		if (!keys[ROW - 1])
			return NONE;
	}
}

static void add(struct common *c, struct span word, size_t language)
{
	uint64_t key = key_of(word, word.n);
	size_t slot = row_of(c, key) * ROW;
	int *at;

	while (c->keys[slot] && c->keys[slot] != key)
		slot = (slot + 1) % ((c->mask + 1) * ROW);
	at = &c->first[slot];
	if (!c->keys[slot])
		*at = NONE;
	c->keys[slot] = key;
	for (; *at != NONE; at = &c->entries[*at].next)
		if (c->entries[*at].language == language && span_eq_ci(c->entries[*at].word, word))
			return;
	*at = (int)c->entry_count;
	c->entries[c->entry_count++] = (struct entry){ word, language, NONE };
}

const struct common *common_new(struct arena *a, const struct policy_words *languages, size_t n)
{
	struct common *c = arena_alloc(a, sizeof(*c));
	size_t count = 1, rows = 1;

	for (size_t i = 0; i < n; i++)
		count += languages[i].n;
	while (rows * ROW < 2 * count)
		rows *= 2;
	c->mask = rows - 1;
	c->keys = arena_alloc_n(a, rows * ROW, sizeof(*c->keys));
	c->first = arena_alloc_n(a, rows * ROW, sizeof(*c->first));
	c->entries = arena_alloc_n(a, count, sizeof(*c->entries));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < languages[i].n; k++)
			if (*languages[i].v[k])
				add(c, span_of(languages[i].v[k]), i);
	return c;
}

/* Which of the bytes at `at`, at most BLOCK, are of a word: a bit for each, the lowest first. */
static uint64_t letters_at(struct span text, size_t at)
{
	char few[BLOCK] = { 0 };
	const char *p = text.p + at;
	uint64_t bits = 0;

	if (text.n - at < BLOCK)
		p = memcpy(few, p, text.n - at);
	for (size_t i = 0; i < BLOCK; i += SIXTEEN) {
		sixteen v = sixteen_at(p + i);

		v = sixteen_within(v | 0x20, 'a', 'z') | sixteen_within(v, 0x80, 0xff);
		bits |= (uint64_t)sixteen_bits(v) << i;
	}
	return bits;
}

/* Of a short word of ASCII alone the key says all. */
static void count_word(const struct common *c, struct span word, size_t room, size_t *hits)
{
	uint64_t key = key_of(word, room);
	bool is_all = word.n <= sizeof(key) && !(key & EIGHT_OF(0x80));

	for (int i = first_of(c, key); i != NONE; i = c->entries[i].next)
		if (c->entries[i].word.n == word.n)
			hits[c->entries[i].language] +=
			    is_all || span_eq_ci(c->entries[i].word, word);
}

/* Words begin and end by turns, where a letter has none before it, or none has one. */
void common_count(const struct common *c, struct span text, size_t *hits)
{
	size_t from = 0;
	bool inside = false;

	for (size_t at = 0; c && at < text.n; at += BLOCK) {
		uint64_t bits = letters_at(text, at), edges = bits ^ (bits << 1 | inside);

		for (; edges; edges &= edges - 1) {
			size_t edge = at + (size_t)__builtin_ctzll(edges);

			if (inside)
				count_word(c, span_sub(text, from, edge - from), text.n - from,
					   hits);
			from = edge;
			inside = !inside;
		}
	}
	if (inside)
		count_word(c, span_sub(text, from, SIZE_MAX), text.n - from, hits);
}
