#include "parser/html_out.h"

#include "gatewayd/base/utf8.h"
#include "parser/html_scan.h"
#include "parser/limits.h"

static void put_quotes(struct html_out *o, size_t n)
{
	n = n < LIMIT_HTML_QUOTES ? n : LIMIT_HTML_QUOTES;
	for (size_t i = 0; i < n; i++)
		buf_adds(o->buf, "> ");
}

/* An empty line, with the quote marks that the lines around it share. */
static void put_empty_line(struct html_out *o, size_t quotes)
{
	put_quotes(o, quotes);
	if (quotes && o->buf->n && o->buf->p[o->buf->n - 1] == ' ')
		o->buf->n--;
	buf_addc(o->buf, '\n');
}

void html_out_break(struct html_out *o)
{
	if (o->has_line)
		buf_addc(o->buf, '\n');
	o->has_line = o->has_space = false;
}

static bool ends_with_empty_line(const struct html_out *o)
{
	const struct buf *b = o->buf;

	return b->n <= o->from + 1 || (b->p[b->n - 1] == '\n' && b->p[b->n - 2] == '\n');
}

static void put_marks(struct html_out *o)
{
	for (size_t i = 0; i < o->mark_count; i++)
		buf_adds(o->buf, o->marks[i]);
	o->mark_count = 0;
}

/* Called before a character is put: begins the line or puts the blank that waits. */
static void prepare(struct html_out *o)
{
	if (o->has_line) {
		if (o->has_space)
			buf_addc(o->buf, ' ');
	} else {
		if (o->wants_empty && o->buf->n > o->from && !ends_with_empty_line(o))
			put_empty_line(o, o->quotes < o->line_quotes ? o->quotes : o->line_quotes);
		put_quotes(o, o->quotes);
		o->line_quotes = o->quotes;
		buf_adds(o->buf, o->prefix);
		o->prefix[0] = '\0';
	}
	put_marks(o);
	if (o->notes_from)
		o->noted = o->buf->n;
	o->notes_from = o->wants_empty = false;
	o->has_line = true;
	o->has_space = false;
	o->skips_newline = false;
}

void html_out_line_end(struct html_out *o)
{
	if (o->has_line)
		html_out_break(o);
	else
		put_empty_line(o, o->quotes);
	o->wants_empty = false;
}

/* What is higher or lower is parted from a number before it: "10^2", "m^2", "10_2". */
static void put_raised(struct html_out *o, char next)
{
	char raised = o->raised, last = o->buf->n > o->from ? o->buf->p[o->buf->n - 1] : '\0';
	bool number = ascii_is_digit((unsigned char)last);

	o->raised = '\0';
	if (!o->has_line || !(ascii_is_digit((unsigned char)next) || next == '-' || next == '+'))
		return;
	if (number || (raised == '^' && (ascii_is_alpha((unsigned char)last) || last == ')')))
		buf_addc(o->buf, raised);
}

static void put_words(struct html_out *o, struct span s)
{
	if (o->raised)
		put_raised(o, s.p[0]);
	prepare(o);
	buf_add(o->buf, s);
}

/* Soft hyphens and joiners that nobody sees. */
static bool is_invisible(uint32_t code)
{
	return code == 0xad || code == 0x34f || code == 0x200b || code == 0x2060 || code == 0xfeff;
}

/* FF is white space of HTML; the others show as a line end in any program. */
static bool put_separator(struct html_out *o, uint32_t code)
{
	if (!utf8_is_separator(code) || (code == '\f' && !o->pre))
		return false;
	html_out_line_end(o);
	o->wants_empty |= utf8_parts_paragraphs(code);
	return true;
}

static void put_code(struct html_out *o, uint32_t code)
{
	if (is_invisible(code) || put_separator(o, code))
		return;
	if (code == 0xa0) { /* a blank that does not collapse */
		prepare(o);
		o->has_space = true;
	} else if (code == ' ' || (code >= '\t' && code <= '\r')) {
		o->has_space |= !o->raised;
	} else if (code >= 0x20 && code != 0x7f) {
		if (o->raised)
			put_raised(o, code == 0x2212 ? '-' : code < 0x80 ? (char)code : 'x');
		prepare(o);
		utf8_put(o->buf, code);
	}
}

static void put_pre(struct html_out *o, char c)
{
	if (c == '\n') {
		if (!o->skips_newline)
			html_out_line_end(o);
		o->skips_newline = false;
	} else if (c != '\r') {
		o->has_space = false;
		prepare(o);
		buf_addc(o->buf, c);
	}
}

/* Not so white space, controls, "&", and the first bytes of U+00A0, U+00AD, U+034F, U+200B, U+2060
 * and U+FEFF. */
static bool is_of_word(char byte)
{
	unsigned char c = (unsigned char)byte;

	return c > ' ' && c != '&' &&
	       (c < 0x7f || (c > 0x7f && c != 0xc2 && c != 0xcd && c != 0xe2 && c != 0xef));
}

/* Words with one blank between each: it neither collapses nor waits for what follows. */
static size_t words_run(struct span s)
{
	size_t n = 0;

	for (;;) {
		while (n < s.n && is_of_word(s.p[n]))
			n++;
		if (!n || s.n - n < 2 || s.p[n] != ' ' || !is_of_word(s.p[n + 1]))
			return n;
		n++;
	}
}

void html_out_text(struct html_out *o, struct span s)
{
	while (s.n && !o->buf->full && !o->is_muted) {
		size_t n = words_run(s);
		uint32_t code = 0;

		if (n) {
			put_words(o, span_sub(s, 0, n));
		} else if (s.p[0] == '&' && (n = html_entity(s, &code)) != 0) {
			put_code(o, code);
		} else if (o->pre && (unsigned char)s.p[0] <= ' ' && !utf8_separator_len(s)) {
			put_pre(o, s.p[0]);
			n = 1;
		} else {
			n = utf8_len(s);
			put_code(o, utf8_code(s));
			n = n ? n : 1;
		}
		s = span_sub(s, n, SIZE_MAX);
	}
}

void html_out_words(struct html_out *o, struct span s)
{
	if (s.n && !o->is_muted)
		put_words(o, s);
}

bool html_out_behind(struct html_out *o, struct span s)
{
	size_t n = o->buf->n;

	if (o->has_line) {
		buf_add(o->buf, s);
		return true;
	}
	if (n < o->from + 2 || n <= o->fence || o->buf->p[n - 1] != '\n' ||
	    o->buf->p[n - 2] == '\n')
		return false;
	o->buf->n--;
	buf_add(o->buf, s);
	buf_addc(o->buf, '\n');
	return true;
}

void html_out_mark_begin(struct html_out *o, const char *mark)
{
	if (o->mark_count < HTML_MARKS_MAX)
		o->marks[o->mark_count++] = mark;
}

void html_out_mark_end(struct html_out *o, const char *mark)
{
	if (o->mark_count)
		o->mark_count--;
	else
		html_out_behind(o, span_of(mark));
}
