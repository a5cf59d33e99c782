#include "parser/html.h"

#include <stdlib.h>

#include "gatewayd/base/utf8.h"
#include "parser/html_scan.h"
#include "parser/reply_markers.h"
#include "parser/tables/html_elements.h"

enum effect {
	HTML_BLOCK = 1,	    /* on lines of its own */
	HTML_SPACED = 2,    /* with an empty line before and behind */
	HTML_QUOTE = 4,	    /* its lines begin with "> " */
	HTML_ITEM = 8,	    /* its first line begins with "- " */
	HTML_CELL = 16,	    /* parted from the one before by a blank */
	HTML_BREAK = 32,    /* a line end */
	HTML_PRE = 64,	    /* white space counts */
	HTML_DROPPED = 128, /* with all that stands in it */
	HTML_HEAD = 256,    /* likewise, if it ends */
};

enum {
	NAME_MAX_BYTES = 32, /* of an element or attribute that can mean something here */
	MARKS_MAX = 32,	     /* client quote containers inside each other */
};

static const struct element {
	const char *name;
	unsigned int effects;
} elements[] = {
#define X(name, effects) { name, effects },
	HTML_ELEMENTS(X)
#undef X
};

/* A container that a client marked and that is still open. */
struct mark {
	char element[NAME_MAX_BYTES];
	size_t inside; /* open elements of the same name in it */
	size_t hint;   /* index */
};

struct html {
	struct html_scan scan;
	struct buf *out;
	struct html_hints *hints;
	struct mark marks[MARKS_MAX];
	size_t mark_count;
	size_t quotes, pre;
	bool has_line;	  /* something stands on the current line */
	bool has_space;	  /* white space waits for the next character */
	bool wants_empty; /* an empty line comes before the next line */
	bool wants_bullet;
	size_t from;	   /* where this part begins in out */
	uint64_t unclosed; /* bit per row of the table: no end tag of it follows any more */
};

_Static_assert(sizeof(elements) / sizeof(*elements) <= 64, "unclosed has a bit a row");

/* In lower case; "" when it is longer than any that means something. */
static void lower_name(struct span s, char out[NAME_MAX_BYTES])
{
	size_t n = s.n < NAME_MAX_BYTES && !(s.n && memchr(s.p, 0, s.n)) ? s.n : 0;

	for (size_t i = 0; i < n; i++)
		out[i] = (char)ascii_lower((unsigned char)s.p[i]);
	out[n] = '\0';
}

static int element_compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct element *)row)->name);
}

static const struct element *element_find(const char *name)
{
	return bsearch(name, elements, sizeof(elements) / sizeof(*elements), sizeof(*elements),
		       element_compare);
}

static void put_quotes(struct html *h)
{
	size_t n = h->quotes < LIMIT_HTML_QUOTES ? h->quotes : LIMIT_HTML_QUOTES;

	for (size_t i = 0; i < n; i++)
		buf_adds(h->out, "> ");
}

/* An empty line, with its quote marks. */
static void put_empty_line(struct html *h)
{
	put_quotes(h);
	if (h->quotes && h->out->n && h->out->p[h->out->n - 1] == ' ')
		h->out->n--;
	buf_addc(h->out, '\n');
}

static void break_line(struct html *h)
{
	if (h->has_line)
		buf_addc(h->out, '\n');
	h->has_line = h->has_space = false;
}

static bool ends_with_empty_line(const struct html *h)
{
	const struct buf *b = h->out;

	return b->n <= h->from + 1 || (b->p[b->n - 1] == '\n' && b->p[b->n - 2] == '\n');
}

/* Called before a character is put: begins the line or puts the blank that waits. */
static void prepare(struct html *h)
{
	if (h->has_line) {
		if (h->has_space)
			buf_addc(h->out, ' ');
	} else {
		if (h->wants_empty && h->out->n > h->from && !ends_with_empty_line(h))
			put_empty_line(h);
		put_quotes(h);
		if (h->wants_bullet)
			buf_adds(h->out, "- ");
		h->wants_bullet = false;
	}
	h->wants_empty = false;
	h->has_line = true;
	h->has_space = false;
}

static void line_end(struct html *h)
{
	if (h->has_line)
		break_line(h);
	else
		put_empty_line(h);
	h->wants_empty = false;
}

static void put_code(struct html *h, uint32_t code)
{
	if (code == 0xa0) { /* a blank that does not collapse */
		prepare(h);
		h->has_space = true;
	} else if (code == ' ' || (code >= '\t' && code <= '\r')) {
		h->has_space = true;
	} else if (code >= 0x20 && code != 0x7f) {
		prepare(h);
		utf8_put(h->out, code);
	}
}

static void put_pre(struct html *h, char c)
{
	if (c == '\n') {
		line_end(h);
	} else if (c != '\r') {
		h->has_space = false;
		prepare(h);
		buf_addc(h->out, c);
	}
}

/* The length of the run that is neither white space, control character, entity nor U+00A0. */
static size_t word_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && (unsigned char)s.p[n] > ' ' && s.p[n] != '&' && s.p[n] != 0x7f &&
	       s.p[n] != '\xc2')
		n++;
	return n;
}

static void put_text(struct html *h, struct span s)
{
	while (s.n && !h->out->full) {
		size_t n = word_run(s);
		uint32_t code = 0;

		if (n) {
			prepare(h);
			buf_add(h->out, span_sub(s, 0, n));
		} else if (s.p[0] == '&' && (n = html_entity(s, &code)) != 0) {
			put_code(h, code);
		} else if (h->pre && (unsigned char)s.p[0] <= ' ') {
			put_pre(h, s.p[0]);
			n = 1;
		} else {
			n = utf8_len(s);
			put_code(h, utf8_code(s));
			n = n ? n : 1;
		}
		s = span_sub(s, n, SIZE_MAX);
	}
}

/* Attributes as reply_marker_find() takes them. */
struct attributes {
	const char *v[2 * REPLY_MARKER_ATTRIBUTES_MAX + 1];
	char names[REPLY_MARKER_ATTRIBUTES_MAX][NAME_MAX_BYTES];
	char values[REPLY_MARKER_ATTRIBUTES_MAX][REPLY_MARKER_VALUE_MAX];
};

static void read_attributes(struct span s, struct attributes *ret)
{
	struct span name, value;
	size_t n = 0;

	while (n < REPLY_MARKER_ATTRIBUTES_MAX && html_attribute(&s, &name, &value)) {
		size_t length =
		    value.n < REPLY_MARKER_VALUE_MAX ? value.n : REPLY_MARKER_VALUE_MAX - 1;

		lower_name(name, ret->names[n]);
		if (length)
			memcpy(ret->values[n], value.p, length);
		ret->values[n][length] = '\0';
		ret->v[2 * n] = ret->names[n];
		ret->v[2 * n + 1] = value.p ? ret->values[n] : NULL;
		n++;
	}
	ret->v[2 * n] = NULL;
}

static void mark_begin(struct html *h, const char *name, enum reply_hint_kind kind)
{
	struct html_hints *hints = h->hints;
	struct mark *m = &h->marks[h->mark_count];

	if (hints->n == (kind == REPLY_HINT_COLOUR ? LIMIT_REPLY_HINTS / 2 : LIMIT_REPLY_HINTS) ||
	    h->mark_count == MARKS_MAX)
		return;
	memcpy(m->element, name, NAME_MAX_BYTES);
	m->inside = 0;
	m->hint = hints->n;
	h->mark_count++;
	hints->v[hints->n++] = (struct reply_hint){ h->out->n, SIZE_MAX, kind };
}

static void marks_close(struct html *h, size_t keep)
{
	while (h->mark_count > keep)
		h->hints->v[h->marks[--h->mark_count].hint].to = h->out->n;
}

/* An element opens or closes: the innermost mark on one of that name counts it, or ends. */
static void marks_see(struct html *h, const char *name, bool opens)
{
	for (size_t i = h->mark_count; i-- > 0;) {
		struct mark *m = &h->marks[i];

		if (strcmp(m->element, name) != 0)
			continue;
		if (opens)
			m->inside++;
		else if (m->inside)
			m->inside--;
		else
			marks_close(h, i);
		return;
	}
}

/* Outlook's paragraphs have no margin; its empty lines are paragraphs. */
static bool has_no_margin(const struct attributes *a)
{
	for (size_t i = 0; a->v[i]; i += 2)
		if (a->v[i + 1] && strcmp(a->v[i], "class") == 0 &&
		    strncmp(a->v[i + 1], "Mso", 3) == 0)
			return true;
	return false;
}

static void apply(struct html *h, unsigned int effects, bool spaced)
{
	if (effects & HTML_BLOCK)
		break_line(h);
	if (spaced)
		h->wants_empty = true;
	if (effects & HTML_CELL)
		h->has_space = true;
}

/* Skips the content; an element that never ends is none, and is not looked for twice. */
static void drop(struct html *h, const struct element *e)
{
	uint64_t bit = (uint64_t)1 << (e - elements);

	if (!(h->unclosed & bit) && !html_skip_to_close(&h->scan, h->scan.name))
		h->unclosed |= bit;
}

static void start_tag(struct html *h)
{
	char name[NAME_MAX_BYTES];
	struct attributes attributes;
	const struct element *element;
	enum reply_hint_kind kind;
	unsigned int effects;

	lower_name(h->scan.name, name);
	element = element_find(name);
	effects = element ? element->effects : 0;
	if (effects & HTML_DROPPED) {
		drop(h, element);
		return;
	}
	if (effects & HTML_BREAK) {
		line_end(h);
		return;
	}
	read_attributes(h->scan.attributes, &attributes);
	apply(h, effects, (effects & HTML_SPACED) && !has_no_margin(&attributes));
	marks_see(h, name, true);
	kind = reply_marker_find(name, attributes.v);
	if (kind != REPLY_HINT_NONE)
		mark_begin(h, name, kind);
	h->quotes += (effects & HTML_QUOTE) != 0;
	h->pre += (effects & HTML_PRE) != 0;
	h->wants_bullet |= (effects & HTML_ITEM) != 0;
}

static void end_tag(struct html *h)
{
	char name[NAME_MAX_BYTES];
	const struct element *element;
	unsigned int effects;

	lower_name(h->scan.name, name);
	element = element_find(name);
	effects = element ? element->effects : 0;
	apply(h, effects, false);
	marks_see(h, name, false);
	if ((effects & HTML_QUOTE) && h->quotes)
		h->quotes--;
	if ((effects & HTML_PRE) && h->pre)
		h->pre--;
	if (effects & HTML_ITEM)
		h->wants_bullet = false;
}

void html_to_text(struct span utf8, struct reading *r, struct buf *out, struct html_hints *hints)
{
	struct html h = { .out = out, .hints = hints, .from = out->n };
	enum html_token token;

	if (utf8.n > LIMIT_HTML) {
		reading_defect(r, FACTS_HTML_CUT);
		utf8 = utf8_prefix(utf8, LIMIT_HTML);
	}
	h.scan.rest = utf8;
	while (!out->full && (token = html_next(&h.scan)) != HTML_END) {
		if (token == HTML_TEXT)
			put_text(&h, h.scan.text);
		else if (token == HTML_START)
			start_tag(&h);
		else if (token == HTML_CLOSE)
			end_tag(&h);
	}
	break_line(&h);
	marks_close(&h, 0);
	if (h.unclosed || h.scan.no_comment_end || h.scan.no_quote_end[0] || h.scan.no_quote_end[1])
		reading_defect(r, FACTS_BAD_HTML);
}
