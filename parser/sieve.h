/*
 * A sieve before the search for many phrases in one text: which three adjacent bytes the text has.
 *
 * "No" is certain, "yes" is not.  ASCII letters count without case, so that it also serves searches
 * that ignore case.
 */
#ifndef PARSER_SIEVE_H
#define PARSER_SIEVE_H

#include "gatewayd/base/str.h"

enum { SIEVE_BITS = 4096 };

struct sieve {
	size_t n; /* bytes of the text */
	uint64_t words[SIEVE_BITS / 64];
};

/* Of the three bytes at p. */
static inline unsigned int sieve_hash(const char *p)
{
	unsigned int a = (unsigned char)p[0] | 0x20U, b = (unsigned char)p[1] | 0x20U,
		     c = (unsigned char)p[2] | 0x20U;

	return (a * 961U + b * 31U + c) % SIEVE_BITS;
}

static inline struct sieve sieve_of(struct span text)
{
	struct sieve sieve = { .n = text.n };

	for (size_t i = 0; i + 2 < text.n; i++) {
		unsigned int hash = sieve_hash(text.p + i);

		sieve.words[hash / 64] |= (uint64_t)1 << hash % 64;
	}
	return sieve;
}

static inline bool sieve_has(const struct sieve *sieve, const char *three)
{
	unsigned int hash = sieve_hash(three);

	return sieve->words[hash / 64] >> hash % 64 & 1;
}

/* The words may stand in the text. */
static inline bool sieve_may_hold(const struct sieve *sieve, struct span words)
{
	if (words.n < 3 || words.n > sieve->n)
		return words.n <= sieve->n;
	return sieve_has(sieve, words.p) && sieve_has(sieve, words.p + words.n - 3) &&
	       sieve_has(sieve, words.p + words.n / 2 - 1);
}

#endif
