#include "gatewayd/identity/confusable.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/idn.h"

enum {
	TEXT_MAX = 1024, /* of a domain in UTF-8 */
	NEAR_LABEL_MIN = 6,
};

/* --- scripts --- */

enum script {
	COMMON,
	LATIN,
	GREEK,
	CYRILLIC,
	ARMENIAN,
	HEBREW,
	ARABIC,
	INDIC,
	GEORGIAN,
	CHEROKEE,
	EAST_ASIA,
	OTHER
};

static const struct block {
	uint32_t from, to;
	enum script script;
} blocks[] = {
	{ 0xaa, 0x24f, LATIN },		 { 0x250, 0x2af, LATIN },
	{ 0x370, 0x3ff, GREEK },	 { 0x400, 0x52f, CYRILLIC },
	{ 0x530, 0x58f, ARMENIAN },	 { 0x590, 0x5ff, HEBREW },
	{ 0x600, 0x77f, ARABIC },	 { 0x900, 0xdff, INDIC },
	{ 0x10a0, 0x10ff, GEORGIAN },	 { 0x1100, 0x11ff, EAST_ASIA },
	{ 0x13a0, 0x13ff, CHEROKEE },	 { 0x1c80, 0x1c8f, CYRILLIC },
	{ 0x1d00, 0x1dbf, LATIN },	 { 0x1e00, 0x1eff, LATIN },
	{ 0x1f00, 0x1fff, GREEK },	 { 0x2c60, 0x2c7f, LATIN },
	{ 0x2d00, 0x2d2f, GEORGIAN },	 { 0x2de0, 0x2dff, CYRILLIC },
	{ 0x2e80, 0x9fff, EAST_ASIA },	 { 0xa640, 0xa69f, CYRILLIC },
	{ 0xa720, 0xa7ff, LATIN },	 { 0xab30, 0xab6f, LATIN },
	{ 0xab70, 0xabbf, CHEROKEE },	 { 0xac00, 0xd7ff, EAST_ASIA },
	{ 0xf900, 0xfaff, EAST_ASIA },	 { 0xff66, 0xff9f, EAST_ASIA },
	{ 0x20000, 0x3ffff, EAST_ASIA },
};

static enum script script_of(uint32_t c)
{
	if (c < 0x80)
		return ascii_is_alpha((unsigned char)c) ? LATIN : COMMON;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++)
		if (c >= blocks[i].from && c <= blocks[i].to)
			return blocks[i].script;
	return OTHER;
}

static uint32_t next(struct span *s)
{
	size_t n = (unsigned char)s->p[0] < 0x80 ? 1 : utf8_len(*s);
	uint32_t c = (unsigned char)s->p[0] < 0x80 ? (unsigned char)s->p[0]
		     : n			   ? utf8_code(*s)
						   : 0xfffd;

	*s = span_sub(*s, n ? n : 1, SIZE_MAX);
	return c;
}

static bool is_mixed_label(struct span label)
{
	unsigned int seen = 0;

	while (label.n)
		seen |= 1U << script_of(next(&label));
	seen &= ~(1U << COMMON);
	if (seen & (1U << EAST_ASIA))
		seen &= ~(1U << LATIN);
	return (seen & (seen - 1)) != 0;
}

bool confusable_mixed(struct span domain)
{
	struct buf text BUF_AUTO;
	struct span rest;

	buf_init(&text, TEXT_MAX);
	idn_to_text(domain, &text);
	for (rest = buf_span(&text); rest.n;)
		if (is_mixed_label(span_cut(&rest, '.')))
			return true;
	return false;
}

/* --- skeletons --- */

/* Runs of letters that each look like the one of ASCII below them; "." where none does. */
static const struct run {
	uint32_t from;
	const char *ascii;
} runs[] = {
	/* Latin with accents */
	{ 0xe0, "aaaaaa.ceeeeiiii.nooooo.ouuuuy.y" },
	{ 0x100, "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkkllllllllllnnnnnn"
		 "nnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzf" },
	{ 0x180, "bbbb" },
	{ 0x188, "c" },
	{ 0x199, "kl" },
	{ 0x1a1, "o" },
	{ 0x1b0, "u" },
	{ 0x1b4, "y" },
	{ 0x1b6, "z" },
	{ 0x1cd, "aaiioouuuuuuuuuu" },
	{ 0x1e4, "ggggkkoooo" },
	{ 0x200, "aaaaeeeeiiiioooorrrruuuusstt" },
	{ 0x226, "aaeeooooooooyy" },
	{ 0x250, "a" },
	{ 0x251, "a" },
	{ 0x253, "b" },
	{ 0x256, "dd" },
	{ 0x261, "g" },
	{ 0x262, "g" },
	{ 0x266, "h" },
	{ 0x268, "i" },
	{ 0x26a, "i" },
	{ 0x26b, "lll" },
	{ 0x271, "mnn" },
	{ 0x274, "n" },
	{ 0x282, "s" },
	{ 0x288, "t" },
	{ 0x28b, "v" },
	{ 0x290, "z" },
	{ 0x1e00, "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnn"
		  "ooooooooppppr" },
	{ 0x1e59, "rrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwya" },
	{ 0x1ea0, "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuu"
		  "uuuuuuyyyyyyyy" },
	/* Greek */
	{ 0x3ac, "aeniu" },
	{ 0x3b1, "a.y.ezn.ik..v.o.pcotu.x.w" },
	{ 0x3ca, "iuouw" },
	/* Cyrillic */
	{ 0x430, "a.br.e....k.mhonpcty.x" },
	{ 0x44c, "b" },
	{ 0x450, "ee.r.siij" },
	{ 0x45e, "y" },
	{ 0x461, "w" },
	{ 0x475, "vv" },
	{ 0x491, "r" },
	{ 0x49b, "k" },
	{ 0x4ad, "t" },
	{ 0x4af, "yy" },
	{ 0x4b3, "x" },
	{ 0x4bb, "h" },
	{ 0x4bd, "ee" },
	{ 0x4cf, "l" },
	{ 0x4d1, "a" },
	{ 0x4d3, "a" },
	{ 0x4d7, "e" },
	{ 0x4e7, "o" },
	{ 0x4ef, "y" },
	{ 0x4f1, "y" },
	{ 0x501, "d" },
	{ 0x51b, "q" },
	{ 0x51d, "w" },
	/* Armenian */
	{ 0x561, "w" },
	{ 0x566, "q" },
	{ 0x570, "h" },
	{ 0x578, "n" },
	{ 0x57d, "u" },
	{ 0x581, "g" },
	{ 0x584, "f" },
	{ 0x585, "o" },
	/* small capitals, Cherokee, Hebrew, Arabic, Indic, Georgian */
	{ 0x1d00, "a..bcd.e..jklm.o" },
	{ 0x1d18, "p" },
	{ 0x1d1b, "tu" },
	{ 0x1d20, "vwz" },
	{ 0xab75, "i" },
	{ 0xab83, "w" },
	{ 0xab93, "z" },
	{ 0xaba9, "v" },
	{ 0xabaa, "s" },
	{ 0xabaf, "c" },
	{ 0x5d5, "l" },
	{ 0x5d8, "v" },
	{ 0x5df, "l" },
	{ 0x5e1, "o" },
	{ 0x647, "o" },
	{ 0x6c1, "o" },
	{ 0x966, "o" },
	{ 0x9e6, "o" },
	{ 0xb20, "o" },
	{ 0xc66, "o" },
	{ 0xce6, "o" },
	{ 0xd66, "o" },
	{ 0x10e7, "y" },
	{ 0x10ff, "o" },
	{ 0x3007, "o" },
};

char confusable_letter(uint32_t c)
{
	for (size_t i = 0; c >= 0x80 && i < sizeof(runs) / sizeof(*runs); i++) {
		size_t n = strlen(runs[i].ascii);

		if (c >= runs[i].from && c < runs[i].from + n &&
		    runs[i].ascii[c - runs[i].from] != '.')
			return runs[i].ascii[c - runs[i].from];
	}
	return '\0';
}

/* Of ASCII: digits that look like letters, and letters like others. */
static char alike_of(char c)
{
	switch (c) {
	case '0': return 'o';
	case '1':
	case 'i': return 'l';
	case 'q': return 'g';
	default: return c;
	}
}

/* Two letters that look like one; '\0': they do not. */
static char both_of(char first, char second)
{
	if (first == 'r' && second == 'n')
		return 'm';
	if (first == 'v' && second == 'v')
		return 'w';
	return first == 'c' && second == 'l' ? 'd' : '\0';
}

static void put_letter(char c, struct buf *out, size_t start)
{
	char both;

	if (c == '-')
		return;
	c = alike_of((char)ascii_lower((unsigned char)c));
	both = out->n > start ? both_of(out->p[out->n - 1], c) : '\0';
	if (both)
		out->p[out->n - 1] = both;
	else
		buf_addc(out, c);
}

void confusable_skeleton(struct span domain, struct buf *out)
{
	struct buf text BUF_AUTO;
	struct span rest;
	size_t start = out->n;

	buf_init(&text, TEXT_MAX);
	idn_to_text(domain, &text);
	for (rest = buf_span(&text); rest.n;) {
		struct span bytes = rest;
		uint32_t c = next(&rest);
		char letter = c < 0x80 ? (char)c : confusable_letter(c);

		if (letter)
			put_letter(letter, out, start);
		else if (c < 0x300 || c > 0x36f) /* an accent of its own is not seen */
			buf_add(out, span_sub(bytes, 0, bytes.n - rest.n));
	}
}

/* One letter left out, added, changed, or swapped with the next. */
static bool one_apart(struct span a, struct span b)
{
	size_t head = 0, tail = 0, left_a, left_b;

	while (head < a.n && head < b.n && a.p[head] == b.p[head])
		head++;
	while (tail < a.n - head && tail < b.n - head && a.p[a.n - 1 - tail] == b.p[b.n - 1 - tail])
		tail++;
	left_a = a.n - head - tail;
	left_b = b.n - head - tail;
	return (left_a <= 1 && left_b <= 1) ||
	       (left_a == 2 && left_b == 2 && a.p[head] == b.p[head + 1] &&
		a.p[head + 1] == b.p[head]);
}

static bool looks_like(struct span a, struct span b)
{
	struct buf one BUF_AUTO, two BUF_AUTO;
	struct span first, second;

	buf_init(&one, TEXT_MAX);
	buf_init(&two, TEXT_MAX);
	confusable_skeleton(a, &one);
	confusable_skeleton(b, &two);
	first = buf_span(&one);
	second = buf_span(&two);
	if (span_eq(first, second))
		return true;
	return one_apart(first, second) && span_cut(&first, '.').n >= NEAR_LABEL_MIN &&
	       span_cut(&second, '.').n >= NEAR_LABEL_MIN && span_eq(first, second);
}

bool confusable_is_like(struct span domain, struct span known)
{
	if (span_eq_ci(domain, known) || !known.n)
		return false;
	if (domain.n > known.n && span_starts_ci(domain, known) && domain.p[known.n] == '.')
		return true;
	return looks_like(domain, known);
}
