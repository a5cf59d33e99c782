#include "gatewayd/base/utf8.h"

#include "gatewayd/base/sixteen.h"

/* Of a sequence of three or four bytes.  RFC 3629 section 4: no overlong form, no surrogate,
 * nothing above U+10FFFF. */
static size_t long_len(const unsigned char *p, size_t most)
{
	size_t n = p[0] < 0xf0 ? 3 : 4;
	unsigned char low = 0x80, high = 0xbf;

	if (most < n || p[0] > 0xf4)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Of one that is no ASCII; 0: it is not valid. */
static inline size_t wide_len(const unsigned char *p, size_t most)
{
	if (p[0] >= 0xe0)
		return long_len(p, most);
	return p[0] >= 0xc2 && most >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
}

size_t utf8_len(struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	if (s.n == 0)
		return 0;
	return p[0] < 0x80 ? 1 : wide_len(p, s.n);
}

/* Of sixteen bytes, behind which another stands: those at the start that are ASCII and no NUL, or
 * of a sequence of two bytes, which may end behind them. */
static inline size_t short_bytes(const char *p)
{
	sixteen v = sixteen_at(p), leads = sixteen_within(v, 0xc2, 0xdf);
	sixteen rest = sixteen_within(sixteen_at(p + 1), 0x80, 0xbf); /* of what is before it */

	return sixteen_before(~(sixteen_within(v, 0x01, 0xbf) | leads) | (leads ^ rest));
}

/* Whole ones at the start; some may be left. */
static inline size_t short_run(const char *p, size_t most)
{
	size_t i = 0, n;

	if (most && (unsigned char)*p >= 0x80 && (unsigned char)*p < 0xc2)
		return 0;
	for (n = SIXTEEN; n == SIXTEEN && most - i > SIXTEEN; i += n)
		n = short_bytes(p + i);
	if (i && (p[i] & 0xc0) == 0x80)
		i++;
	for (n = 8; n == 8 && most - i >= 8; i += n)
		n = utf8_ascii_bytes(p + i);
	while (most - i < 8 && i < most && (signed char)p[i] > 0)
		i++;
	return i;
}

size_t utf8_text_run(struct span s)
{
	size_t i = 0, n;

	do {
		i += short_run(s.p + i, s.n - i);
		do {
			n = i < s.n && s.p[i] ? utf8_len(span_sub(s, i, 4)) : 0;
			i += n;
		} while (n && i < s.n && (unsigned char)s.p[i] >= 0xe0);
	} while (n);
	return i;
}

bool utf8_valid(struct span s)
{
	for (;;) {
		s = span_sub(s, utf8_text_run(s), SIZE_MAX);
		if (s.n == 0 || s.p[0] != '\0')
			return s.n == 0;
		s = span_sub(s, 1, SIZE_MAX);
	}
}

uint32_t utf8_code(struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	switch (utf8_len(s)) {
	case 1: return p[0];
	case 2: return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	case 3: return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	case 4:
		return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
		       (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
	default: return 0xfffd;
	}
}

struct range {
	uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n && ranges[i].first <= c; i++)
		if (c <= ranges[i].last)
			return true;
	return false;
}

bool utf8_is_hidden(uint32_t c)
{
	/* Unicode 15: Cc, Zl, Zp, Default_Ignorable_Code_Point but U+FE0E and U+FE0F. */
	static const struct range ranges[] = {
		{ 0, 0x1f },	      { 0x7f, 0x9f },	    { 0xad, 0xad },
		{ 0x34f, 0x34f },     { 0x61c, 0x61c },	    { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f },
		{ 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0x3164, 0x3164 },
		{ 0xfe00, 0xfe0d },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb },   { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
		{ 0xe0000, 0xe0fff },
	};

	return is_in(ranges, sizeof(ranges) / sizeof(*ranges), c);
}

bool utf8_is_separator(uint32_t c)
{
	return c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool utf8_parts_paragraphs(uint32_t c)
{
	return c == '\f' || c == 0x2029;
}

static const struct span separators[] = {
	SPAN_LITERAL("\v"),	      SPAN_LITERAL("\f"),	    SPAN_LITERAL("\xc2\x85"),
	SPAN_LITERAL("\xe2\x80\xa8"), SPAN_LITERAL("\xe2\x80\xa9"),
};

size_t utf8_separator_len(struct span s)
{
	for (size_t i = 0; i < sizeof(separators) / sizeof(*separators); i++)
		if (s.n && *s.p == *separators[i].p && span_starts(s, separators[i]))
			return separators[i].n;
	return 0;
}

/* A bit for each of sixteen bytes that begins one: VT, FF, c2, e2. */
static unsigned int separator_bits(const char *p)
{
	sixteen v = sixteen_at(p);

	return sixteen_bits(sixteen_within(v, '\v', '\f') | (sixteen)((v & 0xdf) == 0xc2));
}

static bool is_any_separator(struct span s, size_t at, unsigned int bits)
{
	for (; bits; bits &= bits - 1)
		if (utf8_separator_len(span_sub(s, at + (size_t)__builtin_ctz(bits), SIZE_MAX)))
			return true;
	return false;
}

bool utf8_has_separator(struct span s)
{
	char rest[SIXTEEN] = "";
	size_t at = 0;

	for (; s.n - at >= SIXTEEN; at += SIXTEEN)
		if (is_any_separator(s, at, separator_bits(s.p + at)))
			return true;
	if (at < s.n)
		memcpy(rest, s.p + at, s.n - at);
	return is_any_separator(s, at, separator_bits(rest));
}

size_t utf8_atom_len(struct span s)
{
	/* Unicode 15: Zs, Small Form Variants, Halfwidth and Fullwidth Forms. */
	static const struct range ranges[] = {
		{ 0xa0, 0xa0 },	    { 0x1680, 0x1680 }, { 0x2000, 0x200a }, { 0x202f, 0x202f },
		{ 0x205f, 0x205f }, { 0x3000, 0x3000 }, { 0xfe50, 0xfe6f }, { 0xff00, 0xffef },
	};
	size_t n = utf8_len(s);
	uint32_t c = n > 1 ? utf8_code(s) : 0;

	return n > 1 && !utf8_is_hidden(c) && !is_in(ranges, sizeof(ranges) / sizeof(*ranges), c)
		   ? n
		   : 0;
}

void utf8_put(struct buf *out, uint32_t c)
{
	char b[4];
	size_t n = 0;

	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	if (c < 0x80) {
		b[n++] = (char)c;
	} else if (c < 0x800) {
		b[n++] = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		b[n++] = (char)(0xe0 | c >> 12);
		b[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	} else {
		b[n++] = (char)(0xf0 | c >> 18);
		b[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		b[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	}
	if (c >= 0x80)
		b[n++] = (char)(0x80 | (c & 0x3f));
	buf_add(out, (struct span){ b, n });
}

bool utf8_scrub(struct span s, struct buf *out)
{
	bool good = true;

	while (s.n && !out->full) {
		size_t n = utf8_text_run(s);

		buf_add(out, span_sub(s, 0, n));
		s = span_sub(s, n, SIZE_MAX);
		if (s.n && s.p[0] != '\0') {
			utf8_put(out, 0xfffd);
			good = false;
		}
		s = span_sub(s, 1, SIZE_MAX);
	}
	return good;
}

struct span utf8_prefix(struct span s, size_t n)
{
	if (s.n <= n)
		return s;
	while (n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return span_sub(s, 0, n);
}

/* U+0100 to U+017E: a capital stands before its small letter, at even places or at odd ones. */
static uint32_t small_extended(uint32_t code)
{
	bool odd = (code >= 0x139 && code <= 0x148) || code >= 0x179;

	return code % 2 == odd && code != 0x130 && code != 0x138 ? code + 1 : code;
}

uint32_t utf8_small(uint32_t code)
{
	if (code < 0x80)
		return ascii_lower((unsigned char)code);
	if (code >= 0xc0 && code <= 0xde)
		return code == 0xd7 ? code : code + 0x20;
	if (code == 0x178)
		return 0xff;
	if (code >= 0x100 && code <= 0x17e)
		return small_extended(code);
	if ((code >= 0x391 && code <= 0x3a9) || (code >= 0x410 && code <= 0x42f))
		return code + 0x20;
	if (code >= 0x388 && code <= 0x38a)
		return code + 0x25;
	return code >= 0x400 && code <= 0x40f ? code + 0x50 : code;
}
