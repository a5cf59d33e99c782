#include "parser/uuencode.h"

#include "parser/limits.h"

static struct span line_at(struct span s, size_t at)
{
	const char *lf = at < s.n ? memchr(s.p + at, '\n', s.n - at) : NULL;

	return span_sub(s, at, lf ? (size_t)(lf - s.p) + 1 - at : SIZE_MAX);
}

/* "begin 644 name", three or four octal digits; some leave the name out. */
static bool is_begin(struct span line, struct span *ret_name)
{
	struct span s = line;
	size_t n = 0;

	if (!span_starts(s, SPAN("begin ")))
		return false;
	s = span_sub(s, 6, SIZE_MAX);
	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '7')
		n++;
	if (n < 3 || n > 4 || n == s.n || !ascii_is_space((unsigned char)s.p[n]))
		return false;
	*ret_name = span_trim(span_sub(s, n, SIZE_MAX));
	return true;
}

/* A data line has as many characters as its first one says, within what encoders and mailers do to
 * it. */
static bool is_data(struct span line)
{
	size_t n, bytes;

	while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	if (line.n == 0)
		return false;
	if (line.p[0] < ' ' || line.p[0] > '`')
		return false;
	bytes = (size_t)(line.p[0] - ' ') & 63;
	n = (bytes + 2) / 3 * 4 + 1;
	if (line.n > n + 2)
		return false;
	return bytes == 0 || line.n >= 2;
}

/* Where the block that begins at `at` ends; its lines; 0: it is none. */
static size_t block_end(struct span s, size_t at, struct span *ret_lines)
{
	size_t from = at;

	for (;;) {
		struct span line = line_at(s, at);

		if (line.n == 0)
			return 0;
		if (span_is(span_trim(line), "end")) {
			*ret_lines = span_sub(s, from, at - from);
			return at + line.n;
		}
		if (!is_data(line))
			return 0;
		at += line.n;
	}
}

/* The next line that begins a block, from `at` on, which is the start of a line. */
static size_t next_begin(struct span s, size_t at, struct span *ret_name)
{
	while (at < s.n) {
		const char *lf;

		if (s.p[at] == 'b' && is_begin(line_at(s, at), ret_name))
			return at;
		lf = memchr(s.p + at, '\n', s.n - at);
		if (!lf)
			return SIZE_MAX;
		at = (size_t)(lf - s.p) + 1;
	}
	return SIZE_MAX;
}

bool uuencode_cut(struct span s, struct buf *rest,
		  void (*found)(void *ctx, struct span name, struct span lines), void *ctx)
{
	size_t at = 0, kept = 0, blocks = 0;
	struct span name, lines;

	while (blocks < LIMIT_UUENCODED && (at = next_begin(s, at, &name)) != SIZE_MAX) {
		size_t data = at + line_at(s, at).n, end = block_end(s, data, &lines);

		if (end == 0) {
			at = data;
			continue;
		}
		buf_add(rest, span_sub(s, kept, at - kept));
		found(ctx, name, lines);
		blocks++;
		kept = at = end;
	}
	if (blocks)
		buf_add(rest, span_sub(s, kept, SIZE_MAX));
	return blocks > 0;
}
