/*
 * A sieve before the search for many phrases in one text: which pairs of adjacent bytes the text
 * has.
 *
 * "No" is certain, "yes" is not.  ASCII letters count without case, so that it also serves searches
 * that ignore case.
 */
#ifndef PARSER_SIEVE_H
#define PARSER_SIEVE_H

#include "gatewayd/base/str.h"

struct sieve {
	uint64_t bits[16];
};

static inline unsigned int sieve_hash(const char *p)
{
	return (((unsigned char)p[0] | 0x20U) * 31U + ((unsigned char)p[1] | 0x20U)) % 1024;
}

static inline struct sieve sieve_of(struct span text)
{
	struct sieve sieve = { { 0 } };

	for (size_t i = 0; i + 1 < text.n; i++) {
		unsigned int hash = sieve_hash(text.p + i);

		sieve.bits[hash / 64] |= (uint64_t)1 << hash % 64;
	}
	return sieve;
}

static inline bool sieve_has(const struct sieve *sieve, const char *pair)
{
	unsigned int hash = sieve_hash(pair);

	return sieve->bits[hash / 64] >> hash % 64 & 1;
}

/* The words may stand in the text. */
static inline bool sieve_may_hold(const struct sieve *sieve, struct span words)
{
	return words.n < 2 ||
	       (sieve_has(sieve, words.p) && sieve_has(sieve, words.p + words.n / 2 - 1) &&
		sieve_has(sieve, words.p + words.n - 2));
}

#endif
