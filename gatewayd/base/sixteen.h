/*
 * Sixteen bytes of text at once, for loops that look at most of a text (eight.h).
 *
 * What is true of a byte are all bits of it, else none.
 */
#ifndef GATEWAYD_BASE_SIXTEEN_H
#define GATEWAYD_BASE_SIXTEEN_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { SIXTEEN = 16 };

typedef unsigned char sixteen __attribute__((vector_size(SIXTEEN)));

static inline sixteen sixteen_at(const char *p)
{
	sixteen v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline sixteen sixteen_within(sixteen v, unsigned char first, unsigned char last)
{
	return (sixteen)((sixteen)(v - first) <= (unsigned char)(last - first));
}

static inline bool sixteen_any(sixteen v)
{
	uint64_t half[2];

	memcpy(half, &v, sizeof(half));
	return (half[0] | half[1]) != 0;
}

static inline void sixteen_put(char *p, sixteen v)
{
	memcpy(p, &v, sizeof(v));
}

/* A bit for each byte of which it is true, the lowest for the first. */
static inline unsigned int sixteen_bits(sixteen v)
{
#ifdef __SSE2__
	return (unsigned int)_mm_movemask_epi8((__m128i)v);
#else
	unsigned int bits = 0;

	for (unsigned int i = 0; i < SIXTEEN; i++)
		bits |= (unsigned int)(v[i] >> 7) << i;
	return bits;
#endif
}

/* How many bytes stand before the first of which it is true. */
static inline size_t sixteen_before(sixteen v)
{
	unsigned int bits = sixteen_bits(v);

	return bits ? (size_t)__builtin_ctz(bits) : SIXTEEN;
}

#endif
