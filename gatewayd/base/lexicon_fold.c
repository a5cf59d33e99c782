#include "gatewayd/base/lexicon.h"

#include <uchar.h>

#include "gatewayd/base/sixteen.h"
#include "gatewayd/base/utf8.h"

const bool lexicon_word_bytes[256] = {
	['0' ... '9'] = true,
	['A' ... 'Z'] = true,
	['a' ... 'z'] = true,
	[0x80 ... 0xff] = true,
};

/* U+00C0 to U+017F without case and accents; "" is a sign. */
static const char latin[][3] = {
	"a", "a", "a",	"a",  "ae", "a", "ae", "c", "e", "e", "e", "e", "i",  "i", "i",	 "i",
	"d", "n", "o",	"o",  "o",  "o", "oe", "",  "o", "u", "u", "u", "ue", "y", "th", "ss",
	"a", "a", "a",	"a",  "ae", "a", "ae", "c", "e", "e", "e", "e", "i",  "i", "i",	 "i",
	"d", "n", "o",	"o",  "o",  "o", "oe", "",  "o", "u", "u", "u", "ue", "y", "th", "y",
	"a", "a", "a",	"a",  "a",  "a", "c",  "c", "c", "c", "c", "c", "c",  "c", "d",	 "d",
	"d", "d", "e",	"e",  "e",  "e", "e",  "e", "e", "e", "e", "e", "g",  "g", "g",	 "g",
	"g", "g", "g",	"g",  "h",  "h", "h",  "h", "i", "i", "i", "i", "i",  "i", "i",	 "i",
	"i", "i", "ij", "ij", "j",  "j", "k",  "k", "k", "l", "l", "l", "l",  "l", "l",	 "l",
	"l", "l", "l",	"n",  "n",  "n", "n",  "n", "n", "n", "n", "n", "o",  "o", "o",	 "o",
	"o", "o", "oe", "oe", "r",  "r", "r",  "r", "r", "r", "s", "s", "s",  "s", "s",	 "s",
	"s", "s", "t",	"t",  "t",  "t", "t",  "t", "u", "u", "u", "u", "u",  "u", "u",	 "u",
	"u", "u", "u",	"u",  "w",  "w", "y",  "y", "y", "z", "z", "z", "z",  "z", "z",	 "s",
};

enum { WIDE_FIRST = 0xff01, WIDE_LAST = 0xff5e }; /* ASCII as wide as an ideograph */
enum { LATIN_FIRST = 0xc0, LATIN_LAST = LATIN_FIRST + sizeof(latin) / sizeof(*latin) - 1 };

static void put_blank(struct buf *out)
{
	if (out->n && out->p[out->n - 1] != ' ' && out->p[out->n - 1] != '\n')
		buf_addc(out, ' ');
}

/* The second line end in a row, blanks passed over. */
static void put_line_end(struct buf *out)
{
	if (out->n && out->p[out->n - 1] == ' ')
		out->p[out->n - 1] = '\n';
	else if (out->n && out->p[out->n - 1] != '\n')
		buf_addc(out, '\n');
}

/* "can't" is one word, "l'espace" are two. */
static void put_apostrophe(struct buf *out)
{
	size_t from = out->n;

	while (from && lexicon_is_word_byte((unsigned char)out->p[from - 1]))
		from--;
	if (out->n - from == 1 && strchr("cdjlmnst", out->p[from]))
		put_blank(out);
	else if (span_is((struct span){ out->p + from, out->n - from }, "qu"))
		put_blank(out);
}

/* What ASCII stands for: itself, in small letters; of what is NUL here most is a blank. */
static const char stays[256] = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0!\0#$%&\0()\0+,\0./"
			       "0123456789:;\0=\0?"
			       "@abcdefghijklmno"
			       "pqrstuvwxyz[\\]^\0"
			       "\0abcdefghijklmno"
			       "pqrstuvwxyz{\0}\0\x7f";

static void put_ascii(struct buf *out, unsigned char c)
{
	if (c == '\'')
		put_apostrophe(out);
	else if (stays[c])
		buf_addc(out, stays[c]);
	else
		put_blank(out);
}

/* What becomes one blank between two that stay, and nothing else: a second blank, a second line end
 * and an apostrophe are looked at one by one. */
static bool is_between(struct span s, size_t at)
{
	unsigned char c = (unsigned char)s.p[at];

	return c == ' ' ||
	       (c < 0x80 && c != '\'' && at + 1 < s.n && stays[(unsigned char)s.p[at + 1]]);
}

/* What a letter with an accent, of two bytes, is without it; NULL: none stands here. */
static const char *latin_at(struct span s, size_t at)
{
	unsigned char c = (unsigned char)s.p[at], d;
	unsigned int code;

	if (at + 1 == s.n || c < 0xc3 || c > 0xc5)
		return NULL;
	d = (unsigned char)s.p[at + 1];
	code = (unsigned int)(c & 0x1f) << 6 | (d & 0x3f);
	return (d & 0xc0) == 0x80 && *latin[code - LATIN_FIRST] ? latin[code - LATIN_FIRST] : NULL;
}

/* Sixteen bytes, the first of which stays and behind which another stands, folded: how many from
 * the first on are letters, digits, the most frequent signs and what becomes a blank between them.
 */
static size_t put_sixteen(const char *from, char *to)
{
	sixteen v = sixteen_at(from), next = sixteen_at(from + 1), blank, plain;

	blank = (sixteen)(v == ' ') | (sixteen)(v == '\n') | (sixteen)(v == '-');
	v |= sixteen_within(v, 'A', 'Z') & (unsigned char)('a' - 'A');
	plain = sixteen_within(v, 'a', 'z') | sixteen_within(v, '.', ';') | (sixteen)(v == ',');
	sixteen_put(to, (v & ~blank) | (blank & (unsigned char)' '));
	return sixteen_before(~(plain | blank) |
			      (blank & ((sixteen)(next <= ' ') | (sixteen)(next == '-'))));
}

/* The words at the start with a blank or signs between them, most of any text; how many bytes.
 * What they become is no longer. */
static size_t put_plain(struct span s, struct buf *out)
{
	size_t i = 0, n = 0, most = out->max - out->n;
	char *to = buf_room(out, most < s.n ? most : s.n);
	const char *letters;

	for (s = span_sub(s, 0, most); i < s.n; i++) {
		char c = stays[(unsigned char)s.p[i]];
		size_t many = c && s.n - i > SIXTEEN ? put_sixteen(s.p + i, to + n) : 0;

		if (many) {
			n += many;
			i += many - 1;
		} else if (c) {
			to[n++] = c;
		} else if ((letters = latin_at(s, i))) {
			memcpy(to + n, letters, 2);
			n += letters[1] ? 2 : 1;
			i++;
		} else if (n && to[n - 1] != ' ' && is_between(s, i)) {
			to[n++] = ' ';
		} else {
			break;
		}
	}
	out->n += n;
	return i;
}

/* Katakana half as wide, from U+FF66 on. */
static const char16_t half_kana[] = u"ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテ"
				    u"トナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

enum { HALF_FIRST = 0xff66, HALF_LAST = HALF_FIRST + sizeof(half_kana) / sizeof(*half_kana) - 2 };

/* How far the character before a mark of its own is moved by it: "か" to "が", "は" to "ぱ". */
static unsigned int kana_mark(uint32_t code)
{
	if (code == 0x3099 || code == 0xff9e)
		return 1;
	return code == 0x309a || code == 0xff9f ? 2 : 0;
}

static void mark_kana(struct buf *out, unsigned int by)
{
	struct span last = out->n < 3 ? SPAN("") : (struct span){ out->p + out->n - 3, 3 };
	uint32_t code = utf8_len(last) == 3 ? utf8_code(last) : 0;

	if (code < 0x3040 || code > 0x30ff)
		return;
	out->n -= 3;
	utf8_put(out, code + by);
}

/* Accents that stand behind their letter; umlauts are two letters here, too. */
static void put_accent(struct buf *out, uint32_t code)
{
	if (code == 0x308 && out->n && strchr("aou", out->p[out->n - 1]))
		buf_addc(out, 'e');
}

static void put_wide(struct buf *out, struct span bytes)
{
	uint32_t code = utf8_code(bytes);

	if (code >= LATIN_FIRST && code <= LATIN_LAST && *latin[code - LATIN_FIRST])
		buf_adds(out, latin[code - LATIN_FIRST]);
	else if (code == 0x2018 || code == 0x2019)
		put_apostrophe(out);
	else if (utf8_is_separator(code))
		put_blank(out);
	else if (utf8_is_hidden(code))
		return; /* soft hyphens */
	else if (code == 0xa3 || code == 0xa5 || (code >= 0x20a0 && code < 0x20d0))
		buf_addc(out, '$'); /* of any currency */
	else if (code == 0x3002 || code == 0xff01 || code == 0xff1f)
		buf_adds(out, ". "); /* the ends of Japanese sentences */
	else if (code <= LATIN_LAST || (code >= 0x2000 && code < 0x2c00) || code >= 0x1f000)
		put_blank(out);
	else if (code >= WIDE_FIRST && code <= WIDE_LAST)
		put_ascii(out, (unsigned char)(code - WIDE_FIRST + '!'));
	else if (code >= HALF_FIRST && code <= HALF_LAST)
		utf8_put(out, half_kana[code - HALF_FIRST]);
	else if (kana_mark(code))
		mark_kana(out, kana_mark(code));
	else if (code >= 0x300 && code <= 0x36f)
		put_accent(out, code);
	else
		utf8_put(out, utf8_small(code));
}

void lexicon_fold(struct span s, struct buf *out)
{
	int line_ends = 0;

	while (s.n && !out->full) {
		unsigned char c = (unsigned char)s.p[0];
		size_t plain = put_plain(s, out), n = c < 0x80 ? 1 : utf8_len(s);

		if (plain) {
			line_ends = 0;
			s = span_sub(s, plain, SIZE_MAX);
			continue;
		}
		if (c == '\n' && ++line_ends == 2)
			put_line_end(out);
		else if (c < 0x80)
			put_ascii(out, c);
		else if (n)
			put_wide(out, span_sub(s, 0, n));
		line_ends = ascii_is_space(c) ? line_ends : 0;
		s = span_sub(s, n ? n : 1, SIZE_MAX);
	}
}

bool lexicon_same(struct span a, struct span b)
{
	struct buf left BUF_AUTO, right BUF_AUTO;

	buf_init(&left, 400);
	buf_init(&right, 400);
	lexicon_fold(a, &left);
	lexicon_fold(b, &right);
	return left.n && span_eq(span_trim(buf_span(&left)), span_trim(buf_span(&right)));
}

/* Kana, ideographs, Hangul; U+3005 repeats one. */
static bool is_cjk(uint32_t code)
{
	return (code >= 0x3040 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff) ||
	       (code >= 0xac00 && code <= 0xd7a3) || (code >= 0x20000 && code <= 0x3ffff) ||
	       code == 0x3005;
}

static size_t cjk_len(struct span s)
{
	size_t n = utf8_len(s);

	return n >= 3 && is_cjk(utf8_code(s)) ? n : 0;
}

/* The run at the start of *s as words of two characters, and its last one. */
static void put_run(struct span *s, struct buf *out)
{
	size_t n = cjk_len(*s), next;

	put_blank(out);
	for (; n; n = next) {
		next = cjk_len(span_sub(*s, n, SIZE_MAX));
		buf_add(out, span_sub(*s, 0, n + next));
		put_blank(out);
		*s = span_sub(*s, n, SIZE_MAX);
	}
}

/* The bytes at the start, at least one, behind which a run may begin. */
static size_t other_run(struct span s)
{
	size_t n = 1, ascii = 8;

	for (; ascii == 8 && s.n - n >= 8; n += ascii)
		ascii = utf8_ascii_bytes(s.p + n);
	while (n < s.n && (unsigned char)s.p[n] < 0x80)
		n++;
	return n;
}

void lexicon_fold_words(struct span s, struct buf *out)
{
	struct buf folded BUF_AUTO;
	struct span rest;
	size_t n;

	buf_init(&folded, out->max);
	lexicon_fold(s, &folded);
	rest = buf_span(&folded);
	if (!out->n && utf8_is_ascii(rest)) {
		struct buf empty = *out;

		*out = folded;
		folded = empty;
		return;
	}
	while (rest.n && !out->full) {
		if ((unsigned char)rest.p[0] >= 0x80 && cjk_len(rest)) {
			put_run(&rest, out);
			continue;
		}
		n = other_run(rest);
		buf_add(out, span_sub(rest, 0, n));
		rest = span_sub(rest, n, SIZE_MAX);
	}
}
