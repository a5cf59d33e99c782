#include "conf/common.h"

#include "gatewayd/base/eight.h"
#include "gatewayd/base/sixteen.h"

struct entry {
	struct span word;
	size_t language;
};

/* Entries stand where their keys do, or behind, where others had the place before. */
struct common {
	uint64_t *keys; /* the first eight bytes of each word, as key_of() has them; 0: none */
	struct entry *entries;
	size_t mask; /* one less than there is room for, a power of two */
};

static const bool letters[256] = {
	['A' ... 'Z'] = true,
	['a' ... 'z'] = true,
	[0x80 ... 0xff] = true,
};

/* The first bytes of a word that is not empty: the same for a letter in either case.  So many bytes
 * may be read there. */
static uint64_t key_of(struct span word, size_t room)
{
	char few[sizeof(uint64_t)] = { 0 };
	uint64_t key;

	if (room < sizeof(few))
		memcpy(few, word.p, word.n);
	key = eight_at(room < sizeof(few) ? few : word.p) | EIGHT_OF(0x20);
	return word.n < sizeof(few) ? key & ((UINT64_C(1) << 8 * word.n) - 1) : key;
}

static size_t slot_of(const struct common *c, uint64_t key)
{
	return key * UINT64_C(0x9e3779b97f4a7c15) >> 32 & c->mask;
}

static void add(struct common *c, struct span word, size_t language)
{
	uint64_t key = word.n ? key_of(word, word.n) : 0;
	size_t i = slot_of(c, key);

	for (; c->keys[i]; i = (i + 1) & c->mask)
		if (c->entries[i].language == language && span_eq_ci(c->entries[i].word, word))
			return;
	c->keys[i] = key;
	c->entries[i] = (struct entry){ word, language };
}

const struct common *common_new(struct arena *a, const struct policy_words *languages, size_t n)
{
	struct common *c = arena_alloc(a, sizeof(*c));
	size_t count = 1, room = 1;

	for (size_t i = 0; i < n; i++)
		count += languages[i].n;
	while (room < 2 * count)
		room *= 2;
	c->mask = room - 1;
	c->keys = arena_alloc_n(a, room, sizeof(*c->keys));
	c->entries = arena_alloc_n(a, room, sizeof(*c->entries));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < languages[i].n; k++)
			add(c, span_of(languages[i].v[k]), i);
	return c;
}

/* How many of sixteen bytes are letters, up to the first other. */
static size_t letters_at(const char *p)
{
	sixteen v = sixteen_at(p);

	return sixteen_before(
	    ~(sixteen_within(v | 0x20, 'a', 'z') | sixteen_within(v, 0x80, 0xff)));
}

static size_t word_len(struct span s)
{
	size_t n = 0, step = SIXTEEN;

	for (; step == SIXTEEN && s.n - n >= SIXTEEN; n += step)
		step = letters_at(s.p + n);
	while (step == SIXTEEN && n < s.n && letters[(unsigned char)s.p[n]])
		n++;
	return n;
}

/* Of a short word of ASCII alone the key says all. */
static void count_word(const struct common *c, struct span word, size_t room, size_t *hits)
{
	uint64_t key = key_of(word, room);
	bool is_all = word.n <= sizeof(key) && !(key & EIGHT_OF(0x80));

	for (size_t i = slot_of(c, key); c->keys[i]; i = (i + 1) & c->mask)
		if (c->keys[i] == key && c->entries[i].word.n == word.n)
			hits[c->entries[i].language] +=
			    is_all || span_eq_ci(c->entries[i].word, word);
}

void common_count(const struct common *c, struct span text, size_t *hits)
{
	size_t n;

	for (size_t at = 0; c && at < text.n; at += n + 1) {
		n = word_len(span_sub(text, at, SIZE_MAX));
		if (n)
			count_word(c, span_sub(text, at, n), text.n - at, hits);
	}
}
