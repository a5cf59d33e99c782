#include "parser/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "parser/tables/charset_aliases.h"
#include "parser/tables/charset_high.h"
#include "parser/tables/charset_labels.h"

enum method {
	METHOD_UTF8,
	METHOD_SINGLE, /* one byte a character, which a table has */
	METHOD_ICONV,
	METHOD_JIS,   /* ISO-2022-JP, rewritten to EUC-JP first: glibc's own lacks NEC row 13 */
	METHOD_HZ,    /* RFC 1843, rewritten to GB18030 first */
	METHOD_UTF16, /* a byte order mark decides */
};

/* X(ID, method, iconv name).  METHOD_SINGLE encodings have ASCII in their lower half. */
#define CHARSET_ENCODINGS(X)                            \
	X(UTF_8, METHOD_UTF8, NULL)                     \
	X(IBM437, METHOD_SINGLE, NULL)                  \
	X(IBM850, METHOD_SINGLE, NULL)                  \
	X(IBM852, METHOD_SINGLE, NULL)                  \
	X(IBM866, METHOD_SINGLE, NULL)                  \
	X(ISO_8859_2, METHOD_SINGLE, NULL)              \
	X(ISO_8859_3, METHOD_SINGLE, NULL)              \
	X(ISO_8859_4, METHOD_SINGLE, NULL)              \
	X(ISO_8859_5, METHOD_SINGLE, NULL)              \
	X(ISO_8859_6, METHOD_SINGLE, NULL)              \
	X(ISO_8859_7, METHOD_SINGLE, NULL)              \
	X(ISO_8859_8, METHOD_SINGLE, NULL)              \
	X(ISO_8859_10, METHOD_SINGLE, NULL)             \
	X(ISO_8859_13, METHOD_SINGLE, NULL)             \
	X(ISO_8859_14, METHOD_SINGLE, NULL)             \
	X(ISO_8859_15, METHOD_SINGLE, NULL)             \
	X(ISO_8859_16, METHOD_SINGLE, NULL)             \
	X(KOI8_R, METHOD_SINGLE, NULL)                  \
	X(KOI8_U, METHOD_SINGLE, NULL)                  \
	X(MACINTOSH, METHOD_SINGLE, NULL)               \
	X(WINDOWS_874, METHOD_SINGLE, NULL)             \
	X(WINDOWS_1250, METHOD_SINGLE, NULL)            \
	X(WINDOWS_1251, METHOD_SINGLE, NULL)            \
	X(WINDOWS_1252, METHOD_SINGLE, NULL)            \
	X(WINDOWS_1253, METHOD_SINGLE, NULL)            \
	X(WINDOWS_1254, METHOD_SINGLE, NULL)            \
	X(WINDOWS_1255, METHOD_SINGLE, NULL)            \
	X(WINDOWS_1256, METHOD_SINGLE, NULL)            \
	X(WINDOWS_1257, METHOD_SINGLE, NULL)            \
	X(WINDOWS_1258, METHOD_SINGLE, NULL)            \
	X(X_MAC_CYRILLIC, METHOD_SINGLE, NULL)          \
	X(GBK, METHOD_ICONV, "GB18030")                 \
	X(GB18030, METHOD_ICONV, "GB18030")             \
	X(BIG5, METHOD_ICONV, "BIG5-HKSCS")             \
	X(EUC_JP, METHOD_ICONV, "EUC-JP-MS")            \
	X(ISO_2022_JP, METHOD_JIS, "EUC-JP-MS")         \
	X(SHIFT_JIS, METHOD_ICONV, "CP932")             \
	X(EUC_KR, METHOD_ICONV, "UHC")                  \
	X(ISO_2022_KR, METHOD_ICONV, "ISO-2022-KR")     \
	X(ISO_2022_CN, METHOD_ICONV, "ISO-2022-CN-EXT") \
	X(HZ, METHOD_HZ, "GB18030")                     \
	X(UTF_7, METHOD_ICONV, "UTF-7")                 \
	X(UTF_16LE, METHOD_ICONV, "UTF-16LE")           \
	X(UTF_16BE, METHOD_ICONV, "UTF-16BE")           \
	X(UTF_16, METHOD_UTF16, NULL)

enum encoding {
#define X(id, method, iconv) ENCODING_##id,
	CHARSET_ENCODINGS(X)
#undef X
	    ENCODING_COUNT,
};

static const struct {
	enum method method;
	const char *iconv;
} encodings[] = {
#define X(id, method, iconv) { method, iconv },
	CHARSET_ENCODINGS(X)
#undef X
};

static const struct label {
	const char *name;
	enum encoding encoding;
} labels[] = {
#define X(name, encoding) { name, ENCODING_##encoding },
	CHARSET_LABELS(X)
#undef X
};

static const struct label aliases[] = {
#define X(name, encoding) { name, ENCODING_##encoding },
	CHARSET_ALIASES(X)
#undef X
};

static const uint16_t upper_halves[ENCODING_COUNT][128] = {
#define X(id, ...) [ENCODING_##id] = { __VA_ARGS__ },
	CHARSET_HIGH(X)
#undef X
};

enum {
	LABEL_MAX = 32, /* the longest label has 19 bytes */
	REPLACEMENT = 0xfffd,
};

struct charset {
	enum method method;
	iconv_t cd;	      /* (iconv_t)-1: none */
	const uint16_t *high; /* METHOD_SINGLE: the characters of bytes 0x80 to 0xff */
	const struct charsets *all;
};

struct charsets {
	struct charset v[ENCODING_COUNT];
};

struct charsets *charsets_new(void)
{
	struct charsets *cs = mem_alloc(sizeof(*cs));

	for (int i = 0; i < ENCODING_COUNT; i++) {
		struct charset *c = &cs->v[i];

		c->method = encodings[i].method;
		c->cd = (iconv_t)-1;
		c->all = cs;
		c->high = upper_halves[i];
		if (encodings[i].iconv)
			c->cd = iconv_open("UTF-8", encodings[i].iconv);
	}
	return cs;
}

void charsets_free(struct charsets **cs)
{
	for (int i = 0; *cs && i < ENCODING_COUNT; i++) {
		if ((*cs)->v[i].cd != (iconv_t)-1)
			iconv_close((*cs)->v[i].cd);
	}
	free(*cs);
	*cs = NULL;
}

static int label_compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct label *)row)->name);
}

static bool is_label_edge(char c)
{
	return ascii_is_space((unsigned char)c) || (c != '\0' && strchr("\"';,=", c));
}

/* The letters and digits of both are the same. */
static bool is_same_label(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a && !ascii_is_alpha((unsigned char)*a) &&
		       !ascii_is_digit((unsigned char)*a))
			a++;
		while (*b && !ascii_is_alpha((unsigned char)*b) &&
		       !ascii_is_digit((unsigned char)*b))
			b++;
		if (*a != *b || !*a)
			return *a == *b;
	}
}

static const struct label *find_alike(const struct label *rows, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (is_same_label(rows[i].name, key))
			return &rows[i];
	return NULL;
}

static const struct label *find_label(const char *key)
{
	const size_t n = sizeof(labels) / sizeof(*labels);
	const struct label *found = bsearch(key, labels, n, sizeof(*labels), label_compare);

	if (!found)
		found = find_alike(labels, n, key);
	return found ? found : find_alike(aliases, sizeof(aliases) / sizeof(*aliases), key);
}

const struct charset *charset_find(const struct charsets *cs, struct span label)
{
	char key[LABEL_MAX];
	const struct label *found;

	while (label.n && is_label_edge(label.p[0]))
		label.p++, label.n--;
	while (label.n && is_label_edge(label.p[label.n - 1]))
		label.n--;
	if (label.n == 0 || label.n >= sizeof(key) || memchr(label.p, 0, label.n))
		return NULL;
	for (size_t i = 0; i < label.n; i++)
		key[i] = (char)ascii_lower((unsigned char)label.p[i]);
	key[label.n] = '\0';
	found = find_label(key);
	return found ? &cs->v[found->encoding] : NULL;
}

const struct charset *charset_guess(const struct charsets *cs, struct span bytes)
{
	return &cs->v[utf8_valid(bytes) ? ENCODING_UTF_8 : ENCODING_WINDOWS_1252];
}

bool charset_is_utf8(const struct charset *c)
{
	return c->method == METHOD_UTF8;
}

enum charset_sort charset_sort(const struct charset *c)
{
	static const struct {
		enum encoding encoding;
		enum charset_sort sort;
	} rows[] = {
		{ ENCODING_UTF_8, CHARSET_UTF8 },
		{ ENCODING_WINDOWS_1252, CHARSET_WESTERN },
		{ ENCODING_ISO_8859_15, CHARSET_WESTERN },
		{ ENCODING_ISO_2022_JP, CHARSET_SEVEN_BIT },
		{ ENCODING_ISO_2022_KR, CHARSET_SEVEN_BIT },
		{ ENCODING_ISO_2022_CN, CHARSET_SEVEN_BIT },
		{ ENCODING_HZ, CHARSET_SEVEN_BIT },
		{ ENCODING_UTF_7, CHARSET_SEVEN_BIT },
		{ ENCODING_UTF_16, CHARSET_UTF16 },
		{ ENCODING_UTF_16LE, CHARSET_UTF16 },
		{ ENCODING_UTF_16BE, CHARSET_UTF16 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (c == &c->all->v[rows[i].encoding])
			return rows[i].sort;
	return c->method == METHOD_SINGLE ? CHARSET_SINGLE : CHARSET_DOUBLE;
}

/* Up to 1024 bytes into out, three bytes each at most: the characters are below U+10000. */
static size_t single_piece(const uint16_t *high, struct span s, char *out, bool *good)
{
	char *to = out;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c;
		unsigned int code;

		while (s.n - i >= 8 && utf8_ascii_bytes(s.p + i) == 8) {
			memcpy(to, s.p + i, 8);
			to += 8;
			i += 8;
		}
		if (i == s.n)
			break;
		c = (unsigned char)s.p[i];
		code = c < 0x80 ? c : high[c - 128];
		if (code >= 0x800) {
			*good &= code != REPLACEMENT;
			*to++ = (char)(0xe0 | code >> 12);
			*to++ = (char)(0x80 | (code >> 6 & 0x3f));
			*to++ = (char)(0x80 | (code & 0x3f));
		} else if (code >= 0x80) {
			*to++ = (char)(0xc0 | code >> 6);
			*to++ = (char)(0x80 | (code & 0x3f));
		} else if (code) {
			*to++ = (char)code;
		}
	}
	return (size_t)(to - out);
}

static bool decode_single(const uint16_t *high, struct span s, struct buf *out)
{
	char piece[3 * KIB];
	bool good = true;

	while (s.n && !out->full) {
		struct span in = span_sub(s, 0, sizeof(piece) / 3);

		buf_add(out, (struct span){ piece, single_piece(high, in, piece, &good) });
		s = span_sub(s, in.n, SIZE_MAX);
	}
	return good;
}

/* iconv may be told to stop in the middle of a surrogate pair or NUL; only valid text goes on. */
static void add_converted(struct span piece, struct buf *out)
{
	if (piece.n && memchr(piece.p, 0, piece.n))
		utf8_scrub(piece, out);
	else
		buf_add(out, piece);
}

/*
 * Converts a window of *s and takes what was read off it.  The window keeps each call cheap
 * whatever follows: a checked iconv looks at all it is given.  A character that the window cuts is
 * the start of the next one.  False: what s begins with is no character.
 */
static bool convert_window(iconv_t cd, struct span *s, struct buf *out)
{
	char piece[4096], *to = piece, *from = (char *)(uintptr_t)s->p;
	size_t room = sizeof(piece), window = s->n < 1024 ? s->n : 1024, left = window, done;
	bool cut = window < s->n;

	errno = 0;
	done = iconv(cd, &from, &left, &to, &room);
	*s = span_sub(*s, window - left, SIZE_MAX);
	add_converted((struct span){ piece, (size_t)(to - piece) }, out);
	return done != (size_t)-1 || errno == E2BIG || (errno == EINVAL && cut && left < window);
}

static bool decode_iconv(iconv_t cd, struct span s, struct buf *out)
{
	char piece[64], *to = piece;
	size_t room = sizeof(piece);
	bool good = true;

	if (cd == (iconv_t)-1)
		return utf8_scrub(s, out) && false;
	iconv(cd, NULL, NULL, NULL, NULL);
	while (s.n && !out->full)
		if (!convert_window(cd, &s, out)) {
			utf8_put(out, REPLACEMENT);
			good = false;
			s = span_sub(s, 1, SIZE_MAX);
		}
	if (iconv(cd, NULL, NULL, &to, &room) != (size_t)-1)
		add_converted((struct span){ piece, (size_t)(to - piece) }, out);
	return good;
}

/* RFC 1468 and its extensions: the escape sequences, each with what a byte pair becomes in EUC-JP.
 */
static const struct jis_set {
	struct span escape;
	int bytes;	    /* of a character */
	unsigned char lead; /* put before it, 0: nothing */
	bool high;	    /* its bytes get the high bit */
} jis_sets[] = {
	{ SPAN_LITERAL("\033(B"), 1, 0, false },    { SPAN_LITERAL("\033(J"), 1, 0, false },
	{ SPAN_LITERAL("\033(H"), 1, 0, false },    { SPAN_LITERAL("\033(I"), 1, 0x8e, true },
	{ SPAN_LITERAL("\033$@"), 2, 0, true },	    { SPAN_LITERAL("\033$B"), 2, 0, true },
	{ SPAN_LITERAL("\033$(@"), 2, 0, true },    { SPAN_LITERAL("\033$(B"), 2, 0, true },
	{ SPAN_LITERAL("\033$(D"), 2, 0x8f, true }, { SPAN_LITERAL("\033$(O"), 2, 0, true },
	{ SPAN_LITERAL("\033$(Q"), 2, 0, true },    { SPAN_LITERAL("\033$(P"), 2, 0x8f, true },
	{ SPAN_LITERAL("\x0e"), 1, 0x8e, true },    { SPAN_LITERAL("\x0f"), 1, 0, false },
};

static const struct jis_set *jis_escape(struct span s)
{
	for (size_t i = 0; i < sizeof(jis_sets) / sizeof(*jis_sets); i++)
		if (span_starts(s, jis_sets[i].escape))
			return &jis_sets[i];
	return NULL;
}

static void jis_to_euc(struct span s, struct buf *euc)
{
	const struct jis_set *set = &jis_sets[0], *next;

	while (s.n) {
		unsigned char c = (unsigned char)s.p[0];

		if (c < ' ' && (next = jis_escape(s))) {
			set = next;
			s = span_sub(s, set->escape.n, SIZE_MAX);
			continue;
		}
		if (!set->high || c < 0x21 || c > 0x7e) {
			buf_addc(euc, (char)c);
			s = span_sub(s, 1, SIZE_MAX);
			continue;
		}
		if (set->lead)
			buf_addc(euc, (char)set->lead);
		for (int i = 0; i < set->bytes && s.n; i++, s = span_sub(s, 1, SIZE_MAX))
			buf_addc(euc, (char)((unsigned char)s.p[0] | 0x80));
	}
}

/* RFC 1843: "~{" and "~}" switch, "~~" is a tilde, "~" before a line end joins lines. */
static void hz_to_gb(struct span s, struct buf *gb)
{
	bool wide = false;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char next = i + 1 < s.n ? s.p[i + 1] : '\0';

		if (c == '~' && (next == '{' || next == '}')) {
			wide = next == '{';
			i++;
		} else if (c == '~' && !wide && (next == '~' || next == '\n')) {
			if (next == '~')
				buf_addc(gb, '~');
			i++;
		} else {
			buf_addc(gb, (char)(wide && c > 0x20 ? c | 0x80 : c));
		}
	}
}

static bool has_high(struct span s)
{
	unsigned char any = 0;

	for (size_t i = 0; i < s.n; i++)
		any |= (unsigned char)s.p[i];
	return any >= 0x80;
}

/* A charset of seven bits: what has eight and is UTF-8 only bears a wrong label. */
static bool is_mislabelled(struct span s)
{
	return has_high(s) && utf8_valid(s);
}

static bool decode_rewritten(const struct charset *c, struct span s, struct buf *out)
{
	struct buf rewritten BUF_AUTO;

	buf_init(&rewritten, s.n * 2 + 1);
	if (c->method == METHOD_JIS)
		jis_to_euc(s, &rewritten);
	else
		hz_to_gb(s, &rewritten);
	return decode_iconv(c->cd, buf_span(&rewritten), out);
}

static bool decode_utf16(const struct charsets *cs, struct span s, struct buf *out)
{
	bool big = span_starts(s, SPAN("\xfe\xff"));

	if (big || span_starts(s, SPAN("\xff\xfe")))
		s = span_sub(s, 2, SIZE_MAX);
	return decode_iconv(cs->v[big ? ENCODING_UTF_16BE : ENCODING_UTF_16LE].cd, s, out);
}

bool charset_decode(const struct charset *c, struct span bytes, struct buf *out)
{
	if (bytes.n == 0)
		return true;
	switch (c->method) {
	case METHOD_UTF8: return utf8_scrub(bytes, out);
	case METHOD_SINGLE: return decode_single(c->high, bytes, out);
	case METHOD_ICONV: return decode_iconv(c->cd, bytes, out);
	case METHOD_UTF16: return decode_utf16(c->all, bytes, out);
	case METHOD_JIS:
	case METHOD_HZ: break;
	}
	if (is_mislabelled(bytes))
		return utf8_scrub(bytes, out) && false;
	return decode_rewritten(c, bytes, out);
}
