#include "gatewayd/ctl/ctl_safe.h"

#include <stdarg.h>
#include <stdio.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/escape.h"
#include "gatewayd/base/utf8.h"

enum { LINE_MAX_BYTES = 64 * KIB };

void ctl_line(struct ctl *c, const char *fmt, ...)
{
	struct buf line BUF_AUTO;
	va_list ap, again;
	char *room;
	int n;

	buf_init(&line, LINE_MAX_BYTES);
	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	room = n >= 0 ? buf_room(&line, (size_t)n + 1) : NULL;
	if (room && vsnprintf(room, (size_t)n + 1, fmt, again) == n)
		line.n = (size_t)n;
	va_end(again);
	escape_visible(buf_span(&line), c->out);
	buf_addc(c->out, '\n');
}

/* Tabs stay tabs. */
static void add_text_line(struct ctl *c, struct span line)
{
	bool more;

	do {
		more = line.n && memchr(line.p, '\t', line.n);
		escape_visible(span_cut(&line, '\t'), c->out);
		if (more)
			buf_addc(c->out, '\t');
	} while (more);
}

void ctl_text(struct ctl *c, const char *indent, struct span text)
{
	struct span line;

	while (span_line(&text, &line)) {
		buf_adds(c->out, indent);
		add_text_line(c, line);
		buf_addc(c->out, '\n');
	}
}

/* --- the last pass --- */

static void add_style(const struct ctl *c, unsigned char mark, struct buf *out)
{
	static const char *const sequence[CTL_STYLE_END] = {
		[CTL_PLAIN] = "\033[0m",   [CTL_BOLD] = "\033[1m",   [CTL_RED] = "\033[31m",
		[CTL_YELLOW] = "\033[33m", [CTL_GREEN] = "\033[32m",
	};

	if (c->color)
		buf_adds(out, sequence[mark]);
}

/* Bytes go to a terminal as text: its lines, and what hides in them shown. */
static void drop_cr(struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] != '\r' || i + 1 == b->n || b->p[i + 1] != '\n')
			b->p[n++] = b->p[i];
	b->n = n;
}

static void add_safe(const struct ctl *styled, bool json, struct span bytes, struct buf *out)
{
	uint32_t code = utf8_code(bytes);

	if (code == '\n' || code == '\t' || !utf8_is_hidden(code))
		buf_add(out, bytes);
	else if (json)
		escape_json(code, out);
	else if (styled && code && code < CTL_STYLE_END)
		add_style(styled, (unsigned char)code, out);
	else
		escape_visible(bytes, out);
}

/* Runs of plain ASCII, which is nearly all, go over as they are. */
static size_t plain_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= ' ' && s.p[n] < 0x7f)
		n++;
	return n;
}

/* styled: whose marks of a style are in it; NULL: nobody's. */
static void safe(const struct ctl *styled, bool json, struct buf *b)
{
	struct buf raw = *b;
	struct span left = buf_span(&raw);

	buf_init(b, raw.max);
	while (left.n) {
		size_t n = plain_run(left);

		if (n) {
			buf_add(b, span_sub(left, 0, n));
		} else if ((n = utf8_len(left))) {
			add_safe(styled, json, span_sub(left, 0, n), b);
		} else {
			buf_adds(b, "\xef\xbf\xbd");
			n = 1;
		}
		left = span_sub(left, n, SIZE_MAX);
	}
	b->full = b->full || raw.full;
	buf_release(&raw);
}

/* Bytes have no other way into JSON. */
static void wrap_bytes(struct ctl *c)
{
	struct buf raw = *c->out;

	buf_init(c->out, raw.max);
	buf_adds(c->out, "{\"base64\": \"");
	base64_add(buf_span(&raw), c->out);
	buf_adds(c->out, "\"}\n");
	buf_release(&raw);
}

void ctl_safe_text(struct buf *text)
{
	safe(NULL, false, text);
}

void ctl_safe(struct ctl *c, bool done)
{
	bool terminal = c->columns > 0;

	if (c->raw && c->json && done)
		wrap_bytes(c);
	else if (c->raw && terminal)
		drop_cr(c->out);
	if (!c->raw || terminal)
		safe(c->raw ? NULL : c, c->json, c->out);
	ctl_safe_text(c->err);
}
