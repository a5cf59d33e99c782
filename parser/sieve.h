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

/* Of three bytes; a macro because tables have it too. */
#define SIEVE_HASH(a, b, c) \
	(uint16_t)((SIEVE_FOLD(a) * 961U + SIEVE_FOLD(b) * 31U + SIEVE_FOLD(c)) % SIEVE_BITS)
#define SIEVE_FOLD(c) ((unsigned char)(c) | 0x20U)

/*
 * A phrase of a table, with what the sieve asks of it worked out by the compiler: the hashes of its
 * first three bytes, of those in the middle and of the last.
 */
struct sieve_phrase {
	struct span words;
	uint16_t hashes[3]; /* of no meaning for one of less than three bytes */
};

#define SIEVE_PHRASE(lit)                                                           \
	{                                                                           \
		SPAN_LITERAL(lit),                                                  \
		{                                                                   \
			SIEVE_AT(lit, 0), SIEVE_AT(lit, SIEVE_LENGTH(lit) / 2 - 1), \
			    SIEVE_AT(lit, SIEVE_LENGTH(lit) - 3)                    \
		}                                                                   \
	}
#define SIEVE_LENGTH(lit) (sizeof(lit) > 3 ? sizeof(lit) - 1 : 3)
#define SIEVE_AT(lit, i) \
	(sizeof(lit) > 3 ? SIEVE_HASH((lit)[i], (lit)[(i) + 1], (lit)[(i) + 2]) : 0)

static inline struct sieve sieve_of(struct span text)
{
	struct sieve sieve = { .n = text.n };

	for (size_t i = 0; i + 2 < text.n; i++) {
		unsigned int hash = SIEVE_HASH(text.p[i], text.p[i + 1], text.p[i + 2]);

		sieve.words[hash / 64] |= (uint64_t)1 << hash % 64;
	}
	return sieve;
}

static inline bool sieve_has(const struct sieve *sieve, unsigned int hash)
{
	return sieve->words[hash / 64] >> hash % 64 & 1;
}

/* The phrase may stand in the text. */
static inline bool sieve_may_hold(const struct sieve *sieve, const struct sieve_phrase *phrase)
{
	if (phrase->words.n < 3 || phrase->words.n > sieve->n)
		return phrase->words.n <= sieve->n;
	return sieve_has(sieve, phrase->hashes[0]) && sieve_has(sieve, phrase->hashes[2]) &&
	       sieve_has(sieve, phrase->hashes[1]);
}

#endif
