#include "parser/word.h"

#include "gatewayd/base/utf8.h"
#include "parser/base64.h"
#include "parser/charset_guess.h"
#include "parser/limits.h"
#include "parser/transfer.h"

enum { CHARSET_LABEL_MAX = 64 };

/* An encoded word as it stands in the field. */
struct word {
	struct span charset, text;
	bool base64;
	size_t length; /* of all of it */
};

/* The decoded bytes of words that belong together wait in r->bytes until another sort of text
 * comes. */
struct decoder {
	struct reading *r;
	const struct word *last; /* what is waiting; NULL: nothing */
	struct word waiting;
};

static struct span without_language(struct span charset)
{
	return span_cut(&charset, '*');
}

/* "=?charset?B?" at the start of s: its length, or 0. */
static size_t word_head(struct span s, struct word *ret_word)
{
	size_t n = 2;

	if (s.n < 6 || s.p[0] != '=' || s.p[1] != '?')
		return 0;
	while (n < s.n && n < CHARSET_LABEL_MAX && s.p[n] != '?' && s.p[n] > ' ')
		n++;
	if (s.n - n < 3 || s.p[n] != '?' || s.p[n + 2] != '?')
		return 0;
	ret_word->charset = without_language(span_sub(s, 2, n - 2));
	switch (s.p[n + 1]) {
	case 'B':
	case 'b': ret_word->base64 = true; break;
	case 'Q':
	case 'q': ret_word->base64 = false; break;
	default: return 0;
	}
	return n + 3;
}

/* Some leave "?" bare before an encoded byte: "what?=3D" goes on when the word ends later without a
 * blank. */
static bool goes_on(struct span s, size_t at)
{
	struct span rest = span_sub(s, at + 2, 80);

	if (rest.n < 4 || hex_digit((unsigned char)rest.p[0]) < 0 ||
	    hex_digit((unsigned char)rest.p[1]) < 0)
		return false;
	for (size_t i = 2; i + 1 < rest.n && !ascii_is_space((unsigned char)rest.p[i]); i++) {
		if (rest.p[i] == '?' && rest.p[i + 1] == '=')
			return true;
		if (rest.p[i] == '=' && rest.p[i + 1] == '?')
			return false;
	}
	return false;
}

/* The word at the start of s; false when there is none, or it does not end before the next begins.
 */
static bool word_read(struct span s, struct word *ret_word)
{
	size_t head = word_head(s, ret_word), at = head;
	struct word next;

	if (head == 0)
		return false;
	for (;;) {
		const char *mark = at < s.n ? memchr(s.p + at, '?', s.n - at) : NULL;

		if (!mark || mark + 1 == s.p + s.n)
			return false;
		at = (size_t)(mark - s.p);
		if (mark[1] == '=' && (ret_word->base64 || !goes_on(s, at)))
			break;
		if (at > head && mark[-1] == '=' && word_head(span_sub(s, at - 1, SIZE_MAX), &next))
			return false;
		at++;
	}
	ret_word->text = span_sub(s, head, at - head);
	ret_word->length = at + 2;
	return true;
}

size_t word_length(struct span s)
{
	struct word w;

	return word_read(s, &w) ? w.length : 0;
}

/* Control characters of decoded text from `from` on: tabs and what parts lines become blanks, the
 * others go. */
static void clean(struct buf *b, size_t from)
{
	size_t to = from;

	for (size_t i = from; i < b->n; i++) {
		unsigned char c = (unsigned char)b->p[i];
		size_t n = c < 0x20 || c == 0xc2 || c == 0xe2
			       ? utf8_separator_len(span_sub(buf_span(b), i, SIZE_MAX))
			       : 0;

		if (n || c == '\n' || c == '\r' || c == '\t') {
			b->p[to++] = ' ';
			i += n ? n - 1 : 0;
		} else if (c >= 0x20 && c != 0x7f) {
			b->p[to++] = (char)c;
		}
	}
	b->n = to;
}

static void flush(struct decoder *d)
{
	struct reading *r = d->r;
	struct span bytes = buf_span(&r->bytes);
	struct charset_choice choice;
	size_t from = r->text.n;

	if (!d->last)
		return;
	charset_choose(r->charsets, d->waiting.charset, bytes, false, &choice);
	if (choice.unknown || !d->waiting.charset.n)
		reading_unknown_charset(r);
	if (choice.guessed)
		reading_defect(r, FACTS_CHARSET_GUESSED);
	if (!charset_decode(choice.charset, bytes, &r->text))
		reading_defect(r, FACTS_BAD_CHARSET);
	clean(&r->text, from);
	buf_clear(&r->bytes);
	d->last = NULL;
}

static void add_quoted(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		int high = -1, low = -1;

		if (s.p[i] == '=' && s.n - i > 2) {
			high = hex_digit((unsigned char)s.p[i + 1]);
			low = hex_digit((unsigned char)s.p[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			buf_addc(out, (char)(high << 4 | low));
			i += 2;
		} else if (s.p[i] == '\r' || s.p[i] == '\n') {
			continue;
		} else {
			buf_addc(out, s.p[i] == '_' ? ' ' : s.p[i]);
		}
	}
}

static void add_word(struct decoder *d, const struct word *w)
{
	struct buf *bytes = &d->r->bytes;
	bool good = true;
	char *room;

	if (d->last &&
	    (d->waiting.base64 != w->base64 || !span_eq_ci(d->waiting.charset, w->charset)))
		flush(d);
	d->waiting = *w;
	d->last = &d->waiting;
	if (w->base64) {
		room = buf_room(bytes, BASE64_ROOM(w->text.n));
		if (room)
			bytes->n += base64_decode(w->text, room, &good);
	} else {
		add_quoted(w->text, bytes);
	}
	if (!good) {
		reading_defect(d->r, FACTS_BAD_ENCODED_WORD);
		reading_defect(d->r, FACTS_BAD_BASE64);
	}
}

/*
 * Raw bytes between words: UTF-8, else what all raw bytes of the header are (r->raw), else
 * windows-1252.  One character may be UTF-8 by chance where the header is in a charset of pairs.
 */
static const struct charset *raw_charset(const struct reading *r, struct span s)
{
	bool by_chance =
	    r->raw && charset_sort(r->raw) == CHARSET_DOUBLE && charset_utf8_characters(s) < 2;

	if (r->raw && (by_chance || !utf8_valid(s)))
		return r->raw;
	return charset_guess(r->charsets, s);
}

static void add_bytes(struct decoder *d, struct span s)
{
	struct reading *r = d->r;
	const struct charset *c;
	size_t from = r->text.n;

	if (utf8_is_ascii(s)) {
		c = charset_by_escapes(r->charsets, s, true);
		if (c)
			reading_defect(r, FACTS_CHARSET_GUESSED);
	} else {
		c = raw_charset(r, s);
		reading_defect(r, FACTS_RAW_8BIT_HEADER);
	}
	if (!c)
		buf_add(&r->text, s);
	else if (!charset_decode(c, s, &r->text))
		reading_defect(r, FACTS_BAD_CHARSET);
	clean(&r->text, from);
}

/* A run of white space with a line end in it is a fold: one blank. */
static void add_plain(struct decoder *d, struct span s)
{
	flush(d);
	while (s.n) {
		const char *lf = memchr(s.p, '\n', s.n);
		size_t n = lf ? (size_t)(lf - s.p) : s.n, skip = n;

		while (lf && n && ascii_is_space((unsigned char)s.p[n - 1]))
			n--;
		while (skip < s.n && ascii_is_space((unsigned char)s.p[skip]))
			skip++;
		if (n)
			add_bytes(d, span_sub(s, 0, n));
		if (lf)
			buf_addc(&d->r->text, ' ');
		s = span_sub(s, lf ? skip : n, SIZE_MAX);
	}
}

static bool is_space_only(struct span s)
{
	return span_trim(s).n == 0;
}

static void decode(struct decoder *d, struct span s)
{
	size_t plain = 0; /* bytes at the start of s that are no encoded word */

	while (plain < s.n) {
		struct span rest = span_sub(s, plain, SIZE_MAX);
		size_t at = span_find(rest, SPAN("=?"));
		struct word w;

		if (at == SIZE_MAX)
			break;
		plain += at;
		if (!word_read(span_sub(s, plain, SIZE_MAX), &w)) {
			plain += 2;
			continue;
		}
		if (plain && !(d->last && is_space_only(span_sub(s, 0, plain))))
			add_plain(d, span_sub(s, 0, plain));
		add_word(d, &w);
		s = span_sub(s, plain + w.length, SIZE_MAX);
		plain = 0;
	}
	if (s.n)
		add_plain(d, s);
	flush(d);
}

/* Nothing to decode, unfold or clean: most fields. */
static bool is_simple(struct span s)
{
	bool mark = false;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c >= 0x7f)
			return false;
		mark |= c == '?' || c == '~';
	}
	return !mark ||
	       (span_find(s, SPAN("=?")) == SIZE_MAX && span_find(s, SPAN("~{")) == SIZE_MAX);
}

struct span word_text(struct span raw, struct reading *r)
{
	struct decoder d = { .r = r };
	struct span text;

	raw = span_trim(raw);
	if (raw.n > LIMIT_FIELD) {
		reading_defect(r, FACTS_LONG_HEADER);
		raw.n = LIMIT_FIELD;
	}
	if (raw.n <= FACTS_FIELD_MAX && is_simple(raw))
		return raw.p ? raw : SPAN("");
	buf_clear(&r->bytes);
	buf_clear(&r->text);
	decode(&d, raw);
	text = span_trim(buf_span(&r->text));
	if (text.n > FACTS_FIELD_MAX) {
		reading_defect(r, FACTS_LONG_HEADER);
		text = utf8_prefix(text, FACTS_FIELD_MAX);
	}
	return arena_dup(r->arena, text);
}

struct span word_scrub(struct span s, struct reading *r)
{
	bool clean = true;

	for (size_t i = 0; i < s.n; i++)
		clean &= s.p[i] > 0x20 && s.p[i] < 0x7f;
	return clean ? s : word_text(s, r);
}
