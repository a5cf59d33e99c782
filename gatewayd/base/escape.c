#include "gatewayd/base/escape.h"

#include "gatewayd/base/eight.h"
#include "gatewayd/base/utf8.h"

/* Characters that change how others are shown (Unicode UAX 9), and line ends of other alphabets. */
static bool is_trick(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* The next character of *s; what cannot be decoded is U+FFFD. */
static uint32_t next_char(struct span *s, struct span *ret_bytes)
{
	size_t n = utf8_len(*s);
	uint32_t c = n ? utf8_code(*s) : 0xfffd;

	*ret_bytes = n ? span_sub(*s, 0, n) : SPAN("\xef\xbf\xbd");
	*s = span_sub(*s, n ? n : 1, SIZE_MAX);
	return c;
}

/* A line end in any form is one LF. */
static bool is_line_end(uint32_t c, struct span *rest)
{
	if (c == '\r' && rest->n && rest->p[0] == '\n')
		*rest = span_sub(*rest, 1, SIZE_MAX);
	return c == '\r' || c == '\n';
}

static const char *html_entity(uint32_t c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

static bool is_plain(char c, bool html)
{
	return c >= ' ' && c < 0x7f && !(html && html_entity((unsigned char)c));
}

/* How many of the eight bytes at p stay as they are. */
static size_t plain_of_eight(const char *p, bool html)
{
	uint64_t w = eight_at(p), change = eight_unprintable(w);

	if (html)
		change |= eight_equal(w, '&') | eight_equal(w, '<') | eight_equal(w, '>') |
			  eight_equal(w, '"') | eight_equal(w, '\'');
	return eight_before(change);
}

/* The bytes at the start that stay as they are, most of any text, at once. */
static void put_plain(struct span *s, bool html, struct buf *out)
{
	size_t n = 0, more = 8;

	for (; more == 8 && s->n - n >= 8; n += more)
		more = plain_of_eight(s->p + n, html);
	while (more == 8 && n < s->n && is_plain(s->p[n], html))
		n++;
	buf_add(out, span_sub(*s, 0, n));
	*s = span_sub(*s, n, SIZE_MAX);
}

void escape_html(struct span s, struct buf *out)
{
	struct span bytes;

	for (put_plain(&s, true, out); s.n; put_plain(&s, true, out)) {
		uint32_t c = next_char(&s, &bytes);
		const char *entity = html_entity(c);

		if (is_line_end(c, &s))
			buf_adds(out, "<br>");
		else if (entity)
			buf_adds(out, entity);
		else if (c == '\t' || !is_trick(c))
			buf_add(out, bytes);
	}
}

void escape_text(struct span s, struct buf *out)
{
	struct span bytes;

	for (put_plain(&s, false, out); s.n; put_plain(&s, false, out)) {
		uint32_t c = next_char(&s, &bytes);

		if (is_line_end(c, &s))
			buf_addc(out, '\n');
		else if (c == '\t' || !is_trick(c))
			buf_add(out, bytes);
	}
}

/* The bytes at the start that are "!" to "~". */
static size_t visible(struct span s)
{
	size_t n = 0, more = 8;

	for (; more == 8 && s.n - n >= 8; n += more)
		more = eight_before(~eight_within(eight_at(s.p + n), '!', '~') & EIGHT_OF(0x80));
	while (more == 8 && n < s.n && s.p[n] > ' ' && s.p[n] < 0x7f)
		n++;
	return n;
}

/* What stands in a line as it is, from the start of *s; none: one character that does not, which is
 * or is not a blank. */
static struct span take_shown(struct span *s, bool *ret_blank)
{
	size_t n = visible(*s);
	struct span bytes = span_sub(*s, 0, n);
	uint32_t c;

	*ret_blank = false;
	*s = span_sub(*s, n, SIZE_MAX);
	if (n)
		return bytes;
	c = next_char(s, &bytes);
	*ret_blank = c == ' ' || (c >= '\t' && c <= '\r');
	return c == ' ' || is_trick(c) ? SPAN("") : bytes;
}

void escape_line(struct span s, struct buf *out)
{
	bool blank = false, begun = false, is_blank;

	while (s.n) {
		struct span shown = take_shown(&s, &is_blank);

		if (!shown.n) {
			blank |= is_blank;
			continue;
		}
		if (blank && begun)
			buf_addc(out, ' ');
		buf_add(out, shown);
		begun = true;
		blank = false;
	}
}

void escape_visible(struct span s, struct buf *out)
{
	struct span bytes;

	while (s.n) {
		uint32_t c = next_char(&s, &bytes);

		if (utf8_is_hidden(c))
			buf_addf(out, "<U+%04X>", (unsigned int)c);
		else
			buf_add(out, bytes);
	}
}

void escape_json(uint32_t code, struct buf *out)
{
	if (code > 0xffff)
		buf_addf(out, "\\u%04x\\u%04x", 0xd7c0 + (unsigned int)(code >> 10),
			 0xdc00 + (unsigned int)(code & 0x3ff));
	else
		buf_addf(out, "\\u%04x", (unsigned int)code);
}
