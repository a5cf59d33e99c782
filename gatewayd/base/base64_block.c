#include "gatewayd/base/base64_block.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <stdbool.h>

#define AVX2 __attribute__((target("avx2,popcnt"))) /* no processor has the one alone */

/*
 * A character is looked up by its two halves.  What each upper half stands for: a bit, and what is
 * added to a character for its value; "/" takes the row below that of "+".
 */
static const unsigned char upper_bit[16] = {
	[2] = 1, [3] = 2, [4] = 4, [5] = 8, [6] = 16, [7] = 32
};
static const signed char upper_add[16] = {
	[1] = 63 - '/', [2] = 62 - '+', [3] = 52 - '0', [4] = -'A',
	[5] = -'A',	[6] = 26 - 'a', [7] = 26 - 'a'
};

/* And the bits of the upper halves that go with each lower half: "@", "[" and their like do not. */
enum { LETTERS = 4 | 8 | 16 | 32, FIRST = 4 | 16, SECOND = 8 | 32, DIGIT = 2, MARK = 1 };
static const unsigned char lower_bits[16] = { DIGIT | SECOND,  DIGIT | LETTERS, DIGIT | LETTERS,
					      DIGIT | LETTERS, DIGIT | LETTERS, DIGIT | LETTERS,
					      DIGIT | LETTERS, DIGIT | LETTERS, DIGIT | LETTERS,
					      DIGIT | LETTERS, LETTERS,		FIRST | MARK,
					      FIRST,	       FIRST,		FIRST,
					      FIRST | MARK };

/* A table twice: the two halves of a register are looked up apart. */
AVX2 static __m256i both(const void *table)
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128(table));
}

AVX2 static __m256i upper_of(__m256i chars)
{
	return _mm256_and_si256(_mm256_srli_epi32(chars, 4), _mm256_set1_epi8(0x0f));
}

/* -1 for each that is not of the alphabet. */
AVX2 static __m256i others_of(__m256i chars)
{
	__m256i lower = _mm256_and_si256(chars, _mm256_set1_epi8(0x0f));
	__m256i fits = _mm256_and_si256(_mm256_shuffle_epi8(both(upper_bit), upper_of(chars)),
					_mm256_shuffle_epi8(both(lower_bits), lower));

	return _mm256_cmpeq_epi8(fits, _mm256_setzero_si256());
}

/* The values of the characters; -1 for each that is not of the alphabet. */
AVX2 static __m256i values_of(__m256i chars, __m256i *ret_values)
{
	__m256i upper = upper_of(chars);
	__m256i slash = _mm256_cmpeq_epi8(chars, _mm256_set1_epi8('/')); /* -1 */

	*ret_values = _mm256_add_epi8(
	    chars, _mm256_shuffle_epi8(both(upper_add), _mm256_add_epi8(upper, slash)));
	return others_of(chars);
}

/* How many stand before the first of them. */
AVX2 static size_t before(__m256i others)
{
	unsigned int mask = (unsigned int)_mm256_movemask_epi8(others);

	return mask ? (size_t)__builtin_ctz(mask) : BASE64_BLOCK;
}

/* Six bits each to twelve bytes in either half, in their order. */
AVX2 static __m256i pack(__m256i values)
{
	static const signed char order[16] = { 2, 1,  0,  6,  5,  4,  10, 9,
					       8, 14, 13, 12, -1, -1, -1, -1 };
	__m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0140));
	__m256i quanta = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));

	return _mm256_shuffle_epi8(quanta, both(order));
}

AVX2 static void store(char *to, __m256i bytes)
{
	_mm_storeu_si128((void *)to, _mm256_castsi256_si128(bytes));
	_mm_storeu_si128((void *)(to + 12), _mm256_extracti128_si256(bytes, 1));
}

/* Where a block ends is never worked out of its bytes, so that the next is under way meanwhile. */
AVX2 static size_t decode(const unsigned char **in, const unsigned char *end, char *out)
{
	const unsigned char *p = *in;
	char *to = out;
	size_t groups = BASE64_BLOCK / 4;
	__m256i values;

	for (; end - p >= BASE64_BLOCK && groups == BASE64_BLOCK / 4;
	     p += 4 * groups, to += 3 * groups) {
		groups = before(values_of(_mm256_loadu_si256((const void *)p), &values)) / 4;
		store(to, pack(values));
	}
	*in = p;
	return (size_t)(to - out);
}

/* -1 for each of blank, tab, CR, LF: each is looked up by its lower half. */
AVX2 static __m256i blanks_of(__m256i chars)
{
	static const char blanks[16] = { ' ', [9] = '\t', [10] = '\n', [13] = '\r' };

	return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(both(blanks), chars), chars);
}

AVX2 static size_t count(const unsigned char **in, const unsigned char *end)
{
	const unsigned char *p = *in;
	size_t n = 0;

	for (; end - p >= BASE64_BLOCK; p += BASE64_BLOCK) {
		__m256i chars = _mm256_loadu_si256((const void *)p);
		unsigned int others = (unsigned int)_mm256_movemask_epi8(others_of(chars));
		unsigned int blanks = (unsigned int)_mm256_movemask_epi8(blanks_of(chars));

		if (others & ~blanks)
			break;
		n += BASE64_BLOCK - (size_t)__builtin_popcount(others);
	}
	*in = p;
	return n;
}

/* Of one line, whose last block may begin in the one before it; whether all are of the alphabet. */
AVX2 static bool decode_line(const unsigned char *p, size_t characters, char *out)
{
	size_t last = characters - BASE64_BLOCK;
	__m256i others = _mm256_setzero_si256();

	for (size_t at = 0;; at = at + BASE64_BLOCK < last ? at + BASE64_BLOCK : last) {
		__m256i chars = _mm256_loadu_si256((const void *)(p + at)), values;

		others = _mm256_or_si256(others, values_of(chars, &values));
		store(out + at / 4 * 3, pack(values));
		if (at == last)
			return _mm256_testz_si256(others, others);
	}
}

AVX2 static size_t decode_lines(const unsigned char *p, const struct base64_lines *l, size_t most,
				char *out)
{
	size_t size = l->characters + (l->crlf ? 2 : 1), n = 0;

	for (; n < most; n++, p += size, out += l->characters / 4 * 3)
		if (p[size - 1] != '\n' || (l->crlf && p[size - 2] != '\r') ||
		    !decode_line(p, l->characters, out))
			break;
	return n;
}

size_t base64_lines(const char *in, const struct base64_lines *l, size_t most, char *out)
{
	return __builtin_cpu_supports("avx2")
		   ? decode_lines((const unsigned char *)in, l, most, out)
		   : 0;
}

size_t base64_count_blocks(const unsigned char **in, const unsigned char *end)
{
	return __builtin_cpu_supports("avx2") ? count(in, end) : 0;
}

size_t base64_blocks(const unsigned char **in, const unsigned char *end, char *out)
{
	return __builtin_cpu_supports("avx2") ? decode(in, end, out) : 0;
}

#else

size_t base64_blocks(const unsigned char **in, const unsigned char *end, char *out)
{
	(void)in;
	(void)end;
	(void)out;
	return 0;
}

size_t base64_count_blocks(const unsigned char **in, const unsigned char *end)
{
	(void)in;
	(void)end;
	return 0;
}

size_t base64_lines(const char *in, const struct base64_lines *l, size_t most, char *out)
{
	(void)in;
	(void)l;
	(void)most;
	(void)out;
	return 0;
}

#endif
