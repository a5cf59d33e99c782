#include "parser/rtf_text.h"

#include <stdlib.h>

#include "gatewayd/base/utf8.h"
#include "parser/charset.h"
#include "parser/code_page.h"
#include "parser/limits.h"
#include "parser/transfer.h"

enum {
	FONTS_MAX = 256, /* with a charset of their own */
	WORD_MAX = 16,	 /* letters of a control word that means something */
	TARGET_MAX = 2048,
	DEFAULT_PAGE = 1252,
};

enum what {
	NOTHING,
	PUT,
	SKIP,
	CODE_PAGE,
	BINARY,
	FONT,
	FONT_CHARSET,
	FONT_TABLE,
	FIELD,
	FIELD_RESULT,
	FROM_HTML,
	HTML_RTF,
	HTML_TAG,
	UNICODE,
	UNICODE_SKIP,
};

static const struct word {
	const char *name;
	enum what what;
	const char *value;
} words[] = {
#define RTF_WORD(word, what, value) { word, what, value },
#include "parser/tables/rtf_words.h"
#undef RTF_WORD
};

/* \fcharset: which code page. */
static const struct {
	int charset;
	uint32_t page;
} font_charsets[] = {
	{ 128, 932 },  { 129, 949 },  { 134, 936 },  { 136, 950 },  { 161, 1253 },
	{ 162, 1254 }, { 163, 1258 }, { 177, 1255 }, { 178, 1256 }, { 186, 1257 },
	{ 204, 1251 }, { 222, 874 },  { 238, 1250 },
};

/* What a group may change, and gets back when it ends. */
struct group {
	bool skipped, in_fonts, in_field, is_result;
	bool is_tag;	/* in HTML: its text is markup */
	bool is_format; /* in HTML: its text is only for programs that read RTF */
	int unicode_skip;
	uint32_t page; /* of the font; 0: that of the document */
	size_t result_from;
};

struct rtf {
	struct span rest;
	const struct charsets *charsets;
	struct buf *out;
	struct buf bytes; /* text that is not decoded yet: a character may be in two escapes */
	struct group groups[LIMIT_RTF_DEPTH];
	size_t depth, too_deep;
	uint32_t page;
	uint32_t font_pages[FONTS_MAX];
	int font; /* the one being defined */
	bool from_html;
	int to_skip;	   /* characters that stand for the last \u */
	uint32_t high;	   /* the first half of a surrogate pair */
	struct buf target; /* of a field */
};

static struct group *top(struct rtf *r)
{
	return &r->groups[r->depth];
}

static bool is_shown(struct rtf *r)
{
	const struct group *g = top(r);

	if (g->skipped || g->in_fonts)
		return false;
	return !r->from_html || g->is_tag || !g->is_format;
}

/* The bytes that wait, decoded by the font that they were written in. */
static void flush(struct rtf *r)
{
	uint32_t page = top(r)->page ? top(r)->page : r->page;
	const struct charset *c = charset_find(r->charsets, code_page_label(page));

	if (r->bytes.n)
		charset_decode(c, buf_span(&r->bytes), r->out);
	buf_clear(&r->bytes);
}

static void put_byte(struct rtf *r, char c)
{
	if (r->to_skip) {
		r->to_skip--;
		return;
	}
	if (top(r)->in_field)
		buf_addc(&r->target, c);
	else if (is_shown(r))
		buf_addc(&r->bytes, c);
}

static void put_words(struct rtf *r, const char *s)
{
	if (top(r)->in_field || !is_shown(r))
		return;
	flush(r);
	buf_adds(r->out, s);
}

static void put_unicode(struct rtf *r, int code)
{
	uint32_t c = (uint32_t)code & 0xffff;

	r->to_skip = top(r)->unicode_skip;
	if (c >= 0xd800 && c < 0xdc00) {
		r->high = c;
		return;
	}
	if (c >= 0xdc00 && c < 0xe000)
		c = r->high ? 0x10000 + ((r->high - 0xd800) << 10) + (c - 0xdc00) : 0xfffd;
	r->high = 0;
	if (c == 0 || !is_shown(r) || top(r)->in_field)
		return;
	flush(r);
	utf8_put(r->out, c);
}

/* Without blanks, controls and brackets, in which it would end. */
static bool is_target(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || strchr("<>\x7f", s.p[i]))
			return false;
	return span_starts_ci(s, SPAN("http")) && utf8_valid(s);
}

/* ` HYPERLINK "https://example.com/" `: the target. */
static struct span target_of(struct rtf *r)
{
	struct span s = span_trim(buf_span(&r->target));

	if (!span_starts_ci(s, SPAN("HYPERLINK")))
		return SPAN("");
	span_cut(&s, '"');
	s = span_cut(&s, '"');
	return is_target(s) ? s : SPAN("");
}

/* A link is its words and then its target, unless they are the same. */
static void end_result(struct rtf *r)
{
	struct span target = target_of(r);
	size_t from = top(r)->result_from;

	if (target.n && !span_eq(span_trim(span_sub(buf_span(r->out), from, SIZE_MAX)), target)) {
		buf_adds(r->out, " <");
		buf_add(r->out, target);
		buf_adds(r->out, ">");
	}
	buf_clear(&r->target);
}

static void open_group(struct rtf *r)
{
	flush(r);
	r->to_skip = 0;
	if (r->depth + 1 == LIMIT_RTF_DEPTH) {
		r->too_deep++;
		return;
	}
	r->groups[r->depth + 1] = r->groups[r->depth];
	r->depth++;
	top(r)->is_result = false;
}

static void close_group(struct rtf *r)
{
	flush(r);
	r->to_skip = 0;
	if (r->too_deep) {
		r->too_deep--;
		return;
	}
	if (top(r)->is_result && !r->from_html)
		end_result(r);
	if (r->depth)
		r->depth--;
}

static void set_font_charset(struct rtf *r, int charset)
{
	for (size_t i = 0; i < sizeof(font_charsets) / sizeof(*font_charsets); i++)
		if (font_charsets[i].charset == charset && r->font >= 0 && r->font < FONTS_MAX)
			r->font_pages[r->font] = font_charsets[i].page;
}

static void set_font(struct rtf *r, int font)
{
	flush(r);
	if (top(r)->in_fonts)
		r->font = font;
	else
		top(r)->page = font >= 0 && font < FONTS_MAX ? r->font_pages[font] : 0;
}

static void begin_result(struct rtf *r)
{
	flush(r);
	top(r)->is_result = true;
	top(r)->result_from = r->out->n;
}

/* "\*" leaves the group out, but not for a word that is known. */
static void unskip(struct rtf *r)
{
	top(r)->skipped = r->depth > 0 && r->groups[r->depth - 1].skipped;
}

static void apply(struct rtf *r, const struct word *w, bool has_number, int number)
{
	struct group *g = top(r);

	switch (w->what) {
	case PUT: put_words(r, w->value); break;
	case SKIP: g->skipped = true; break;
	case CODE_PAGE: r->page = (uint32_t)number; break;
	case BINARY: r->rest = span_sub(r->rest, number > 0 ? (size_t)number : 0, SIZE_MAX); break;
	case FONT: set_font(r, number); break;
	case FONT_CHARSET: set_font_charset(r, number); break;
	case FONT_TABLE: g->in_fonts = true; break;
	case FIELD:
		g->in_field = true;
		unskip(r);
		buf_clear(&r->target);
		break;
	case FIELD_RESULT: begin_result(r); break;
	case FROM_HTML: r->from_html = true; break;
	case HTML_RTF:
		flush(r);
		g->is_format = !has_number || number != 0;
		break;
	case HTML_TAG:
		g->is_tag = true;
		unskip(r);
		break;
	case UNICODE: put_unicode(r, number); break;
	case UNICODE_SKIP: g->unicode_skip = number < 0 ? 0 : number; break;
	case NOTHING: break;
	}
}

static int word_compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct word *)row)->name);
}

static char take_char(struct rtf *r)
{
	char c = r->rest.p[0];

	r->rest = span_sub(r->rest, 1, SIZE_MAX);
	return c;
}

/* Letters, then perhaps a number, then perhaps a blank that belongs to it. */
static void control_word(struct rtf *r)
{
	char name[WORD_MAX + 1];
	const struct word *w;
	size_t n = 0;
	bool minus = false, has_number = false;
	int number = 0;

	while (r->rest.n && ascii_is_alpha((unsigned char)r->rest.p[0])) {
		char c = take_char(r);

		if (n < WORD_MAX)
			name[n] = c;
		n++;
	}
	name[n < WORD_MAX ? n : 0] = '\0';
	if (r->rest.n > 1 && r->rest.p[0] == '-' && ascii_is_digit((unsigned char)r->rest.p[1]))
		minus = take_char(r) == '-';
	while (r->rest.n && ascii_is_digit((unsigned char)r->rest.p[0])) {
		int digit = take_char(r) - '0';

		number = number < 100000000 ? number * 10 + digit : number;
		has_number = true;
	}
	if (r->rest.n && r->rest.p[0] == ' ')
		take_char(r);
	w = bsearch(name, words, sizeof(words) / sizeof(*words), sizeof(*words), word_compare);
	if (w)
		apply(r, w, has_number, minus ? -number : number);
}

static void hex_byte(struct rtf *r)
{
	int high = r->rest.n ? hex_digit((unsigned char)r->rest.p[0]) : -1;
	int low = r->rest.n > 1 ? hex_digit((unsigned char)r->rest.p[1]) : -1;

	if (high < 0 || low < 0)
		return;
	r->rest = span_sub(r->rest, 2, SIZE_MAX);
	put_byte(r, (char)(high << 4 | low));
}

/* Behind a backslash. */
static void control(struct rtf *r)
{
	char c;

	if (r->rest.n == 0)
		return;
	if (ascii_is_alpha((unsigned char)r->rest.p[0])) {
		control_word(r);
		return;
	}
	c = take_char(r);
	switch (c) {
	case '\'': hex_byte(r); break;
	case '*': top(r)->skipped = true; break; /* unless the next word is known */
	case '~': put_byte(r, ' '); break;
	case '_': put_byte(r, '-'); break;
	case '\n':
	case '\r': put_words(r, "\n"); break;
	case '{':
	case '}':
	case '\\': put_byte(r, c); break;
	default: break;
	}
}

bool rtf_text(struct span rtf, const struct charsets *charsets, struct buf *out)
{
	struct rtf r = { .rest = rtf, .charsets = charsets, .out = out, .page = DEFAULT_PAGE };

	buf_init(&r.bytes, LIMIT_DECODED);
	buf_init(&r.target, TARGET_MAX);
	r.groups[0].unicode_skip = 1;
	while (r.rest.n && !out->full) {
		char c = take_char(&r);

		if (c == '\\')
			control(&r);
		else if (c == '{')
			open_group(&r);
		else if (c == '}')
			close_group(&r);
		else if (c != '\r' && c != '\n')
			put_byte(&r, c);
	}
	flush(&r);
	buf_release(&r.bytes);
	buf_release(&r.target);
	return r.from_html;
}
