#include "gatewayd/base/fold.h"

#include "gatewayd/base/utf8.h"

#define FNV_BASE  UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

enum sort { BETWEEN, NOTHING, LETTER, WORD }; /* WORD: a word of its own */

static bool is_between(uint32_t c)
{
	return (c >= 0x80 && c <= 0xbf && c != 0xaa && c != 0xb5 && c != 0xba) || c == 0xd7 ||
	       c == 0xf7 || (c >= 0x2000 && c <= 0x206f) || (c >= 0x2190 && c <= 0x2bff) ||
	       (c >= 0x3000 && c <= 0x3004) || (c >= 0x3008 && c <= 0x303f) || c == 0x30fb ||
	       (c >= 0xff00 && c <= 0xff0f) || (c >= 0xff1a && c <= 0xff20) ||
	       (c >= 0xff3b && c <= 0xff40) || (c >= 0xff5b && c <= 0xff65) || c == 0xfffd;
}

static bool is_word(uint32_t c)
{
	return (c >= 0x2e80 && c < 0xa4d0) || (c >= 0xf900 && c <= 0xfaff) || c >= 0x1f000 ||
	       (c >= 0x0e00 && c <= 0x0eff) || (c >= 0xff66 && c <= 0xff9f);
}

static enum sort sort_unicode(uint32_t c)
{
	if (c < 0x80)
		return ascii_is_digit((unsigned char)c) || ascii_is_alpha((unsigned char)c)
			   ? LETTER
			   : BETWEEN;
	if (is_between(c) && !utf8_is_hidden(c))
		return BETWEEN;
	if (utf8_is_separator(c))
		return BETWEEN;
	if (utf8_is_hidden(c))
		return NOTHING;
	return is_word(c) ? WORD : LETTER;
}

static enum sort sort_ascii(uint32_t c)
{
	if (c == '?' || c >= 0x80)
		return NOTHING;
	return sort_unicode(c);
}

static uint64_t add(uint64_t hash, uint32_t c)
{
	if (c < 0x80)
		c = ascii_lower((unsigned char)c);
	return (hash ^ c) * FNV_PRIME;
}

static bool is_plain(unsigned char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

/* The ASCII letters and digits at the start, which are sorted alike in each way. */
static bool take_plain(struct span *s, uint64_t *hash)
{
	size_t n = 0;

	for (; n < s->n && is_plain((unsigned char)s->p[n]); n++)
		*hash = add(*hash, (unsigned char)s->p[n]);
	*s = span_sub(*s, n, SIZE_MAX);
	return n > 0;
}

bool fold_word(struct span *s, enum fold how, uint64_t *ret_hash)
{
	uint64_t hash = FNV_BASE;
	bool any = false;

	while (any |= take_plain(s, &hash), s->n) {
		size_t n = utf8_len(*s);
		uint32_t c = n ? utf8_code(*s) : 0xfffd;
		enum sort sort = how == FOLD_ASCII ? sort_ascii(c) : sort_unicode(c);

		if (any && (sort == BETWEEN || sort == WORD))
			break;
		*s = span_sub(*s, n ? n : 1, SIZE_MAX);
		if (sort == BETWEEN || sort == NOTHING)
			continue;
		hash = add(hash, c);
		any = true;
		if (sort == WORD)
			break;
	}
	*ret_hash = hash;
	return any;
}

uint64_t fold_join(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ (hash >> 29);
}

size_t fold_line(struct span line, enum fold how, uint64_t *ret_hash)
{
	uint64_t word;
	size_t n = 0;

	*ret_hash = 0;
	for (; fold_word(&line, how, &word); n++)
		*ret_hash = fold_join(*ret_hash, word);
	return n;
}
