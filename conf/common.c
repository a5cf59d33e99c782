#include "conf/common.h"

struct entry {
	const char *word;
	uint32_t hash; /* of the word */
	uint32_t language;
	const struct entry *next; /* of the same bucket */
};

struct common {
	const struct entry **buckets;
	size_t mask; /* one less than there are, a power of two */
};

/* The same for a letter in either case.  Letters are waited for one after another, so it has no
 * multiplication: bucket_of() mixes. */
static uint32_t hash_more(uint32_t hash, unsigned char c)
{
	return (hash << 5 | hash >> 27) ^ (c | 0x20);
}

static const bool letters[256] = {
	['A' ... 'Z'] = true,
	['a' ... 'z'] = true,
	[0x80 ... 0xff] = true,
};

static const struct entry **bucket_of(const struct common *c, uint32_t hash)
{
	hash *= UINT32_C(0x9e3779b1);
	return &c->buckets[(hash ^ hash >> 15) & c->mask];
}

static void add(struct common *c, struct arena *a, const char *word, size_t language)
{
	const struct entry **bucket;
	struct entry *fresh;
	uint32_t hash = 0;

	for (const char *p = word; *p; p++)
		hash = hash_more(hash, (unsigned char)*p);
	bucket = bucket_of(c, hash);
	for (const struct entry *e = *bucket; e; e = e->next)
		if (e->language == language && span_is_ci(span_of(word), e->word))
			return;
	fresh = arena_alloc(a, sizeof(*fresh));
	*fresh = (struct entry){ word, hash, (uint32_t)language, *bucket };
	*bucket = fresh;
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
	c->buckets = arena_alloc_n(a, room, sizeof(*c->buckets));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < languages[i].n; k++)
			add(c, a, languages[i].v[k], i);
	return c;
}

void common_count(const struct common *c, struct span text, size_t *hits)
{
	for (size_t at = 0; c && at < text.n; at++) {
		size_t from = at;
		uint32_t hash = 0;

		for (; at < text.n && letters[(unsigned char)text.p[at]]; at++)
			hash = hash_more(hash, (unsigned char)text.p[at]);
		if (at == from)
			continue;
		for (const struct entry *e = *bucket_of(c, hash); e; e = e->next)
			hits[e->language] +=
			    e->hash == hash && span_is_ci(span_sub(text, from, at - from), e->word);
	}
}
