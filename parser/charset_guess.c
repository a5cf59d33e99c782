#include "parser/charset_guess.h"

#include "gatewayd/base/utf8.h"

enum {
	META_MAX = 4096, /* bytes of HTML in which <meta> is looked for */
	PAIRS_MIN = 4,	 /* of bytes, before they tell a charset */
	PAIRS_MAX = 4096,
	HZ_PAIRS_MIN = 2,
	OTHER_SCRIPTS = 0x370, /* the first character of Greek, behind which others are */
};

bool charset_has_high(struct span s)
{
	uint64_t any = 0, word;
	size_t i = 0;

	for (; s.n - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, s.p + i, sizeof(word));
		any |= word;
	}
	for (; i < s.n; i++)
		any |= (unsigned char)s.p[i];
	return any & 0x8080808080808080U;
}

size_t charset_utf8_characters(struct span s)
{
	size_t count = 0;

	if (!utf8_valid(s))
		return 0;
	for (size_t i = 0; i < s.n; i++)
		count += ((unsigned char)s.p[i] & 0xc0) == 0xc0;
	return count;
}

/* --- byte order marks and escapes --- */

static const struct mark {
	struct span bytes;
	const char *label, *exact; /* what reads over the mark; what has it and no other */
} marks[] = {
	{ SPAN_LITERAL("\xef\xbb\xbf"), "utf-8", "utf-8" },
	{ SPAN_LITERAL("\xff\xfe"), "utf-16", "utf-16le" },
	{ SPAN_LITERAL("\xfe\xff"), "utf-16", "utf-16be" },
};

static const struct mark *find_mark(struct span s)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (span_starts(s, marks[i].bytes))
			return &marks[i];
	return NULL;
}

static const struct {
	struct span escape;
	const char *label;
} escapes[] = {
	{ SPAN_LITERAL("\033$)C"), "iso-2022-kr" }, { SPAN_LITERAL("\033$)A"), "iso-2022-cn" },
	{ SPAN_LITERAL("\033$)G"), "iso-2022-cn" }, { SPAN_LITERAL("\033$*H"), "iso-2022-cn" },
	{ SPAN_LITERAL("\033$@"), "iso-2022-jp" },  { SPAN_LITERAL("\033$B"), "iso-2022-jp" },
	{ SPAN_LITERAL("\033$(@"), "iso-2022-jp" }, { SPAN_LITERAL("\033$(B"), "iso-2022-jp" },
	{ SPAN_LITERAL("\033$(D"), "iso-2022-jp" }, { SPAN_LITERAL("\033$(O"), "iso-2022-jp" },
	{ SPAN_LITERAL("\033$(P"), "iso-2022-jp" }, { SPAN_LITERAL("\033$(Q"), "iso-2022-jp" },
	{ SPAN_LITERAL("\033(I"), "iso-2022-jp" },
};

static const char *label_of_escape(struct span s)
{
	for (size_t i = 0; i < sizeof(escapes) / sizeof(*escapes); i++)
		if (span_starts(s, escapes[i].escape))
			return escapes[i].label;
	return NULL;
}

/* The pairs of the run behind "~{" up to "~}" on the same line; 0 when it is none (RFC 1843). */
static size_t hz_pairs(struct span s)
{
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		unsigned char first = (unsigned char)s.p[i], second = (unsigned char)s.p[i + 1];

		if (first == '~' && second == '}')
			return i / 2;
		if (first < 0x21 || first > 0x77 || second < 0x21 || second > 0x7e)
			return 0;
	}
	return 0;
}

/* Each run must be one. */
static bool is_hz(struct span s)
{
	size_t pairs = 0, at;

	while ((at = span_find(s, SPAN("~{"))) != SIZE_MAX) {
		size_t n;

		s = span_sub(s, at + 2, SIZE_MAX);
		n = hz_pairs(s);
		if (n == 0)
			return false;
		pairs += n;
		s = span_sub(s, 2 * n + 2, SIZE_MAX);
	}
	return pairs >= HZ_PAIRS_MIN;
}

const struct charset *charset_by_escapes(const struct charsets *cs, struct span s, bool may_be_hz)
{
	struct span rest = s;
	const char *label = NULL, *at;

	while (!label && rest.n && (at = memchr(rest.p, '\033', rest.n)) != NULL) {
		rest = span_sub(rest, (size_t)(at - rest.p), SIZE_MAX);
		label = label_of_escape(rest);
		rest = span_sub(rest, 1, SIZE_MAX);
	}
	if (!label && may_be_hz && is_hz(s))
		label = "hz-gb-2312";
	return label && !charset_has_high(s) ? charset_find(cs, span_of(label)) : NULL;
}

/* --- pairs of bytes --- */

/* What a text in double bytes consists of. */
struct pairs {
	size_t n;
	size_t common; /* of the 3755 characters of GB 2312's first level, punctuation or Hangul */
	size_t high;   /* of those, past the Hangul of KS X 1001 */
	size_t kana;
};

static bool is_second(unsigned char c)
{
	return c >= 0xa1 && c != 0xff;
}

static void count_pair(unsigned char first, struct pairs *p)
{
	p->n++;
	p->kana += first == 0xa4 || first == 0xa5;
	p->common += first == 0xa1 || first == 0xa3 || (first >= 0xb0 && first <= 0xd7);
	p->high += first >= 0xc9 && first <= 0xd7;
}

/* False: a byte above ASCII that has no partner. */
static bool count_pairs(struct span s, struct pairs *ret_pairs)
{
	struct pairs p = { 0 };

	for (size_t i = 0; i < s.n && p.n < PAIRS_MAX; i++) {
		unsigned char c = (unsigned char)s.p[i];
		unsigned char next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;

		if (c < 0x80)
			continue;
		i++;
		if (c <= 0xa0 && ascii_is_digit(next) && s.n - i > 2)
			i += 2; /* four bytes of GB18030 */
		else if (c <= 0xa0 || c == 0xff || !is_second(next))
			return false;
		else
			count_pair(c, &p);
	}
	*ret_pairs = p;
	return true;
}

const struct charset *charset_by_pairs(const struct charsets *cs, struct span s)
{
	struct pairs p;

	if (!count_pairs(s, &p) || p.n < PAIRS_MIN)
		return NULL;
	if (p.kana * 4 > p.n)
		return charset_find(cs, SPAN("euc-jp"));
	if (p.common * 10 < p.n * 9)
		return NULL;
	return charset_find(cs, p.high * 10 > p.n ? SPAN("gb18030") : SPAN("euc-kr"));
}

/* --- what HTML says of itself --- */

static struct span word_at(struct span s)
{
	size_t n = 0;

	s = span_trim(s);
	if (s.n && (*s.p == '"' || *s.p == '\''))
		s = span_sub(s, 1, SIZE_MAX);
	while (n < s.n && !ascii_is_space((unsigned char)s.p[n]) && !strchr("\"'>;?/", s.p[n]))
		n++;
	return span_sub(s, 0, n);
}

/* The value behind "name" and "=" in a tag; empty: none. */
static struct span value_behind(struct span tag, struct span name)
{
	size_t at = span_find_ci(tag, name);
	struct span rest = span_trim(span_sub(tag, at, SIZE_MAX));

	if (at == SIZE_MAX)
		return SPAN("");
	rest = span_trim(span_sub(rest, name.n, SIZE_MAX));
	return rest.n && *rest.p == '=' ? word_at(span_sub(rest, 1, SIZE_MAX)) : SPAN("");
}

/* Inside of "<meta ...>": its own attribute, or that of a Content-Type. */
static struct span charset_of_meta(struct span tag)
{
	size_t at = span_find_ci(tag, SPAN("charset"));
	bool own = at != SIZE_MAX && at > 0 && ascii_is_space((unsigned char)tag.p[at - 1]) &&
		   span_find_ci(span_sub(tag, 0, at), SPAN("content")) == SIZE_MAX;

	if (!own && span_find_ci(tag, SPAN("http-equiv")) == SIZE_MAX)
		return SPAN("");
	return value_behind(tag, SPAN("charset"));
}

static struct span label_in_html(struct span s)
{
	struct span label = SPAN("");

	s = span_sub(s, 0, META_MAX);
	if (span_starts_ci(span_trim(s), SPAN("<?xml")))
		label = value_behind(span_sub(s, 0, span_find(s, SPAN("?>"))), SPAN("encoding"));
	for (size_t at; !label.n && (at = span_find(s, SPAN("<"))) != SIZE_MAX;) {
		s = span_sub(s, at, SIZE_MAX);
		if (span_starts(s, SPAN("<!--")))
			s = span_sub(s, span_find(s, SPAN("-->")), SIZE_MAX);
		else if (span_starts_ci(s, SPAN("<meta")))
			label = charset_of_meta(span_sub(s, 5, span_find(s, SPAN(">"))));
		s = span_sub(s, 1, SIZE_MAX);
	}
	return label;
}

/* --- the choice --- */

static bool is_ascii_label(struct span label)
{
	static const char *const labels[] = {
		"us-ascii", "ascii", "ansi_x3.4-1968", "iso-ir-6",  "iso646-us", "ansi_x3.4-1986",
		"csascii",  "cp367", "ibm367",	       "usascii",   "us_ascii",	 "us ascii",
		"iso646",   "7bit",  "7-bit",	       "ascii-7bit"
	};

	label = span_trim(label);
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (span_is_ci(label, labels[i]))
			return true;
	return false;
}

/* So many characters of UTF-8 are no chance in a text of another charset. */
static size_t characters_needed(const struct charset *c, bool is_ascii)
{
	switch (charset_sort(c)) {
	case CHARSET_UTF8: return SIZE_MAX;
	case CHARSET_SEVEN_BIT: return 1;
	case CHARSET_WESTERN: return is_ascii ? 1 : 2;
	case CHARSET_SINGLE: return 4;
	case CHARSET_DOUBLE: return 6;
	case CHARSET_UTF16: break;
	}
	return SIZE_MAX;
}

/* "unicode" over what has no byte of zero. */
static bool is_no_utf16(const struct charset *c, struct span s)
{
	return charset_sort(c) == CHARSET_UTF16 && s.n && !memchr(s.p, 0, s.n) && utf8_valid(s);
}

static void choose_unlabelled(const struct charsets *cs, struct span s,
			      struct charset_choice *choice)
{
	choice->charset = charset_guess(cs, s);
	if (charset_is_utf8(choice->charset))
		return;
	const struct charset *pairs = charset_by_pairs(cs, s);
	if (!pairs)
		return;
	choice->charset = pairs;
	choice->guessed = true;
}

/* Where the first byte stands that is no ASCII; s.n: nowhere. */
static size_t first_high(struct span s)
{
	size_t i = 0;

	while (s.n - i >= 8 && utf8_ascii_bytes(s.p + i) == 8)
		i += 8;
	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	return i;
}

/* Bytes that windows-1252 has no character for, and one that hardly any text has. */
static bool is_no_western(unsigned char c)
{
	return c >= 0x80 && memchr("\x81\x8d\x8f\x90\x9d\xff", c, 6);
}

/* A letter, a quotation mark or a dash in windows-1252. */
static bool is_western_mark(unsigned char c)
{
	return c >= 0xc0 || (c >= 0x91 && c <= 0x97);
}

/*
 * What else a text is that says it is UTF-8 and has no character of it but ASCII; NULL: it may be
 * UTF-8, of which 0xc2 or 0xc3 at the end is half a character.
 */
static const struct charset *instead_of_utf8(const struct charsets *cs, struct span s)
{
	size_t first = first_high(s), letters = 0;

	if (first == s.n || strchr("\xc2\xc3", s.p[s.n - 1]) ||
	    utf8_len(span_sub(s, first, SIZE_MAX)))
		return NULL;
	const struct charset *pairs = charset_by_pairs(cs, s);
	if (pairs)
		return pairs;
	for (size_t i = first; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (is_no_western(c) || (c >= 0x80 && utf8_len(span_sub(s, i, SIZE_MAX))))
			return NULL;
		letters += is_western_mark(c);
	}
	return letters ? charset_find(cs, SPAN("windows-1252")) : NULL;
}

static void choose_labelled(const struct charsets *cs, const struct charset *c, bool is_ascii,
			    struct span s, struct charset_choice *choice)
{
	bool is_utf8 = is_no_utf16(c, s);
	const struct charset *other = charset_is_utf8(c) ? instead_of_utf8(cs, s) : NULL;

	if (other) {
		choice->charset = other;
		choice->guessed = true;
		return;
	}
	if (!is_utf8 && characters_needed(c, is_ascii) != SIZE_MAX && charset_has_high(s))
		is_utf8 = charset_utf8_characters(s) >= characters_needed(c, is_ascii);
	choice->charset = is_utf8 ? charset_find(cs, SPAN("utf-8")) : c;
	choice->guessed |= is_utf8;
}

/* Labelled UTF-8, with more bytes that are none than characters that are: the label fails. */
static bool is_no_utf8(struct span s)
{
	size_t characters = 0, others = 0;

	while (s.n) {
		size_t n = utf8_len(s);

		characters += n > 1;
		others += n == 0;
		s = span_sub(s, n ? n : 1, SIZE_MAX);
	}
	return others > characters;
}

/* Of several bytes a character, or with another script than Latin in its upper half. */
static bool has_other_script(const struct charset *c)
{
	struct buf letter BUF_AUTO;

	buf_init(&letter, 8);
	return charset_sort(c) == CHARSET_DOUBLE || charset_sort(c) == CHARSET_SEVEN_BIT ||
	       (charset_sort(c) == CHARSET_SINGLE && charset_decode(c, SPAN("\xe1"), &letter) &&
		utf8_code(buf_span(&letter)) >= OTHER_SCRIPTS);
}

/* Most of the bytes above ASCII stand beside letters of ASCII: "Gr\xfc\xdf" is no Cyrillic. */
static bool is_latin(struct span s)
{
	size_t all = 0, beside = 0;

	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 0x80)
			continue;
		all++;
		beside += (i > 0 && ascii_is_alpha((unsigned char)s.p[i - 1])) ||
			  (i + 1 < s.n && ascii_is_alpha((unsigned char)s.p[i + 1]));
	}
	return beside * 2 > all;
}

/* What HTML says counts for something only when there is something that it can be about. */
static const struct charset *by_meta(const struct charsets *cs, struct span s)
{
	struct span label = label_in_html(s);
	const struct charset *c = label.n ? charset_find(cs, label) : NULL;

	if (c && charset_sort(c) == CHARSET_UTF16) /* in which the tag could not be read */
		c = charset_find(cs, SPAN("utf-8"));
	return c && (charset_has_high(s) || charset_sort(c) == CHARSET_SEVEN_BIT) ? c : NULL;
}

static bool choose_by_mark(const struct charsets *cs, struct span s, struct charset_choice *choice)
{
	const struct charset *c = choice->charset;
	const struct mark *m = find_mark(s);

	if (!m)
		return false;
	choice->charset = charset_find(cs, span_of(m->label));
	choice->guessed = c != choice->charset && c != charset_find(cs, span_of(m->exact));
	return true;
}

static bool choose_by_escapes(const struct charsets *cs, struct span s,
			      struct charset_choice *choice)
{
	const struct charset *c = choice->charset, *found = NULL;

	if (!c || charset_sort(c) != CHARSET_SEVEN_BIT)
		found = charset_by_escapes(cs, s, !c || !charset_is_utf8(c));
	if (!found)
		return false;
	choice->charset = found;
	choice->guessed = true;
	return true;
}

void charset_choose(const struct charsets *cs, struct span label, struct span bytes, bool is_html,
		    struct charset_choice *ret_choice)
{
	const struct charset *c = charset_find(cs, label), *meta = NULL;
	bool is_ascii = c && is_ascii_label(label);
	struct charset_choice choice = { .charset = c, .unknown = !c && label.n };

	if (choose_by_mark(cs, bytes, &choice) || choose_by_escapes(cs, bytes, &choice)) {
		*ret_choice = choice;
		return;
	}
	if (is_html && (!c || is_ascii || (charset_is_utf8(c) && is_no_utf8(bytes))))
		meta = by_meta(cs, bytes);
	/* Under UTF-8 that fails: what says no more, or what the bytes are no more than that. */
	if (meta && c && charset_is_utf8(c) &&
	    (charset_is_utf8(meta) || (has_other_script(meta) && is_latin(bytes))))
		meta = NULL;
	choice.guessed = meta != NULL;
	if (meta || c)
		choose_labelled(cs, meta ? meta : c, !meta && is_ascii, bytes, &choice);
	else
		choose_unlabelled(cs, bytes, &choice);
	*ret_choice = choice;
}
