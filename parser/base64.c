#include "parser/base64.h"

#include <endian.h>

#include "gatewayd/base/base64_block.h"

/* X(character, value) */
/* clang-format off */
#define BASE64_ALPHABET(X) \
	X('A', 0) X('B', 1) X('C', 2) X('D', 3) X('E', 4) X('F', 5) X('G', 6) X('H', 7) \
	X('I', 8) X('J', 9) X('K', 10) X('L', 11) X('M', 12) X('N', 13) X('O', 14) X('P', 15) \
	X('Q', 16) X('R', 17) X('S', 18) X('T', 19) X('U', 20) X('V', 21) X('W', 22) X('X', 23) \
	X('Y', 24) X('Z', 25) X('a', 26) X('b', 27) X('c', 28) X('d', 29) X('e', 30) X('f', 31) \
	X('g', 32) X('h', 33) X('i', 34) X('j', 35) X('k', 36) X('l', 37) X('m', 38) X('n', 39) \
	X('o', 40) X('p', 41) X('q', 42) X('r', 43) X('s', 44) X('t', 45) X('u', 46) X('v', 47) \
	X('w', 48) X('x', 49) X('y', 50) X('z', 51) X('0', 52) X('1', 53) X('2', 54) X('3', 55) \
	X('4', 56) X('5', 57) X('6', 58) X('7', 59) X('8', 60) X('9', 61) X('+', 62) X('/', 63)
/* clang-format on */

enum {
	BYTES = 0xffffff, /* of a quantum */
	KNOWN = 0xf,	  /* above them: a bit for each character that is of the alphabet */
};

/*
 * What a character adds to its quantum by its place there: its six bits, and a bit in KNOWN.  The
 * four of a quantum are ored.
 */
static const uint32_t quanta[4][256] = {
#define X(c, value) [c] = (uint32_t)1 << 24 | (uint32_t)(value) << 18,
	{ BASE64_ALPHABET(X) },
#undef X
#define X(c, value) [c] = (uint32_t)2 << 24 | (uint32_t)(value) << 12,
	{ BASE64_ALPHABET(X) },
#undef X
#define X(c, value) [c] = (uint32_t)4 << 24 | (uint32_t)(value) << 6,
	{ BASE64_ALPHABET(X) },
#undef X
#define X(c, value) [c] = (uint32_t)8 << 24 | (uint32_t)(value),
	{ BASE64_ALPHABET(X) },
#undef X
};

static uint32_t quantum(const unsigned char *p)
{
	return quanta[0][p[0]] | quanta[1][p[1]] | quanta[2][p[2]] | quanta[3][p[3]];
}

/*
 * Whole quanta without anything to pass over, two at a time: what is less than a block, or all
 * where there are no blocks.  Stores two bytes past the last.
 */
static size_t whole_quanta(const unsigned char **in, const unsigned char *end, char *out)
{
	const unsigned char *p = *in;
	char *to = out + base64_blocks(&p, end, out);

	for (; end - p >= 8; p += 8, to += 6) {
		uint32_t first = quantum(p), second = quantum(p + 4);
		uint64_t both;

		if ((first & second) >> 24 != KNOWN)
			break;
		both = htobe64((uint64_t)first << 40 | (uint64_t)(second & BYTES) << 16);
		memcpy(to, &both, sizeof(both));
	}
	for (; end - p >= 4; p += 4, to += 3) {
		uint32_t one = quantum(p);

		if (one >> 24 != KNOWN)
			break;
		one = htobe32(one << 8);
		memcpy(to, &one, sizeof(one));
	}
	*in = p;
	return (size_t)(to - out);
}

/* What a quantum that ends early holds: two characters one byte, three characters two. */
size_t base64_end(struct base64 *b, char *out)
{
	size_t n = 0;

	if (b->count >= 2)
		out[n++] = (char)(b->held >> (b->count == 2 ? 4 : 10));
	if (b->count == 3)
		out[n++] = (char)(b->held >> 2);
	if (b->count == 1)
		b->bad = true;
	b->count = 0;
	b->held = 0;
	return n;
}

/* One character of a quantum that is not whole, or not at once. */
static size_t add_char(struct base64 *b, unsigned char c, char *out)
{
	uint32_t last = quanta[3][c];

	if (c == '=')
		return base64_end(b, out);
	if (!last) {
		b->bad |= !ascii_is_space(c);
		return 0;
	}
	b->held = b->held << 6 | (last & BYTES);
	if (++b->count < 4)
		return 0;
	for (int i = 0; i < 3; i++)
		out[i] = (char)(b->held >> (16 - 8 * i));
	b->count = 0;
	b->held = 0;
	return 3;
}

size_t base64_update(struct base64 *b, bool stops, struct span *s, char *out)
{
	const unsigned char *p = (const unsigned char *)s->p, *end = p + s->n;
	char *to = out;

	b->padded = false;
	while (p < end && !b->padded) {
		const unsigned char *start = p;

		if (b->count == 0)
			to += whole_quanta(&p, end, to);
		if (p == start) {
			b->padded = stops && *p == '=';
			to += add_char(b, *p++, to);
		}
		while (p < end && ascii_is_space(*p))
			p++;
	}
	*s = span_sub(*s, s->n - (size_t)(end - p), SIZE_MAX);
	return (size_t)(to - out);
}

size_t base64_decode(struct span s, char *out, bool *ret_good)
{
	struct base64 b = { 0 };
	size_t n = base64_update(&b, false, &s, out);

	n += base64_end(&b, out + n);
	*ret_good = !b.bad;
	return n;
}

bool base64_is_char(unsigned char c)
{
	return quanta[3][c] || c == '=';
}
