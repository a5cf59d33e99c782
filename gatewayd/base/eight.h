/*
 * Eight bytes of text at once, for loops that walk over most of a mail and stop at little of it.
 *
 * A mask has the high bit of each byte that is looked for.  Only its first byte is sure: those
 * behind it may be set by what was carried over.
 */
#ifndef GATEWAYD_BASE_EIGHT_H
#define GATEWAYD_BASE_EIGHT_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EIGHT_OF(byte) (UINT64_C(0x0101010101010101) * (uint8_t)(byte))

static inline uint64_t eight_at(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

/* Bytes that are not " " to "~". */
static inline uint64_t eight_unprintable(uint64_t w)
{
	return (((w - EIGHT_OF(' ')) & ~w) | (w + EIGHT_OF(1)) | w) & EIGHT_OF(0x80);
}

/* Bytes that are this one. */
static inline uint64_t eight_equal(uint64_t w, char byte)
{
	w ^= EIGHT_OF(byte);
	return (w - EIGHT_OF(1)) & ~w & EIGHT_OF(0x80);
}

static inline void eight_put(char *p, uint64_t w)
{
	w = htole64(w);
	memcpy(p, &w, sizeof(w));
}

/* Exact: the bytes from `first` to `last`, both ASCII. */
static inline uint64_t eight_within(uint64_t w, char first, char last)
{
	uint64_t low = w & EIGHT_OF(0x7f);

	return (low + EIGHT_OF(0x80 - first)) & ~(low + EIGHT_OF(0x7f - last)) & ~w &
	       EIGHT_OF(0x80);
}

/* Of an exact mask: all bits of its bytes. */
static inline uint64_t eight_filled(uint64_t mask)
{
	return (mask >> 7) * 0xff;
}

/* Of an exact mask: those of its bytes that stand behind another of them; is_before: the byte
 * before the first is one. */
static inline uint64_t eight_repeated(uint64_t mask, bool is_before)
{
	return mask & (mask << 8 | (is_before ? 0x80 : 0));
}

/* How many bytes an exact mask has: of the high bits of a text itself. */
static inline size_t eight_count(uint64_t mask)
{
	return (size_t)((mask >> 7) * EIGHT_OF(1) >> 56);
}

/* How many bytes stand before the first of the mask. */
static inline size_t eight_before(uint64_t mask)
{
	return mask ? (size_t)__builtin_ctzll(mask) / 8 : 8;
}

#endif
