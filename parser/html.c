#include "parser/html.h"

#include <stdlib.h>

#include "gatewayd/base/utf8.h"
#include "parser/html_attributes.h"
#include "parser/html_link.h"
#include "parser/html_list.h"
#include "parser/html_marks.h"
#include "parser/html_out.h"
#include "parser/html_scan.h"
#include "parser/html_table.h"
#include "parser/tables/html_elements.h"

enum effect {
	HTML_BLOCK = 1 << 0,	  /* on lines of its own */
	HTML_SPACED = 1 << 1,	  /* with an empty line before and behind */
	HTML_QUOTE = 1 << 2,	  /* its lines begin with "> " */
	HTML_ITEM = 1 << 3,	  /* its first line begins with "- " or its number */
	HTML_CELL = 1 << 4,	  /* parted from the one before by a blank */
	HTML_BREAK = 1 << 5,	  /* a line end */
	HTML_PRE = 1 << 6,	  /* white space counts */
	HTML_DROPPED = 1 << 7,	  /* with all that stands in it */
	HTML_HEADING = 1 << 8,	  /* between "*" */
	HTML_STRUCK = 1 << 9,	  /* between "~~" */
	HTML_SUPER = 1 << 10,	  /* "^" between numbers */
	HTML_SUB = 1 << 11,	  /* "_" between numbers */
	HTML_LINK = 1 << 12,	  /* its target behind it */
	HTML_IMAGE = 1 << 13,	  /* its alternative text */
	HTML_TABLE = 1 << 14,	  /* data or layout */
	HTML_ROW = 1 << 15,	  /* of a table */
	HTML_HEAD_CELL = 1 << 16, /* only data has them */
	HTML_LIST = 1 << 17,	  /* of items */
	HTML_ORDERED = 1 << 18,	  /* that are numbered */
	HTML_MUTED = 1 << 19,	  /* by style: words of size nought */
	HTML_SHOWN = 1 << 20,	  /* by style: words with a size */
};

enum {
	STYLES_MAX = 64, /* open elements that do something when they end */
	ALT_MAX = 1000,	 /* bytes of an alternative text */
	SIGN_MAX = 16,	 /* and of one that is a sign: an emoji */
	PIXEL_MAX = 2,	 /* width or height of a picture that only counts readers */
};

static const struct element {
	const char *name;
	unsigned int effects;
} elements[] = {
#define X(name, effects) { name, effects },
	HTML_ELEMENTS(X)
#undef X
};

enum { ELEMENTS = sizeof(elements) / sizeof(*elements) };

/* An open element whose end does something. */
struct open {
	char element[HTML_NAME_MAX];
	size_t inside; /* open elements of the same name in it */
	unsigned int effects;
};

struct html {
	struct html_scan scan;
	struct html_out o;
	struct html_marks marks;
	struct open open[STYLES_MAX];
	size_t open_count;
	struct html_lists lists;
	struct html_table table;
	size_t table_hints, table_marks; /* when the innermost table began */
	struct html_links links;
	struct span href; /* of the open link; p == NULL: there is none */
	bool link_has_image;
	bool not_for_outlook;	 /* in a conditional comment that Outlook leaves out */
	bool shows_all;		 /* an element that hides never ended: nothing is hidden any more */
	bool unclosed[ELEMENTS]; /* no end tag of it follows any more */
	bool any_unclosed;
};

static int element_compare(const void *key, const void *row)
{
	const char *name = key, *other = ((const struct element *)row)->name;

	return *name == *other ? strcmp(name, other) : (unsigned char)*name - (unsigned char)*other;
}

static const struct element *element_find(const char *name)
{
	return bsearch(name, elements, ELEMENTS, sizeof(*elements), element_compare);
}

/* --- elements whose end does something --- */

static void set_muted(struct html *h)
{
	h->o.is_muted = false;
	for (size_t i = 0; i < h->open_count; i++)
		if (h->open[i].effects & (HTML_MUTED | HTML_SHOWN))
			h->o.is_muted = h->open[i].effects & HTML_MUTED;
}

static void open_push(struct html *h, const char *name, unsigned int effects)
{
	struct open *open = &h->open[h->open_count];

	if (h->open_count == STYLES_MAX)
		return;
	memcpy(open->element, name, HTML_NAME_MAX);
	open->inside = 0;
	open->effects = effects;
	h->open_count++;
	if (effects & HTML_HEADING)
		html_out_mark_begin(&h->o, "*");
	if (effects & HTML_STRUCK)
		html_out_mark_begin(&h->o, "~~");
	if ((effects & (HTML_SUPER | HTML_SUB)) && h->o.has_line && !h->o.has_space)
		h->o.raised = effects & HTML_SUPER ? '^' : '_';
	h->o.pre += (effects & HTML_PRE) != 0;
	set_muted(h);
}

static void open_pop(struct html *h)
{
	unsigned int effects = h->open[--h->open_count].effects;

	if (effects & HTML_STRUCK)
		html_out_mark_end(&h->o, "~~");
	if (effects & HTML_HEADING)
		html_out_mark_end(&h->o, "*");
	h->o.raised = '\0';
	h->o.pre -= (effects & HTML_PRE) != 0;
	set_muted(h);
}

/* As for the marks: an end tag ends the innermost of its name, and what is open in it. */
static void open_see(struct html *h, const char *name, bool opens)
{
	for (size_t i = h->open_count; i-- > 0;) {
		struct open *open = &h->open[i];

		if (strcmp(open->element, name) != 0)
			continue;
		if (opens)
			open->inside++;
		else if (open->inside)
			open->inside--;
		else
			while (h->open_count > i)
				open_pop(h);
		return;
	}
}

/* --- what is left out --- */

/* Skips the content; an element that never ends is none, and is not looked for twice. */
static void drop(struct html *h, const struct element *e)
{
	bool *none = &h->unclosed[e - elements];

	if (!*none && !html_skip_to_close(&h->scan, h->scan.name))
		*none = h->any_unclosed = true;
}

static bool is_void(const char *name)
{
	static const char *const names[] = { "area", "base", "br",   "col",    "embed", "hr",
					     "img",  "link", "meta", "source", "wbr",	"input" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* A paragraph ends where the next block begins, whether it says so or not. */
static bool ends_paragraph(const char *name, const char *next)
{
	const struct element *e = strcmp(name, "p") == 0 ? element_find(next) : NULL;

	return e && e->effects & HTML_BLOCK;
}

/*
 * Skips an element that is hidden, to its end tag.  One without an end would take all that follows
 * with it: then it is shown, and so is what else would be hidden, so that nothing is read twice
 * over.
 */
static void hide(struct html *h, const char *name)
{
	struct html_scan start = h->scan, before;
	char next[HTML_NAME_MAX];
	enum html_token token;
	size_t depth = 1;

	while (depth && (before = h->scan, token = html_next(&h->scan)) != HTML_END) {
		if (token != HTML_START && token != HTML_CLOSE)
			continue;
		html_lower_name(h->scan.name, next);
		if (token == HTML_START && ends_paragraph(name, next)) {
			h->scan = before;
			return;
		}
		if (strcmp(next, name) == 0)
			depth += token == HTML_START ? 1 : (size_t)-1;
	}
	if (depth == 0)
		return;
	start.no_comment_end = h->scan.no_comment_end;
	memcpy(start.no_quote_end, h->scan.no_quote_end, sizeof(start.no_quote_end));
	h->scan = start;
	h->shows_all = h->any_unclosed = true;
}

static bool is_hidden(const struct html *h, const struct html_attributes *a, unsigned int style,
		      unsigned int effects)
{
	if (h->shows_all)
		return false;
	if (a->is_hidden || style & HTML_STYLE_HIDDEN)
		return true;
	/* Buttons are hidden from Outlook, which has its own in a comment. */
	return style & HTML_STYLE_MSO_HIDDEN && !(effects & HTML_LINK) && !h->not_for_outlook;
}

/* --- links, pictures, lists, tables --- */

static void end_link(struct html *h)
{
	struct span words = SPAN("");
	struct buf target BUF_AUTO;

	buf_init(&target, h->o.buf->max);
	if (!h->href.p)
		return;
	if (!h->o.notes_from && h->o.noted <= h->o.buf->n)
		words = span_trim(span_sub(buf_span(h->o.buf), h->o.noted, SIZE_MAX));
	h->o.notes_from = false;
	if (!h->o.is_muted && (words.n || h->link_has_image))
		html_link_target(&h->links, h->href, words, &target);
	h->href = SPAN_NONE;
	if (target.n && !(words.n && html_out_behind(&h->o, buf_span(&target))))
		html_out_words(&h->o, span_trim(buf_span(&target)));
}

static void begin_link(struct html *h, const struct html_attributes *a)
{
	end_link(h);
	h->href = a->href;
	h->o.notes_from = a->href.p != NULL;
	h->link_has_image = false;
}

/* The picture that mail programs put for a sign that they know. */
static bool is_sign(struct span s)
{
	uint32_t code = s.n && utf8_len(s) ? utf8_code(s) : 0;

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x80)
			return false;
	return s.n <= SIGN_MAX && ((code >= 0x203c && code < 0x2e80) || code >= 0x1f000);
}

static void put_image(struct html *h, const struct html_attributes *a)
{
	struct buf alt BUF_AUTO;
	struct span words;

	buf_init(&alt, ALT_MAX);
	if (html_number(a->width, PIXEL_MAX + 1) <= PIXEL_MAX ||
	    html_number(a->height, PIXEL_MAX + 1) <= PIXEL_MAX)
		return;
	h->link_has_image = true;
	html_decode(utf8_prefix(a->alt, ALT_MAX), &alt);
	words = span_trim(buf_span(&alt));
	if (words.n == 0 || !utf8_valid(words))
		return;
	if (is_sign(words)) {
		html_out_words(&h->o, words);
		return;
	}
	html_out_words(&h->o, SPAN("[image: "));
	for (struct span rest = words, line; span_line(&rest, &line);)
		html_out_words(&h->o, span_trim(line));
	html_out_words(&h->o, SPAN("]"));
}

static void begin_table(struct html *h, const struct html_attributes *a)
{
	html_table_begin(&h->table, a);
	h->table_hints = h->marks.hints->n;
	h->table_marks = h->marks.n;
}

/* Colours inside a table are no sign of an answer; another hint keeps the text where it is. */
static void end_table(struct html *h)
{
	bool keep = h->marks.n != h->table_marks || h->href.p;

	for (size_t i = h->table_hints; i < h->marks.hints->n; i++)
		keep |= h->marks.hints->v[i].kind != REPLY_HINT_COLOUR;
	if (!html_table_end(&h->table, &h->o, keep))
		return;
	for (size_t i = h->table_hints; i < h->marks.hints->n; i++)
		h->marks.hints->v[i].from = h->marks.hints->v[i].to = h->table.cells[0].at;
}

/* --- tags --- */

/* Outlook's paragraphs have no margin; its empty lines are paragraphs. */
static bool has_no_margin(const struct html_attributes *a)
{
	return span_starts(a->class, SPAN("Mso"));
}

static void apply(struct html *h, unsigned int effects, bool spaced)
{
	if (effects & HTML_BLOCK)
		html_out_break(&h->o);
	if (spaced)
		h->o.wants_empty = true;
	if (effects & HTML_CELL)
		h->o.has_space = true;
}

/* Effects of an element's tag and of its style that last until its end. */
static unsigned int lasting(const struct html *h, unsigned int effects, unsigned int style)
{
	unsigned int all = effects & (HTML_HEADING | HTML_STRUCK | HTML_SUPER | HTML_SUB);

	if (style & HTML_STYLE_STRUCK)
		all |= HTML_STRUCK;
	if (style & HTML_STYLE_PRE && !(effects & HTML_PRE))
		all |= HTML_PRE;
	if (style & HTML_STYLE_NO_SIZE && !h->shows_all)
		all |= HTML_MUTED;
	else if (style & HTML_STYLE_SIZE && h->o.is_muted)
		all |= HTML_SHOWN;
	return all;
}

static void begin_parts(struct html *h, unsigned int effects, const struct html_attributes *a)
{
	if (effects & HTML_LINK)
		begin_link(h, a);
	if (effects & HTML_IMAGE)
		put_image(h, a);
	if (effects & HTML_LIST)
		html_list_begin(&h->lists, effects & HTML_ORDERED, a);
	if (effects & HTML_ITEM)
		html_list_item(&h->lists, a, &h->o);
	if (effects & HTML_TABLE)
		begin_table(h, a);
	if (effects & HTML_ROW)
		html_table_row(&h->table);
	if (effects & HTML_CELL)
		html_table_cell(&h->table, &h->o, effects & HTML_HEAD_CELL, a);
	h->o.skips_newline |= (effects & HTML_PRE) != 0;
}

static void begin_element(struct html *h, const char *name, unsigned int effects)
{
	struct html_attributes a;
	enum reply_hint_kind kind;
	unsigned int style, last;

	html_attributes_read(h->scan.attributes, &a);
	style = html_style_read(a.style);
	if (is_hidden(h, &a, style, effects)) {
		if (!is_void(name))
			hide(h, name);
		return;
	}
	apply(h, effects, (effects & HTML_SPACED) && !has_no_margin(&a));
	html_marks_see(&h->marks, name, true, h->o.buf->n);
	open_see(h, name, true);
	kind = h->marks.hints->unasked ? REPLY_HINT_NONE : reply_marker_find(name, a.v);
	if (kind != REPLY_HINT_NONE)
		html_mark_begin(&h->marks, name, kind, h->o.buf->n);
	begin_parts(h, effects, &a);
	last = lasting(h, effects, style);
	if (last && !is_void(name))
		open_push(h, name, last);
	h->o.quotes += (effects & HTML_QUOTE) != 0;
	h->o.pre += (effects & HTML_PRE) != 0;
}

/* Outlook's drawings, whose words stand in the HTML once more. */
static bool is_drawing(const char *name)
{
	return strncmp(name, "v:", 2) == 0;
}

static bool closes_itself(struct span attributes)
{
	attributes = span_trim(attributes);
	return attributes.n && attributes.p[attributes.n - 1] == '/';
}

static void start_tag(struct html *h)
{
	char name[HTML_NAME_MAX];
	const struct element *element;
	unsigned int effects;

	html_lower_name(h->scan.name, name);
	element = element_find(name);
	effects = element ? element->effects : 0;
	if (effects & HTML_DROPPED)
		drop(h, element);
	else if (is_drawing(name) && !h->shows_all && !closes_itself(h->scan.attributes))
		hide(h, name);
	else if (effects & HTML_BREAK && !h->o.is_muted)
		html_out_line_end(&h->o);
	else if (!(effects & HTML_BREAK))
		begin_element(h, name, effects);
}

static void end_tag(struct html *h)
{
	char name[HTML_NAME_MAX];
	const struct element *element;
	unsigned int effects;

	html_lower_name(h->scan.name, name);
	element = element_find(name);
	effects = element ? element->effects : 0;
	if (effects & HTML_LINK)
		end_link(h);
	open_see(h, name, false);
	apply(h, effects, false);
	html_marks_see(&h->marks, name, false, h->o.buf->n);
	if ((effects & HTML_QUOTE) && h->o.quotes)
		h->o.quotes--;
	if ((effects & HTML_PRE) && h->o.pre)
		h->o.pre--;
	if (effects & HTML_ITEM)
		h->o.prefix[0] = '\0';
	if (effects & HTML_LIST)
		html_list_end(&h->lists);
	if (effects & HTML_TABLE)
		end_table(h);
}

/* "<!--[if !mso]><!-->" ... "<!--<![endif]-->" */
static void see_comment(struct html *h, struct span s)
{
	if (span_find(span_sub(s, 0, 12), SPAN("[if !mso")) != SIZE_MAX)
		h->not_for_outlook = true;
	else if (span_find(span_sub(s, 0, 16), SPAN("[endif]")) != SIZE_MAX)
		h->not_for_outlook = false;
}

static void finish(struct html *h)
{
	end_link(h);
	while (h->open_count)
		open_pop(h);
	html_out_break(&h->o);
	end_table(h);
	html_marks_close(&h->marks, 0, h->o.buf->n);
	html_table_release(&h->table);
}

void html_to_text(struct span utf8, struct reading *r, struct buf *out, struct html_hints *hints)
{
	struct html h = { .marks = { .hints = hints },
			  .o = { .buf = out, .from = out->n, .fence = out->n } };
	struct span before;
	enum html_token token;

	if (utf8.n > LIMIT_HTML) {
		reading_defect(r, FACTS_HTML_CUT);
		utf8 = utf8_prefix(utf8, LIMIT_HTML);
	}
	h.scan.rest = utf8;
	while (!out->full && (before = h.scan.rest, token = html_next(&h.scan)) != HTML_END) {
		if (token == HTML_TEXT)
			html_out_text(&h.o, h.scan.text);
		else if (token == HTML_START)
			start_tag(&h);
		else if (token == HTML_CLOSE)
			end_tag(&h);
		else
			see_comment(&h, before);
	}
	finish(&h);
	if (h.any_unclosed || h.scan.no_comment_end || h.scan.no_quote_end[0] ||
	    h.scan.no_quote_end[1])
		reading_defect(r, FACTS_BAD_HTML);
}
