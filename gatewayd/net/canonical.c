#include "gatewayd/net/canonical.h"

#include <string.h>

#include "gatewayd/base/sixteen.h"

void canonical_init(struct canonical *c)
{
	*c = (struct canonical){ .line = 1 };
}

static void line_end(struct canonical *c, struct buf *out)
{
	buf_add(out, SPAN("\r\n"));
	c->cr = false;
	c->line_bytes = 0;
	c->line++;
}

/* The first line, where it is as it goes out, with its end; 0: it is not.  No NUL is there. */
static size_t good_line(struct span s)
{
	struct span line = span_sub(s, 0, CANONICAL_LINE_MAX + 2);
	const char *end = line.n ? memchr(line.p, '\n', line.n) : NULL;
	size_t n = end ? (size_t)(end - line.p) : 0;

	return n && end[-1] == '\r' && !memchr(line.p, '\r', n - 1) ? n + 1 : 0;
}

/* The bytes up to the next line end or NUL. */
static size_t plain_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '\r' && s.p[n] != '\n' && s.p[n] != '\0')
		n++;
	return n;
}

static int text(struct canonical *c, struct span run, struct buf *out, struct err *e)
{
	if (c->line_bytes + run.n > CANONICAL_LINE_MAX)
		return err_set(e, ERR_PERM, "line %zu is longer than %d bytes", c->line,
			       CANONICAL_LINE_MAX);
	c->line_bytes += run.n;
	buf_add(out, run);
	return 0;
}

/* What follows is the beginning of a line; so many bytes of whole lines are taken as they are. */
static size_t good_lines(struct canonical *c, struct span bytes, struct buf *out)
{
	size_t n = 0, line;

	while ((line = good_line(span_sub(bytes, n, SIZE_MAX))) > 0) {
		n += line;
		c->line++;
	}
	buf_add(out, span_sub(bytes, 0, n));
	return n;
}

int canonical_feed(struct canonical *c, struct span bytes, struct buf *out, struct err *e)
{
	const char *nul = bytes.n ? memchr(bytes.p, '\0', bytes.n) : NULL;
	size_t sound = nul ? (size_t)(nul - bytes.p) : bytes.n, run;

	for (size_t i = 0; i < bytes.n;) {
		if (!c->cr && !c->line_bytes)
			i += good_lines(c, span_sub(bytes, i, sound - i), out);
		if (i == bytes.n)
			break;
		run = plain_run(span_sub(bytes, i, SIZE_MAX));
		if (c->cr && (run > 0 || bytes.p[i] != '\n'))
			line_end(c, out); /* the CR stood alone */
		if (text(c, span_sub(bytes, i, run), out, e) < 0)
			return -1;
		i += run;
		if (i == bytes.n)
			break;
		if (bytes.p[i] == '\0')
			return err_set(e, ERR_PERM, "line %zu holds a NUL byte", c->line);
		if (bytes.p[i] == '\r')
			c->cr = true;
		else
			line_end(c, out);
		i++;
	}
	if (out->full)
		return err_set(e, ERR_PERM, "message is larger than %zu bytes", out->max);
	return 0;
}

int canonical_end(struct canonical *c, struct buf *out, struct err *e)
{
	if (c->cr || c->line_bytes > 0)
		line_end(c, out);
	if (out->full)
		return err_set(e, ERR_PERM, "message is larger than %zu bytes", out->max);
	return 0;
}

/* The next byte from i on that may end a line, or is a NUL, or a blank that lines have. */
static size_t next_low(struct span s, size_t i)
{
	size_t before = SIXTEEN;

	for (; s.n - i >= SIXTEEN; i += SIXTEEN)
		if ((before = sixteen_before(sixteen_within(sixteen_at(s.p + i), 0, '\r'))) <
		    SIXTEEN)
			return i + before;
	while (i < s.n && (unsigned char)s.p[i] > '\r')
		i++;
	return i;
}

static bool is_line_end(struct span s, size_t i)
{
	return s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n';
}

bool canonical_is(struct span message, bool *ret_dots)
{
	size_t line = 0, i = 0;
	bool dots = message.n && message.p[0] == '.';

	while ((i = next_low(message, i)) < message.n) {
		if (is_line_end(message, i) && i - line <= CANONICAL_LINE_MAX) {
			line = i += 2;
			dots |= i < message.n && message.p[i] == '.';
			continue;
		}
		if (message.p[i] == '\r' || message.p[i] == '\n' || message.p[i] == '\0')
			return false;
		i++;
	}
	*ret_dots = dots;
	return line == message.n;
}

int canonical(struct span message, struct buf *out, struct err *e)
{
	struct canonical c;

	canonical_init(&c);
	return canonical_feed(&c, message, out, e) < 0 ? -1 : canonical_end(&c, out, e);
}
