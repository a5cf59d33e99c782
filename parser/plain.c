#include "parser/plain.h"

void plain_lines(struct span s, struct buf *out)
{
	while (s.n) {
		const char *cr = memchr(s.p, '\r', s.n);
		size_t n = cr ? (size_t)(cr - s.p) : s.n, run = 0;

		buf_add(out, span_sub(s, 0, n));
		s = span_sub(s, n, SIZE_MAX);
		while (run < s.n && s.p[run] == '\r')
			run++;
		if (run < s.n && s.p[run] == '\n')
			run = 0; /* the LF says it, however many stand before it */
		for (size_t i = 0; i < run; i++)
			buf_addc(out, '\n');
		while (s.n && s.p[0] == '\r')
			s = span_sub(s, 1, SIZE_MAX);
	}
}

/* The number of ">" at the start, which it cuts off with the stuffed blank behind them. */
static size_t cut_quotes(struct span *line)
{
	size_t depth = 0;

	while (depth < line->n && line->p[depth] == '>')
		depth++;
	*line = span_sub(*line, depth, SIZE_MAX);
	if (line->n && line->p[0] == ' ')
		*line = span_sub(*line, 1, SIZE_MAX);
	return depth;
}

static void put_quotes(size_t depth, bool empty, struct buf *out)
{
	for (size_t i = 0; i < depth; i++)
		buf_addc(out, '>');
	if (depth && !empty)
		buf_addc(out, ' ');
}

/*
 * RFC 3676 section 4: a line that ends in a blank goes on in the next of the same quote depth; the
 * signature separator "-- " never does and is never gone on to.
 */
void plain_flowed(struct span s, bool delsp, struct buf *out)
{
	bool flowing = false;
	size_t last_depth = 0;
	struct span line;

	while (span_line(&s, &line)) {
		size_t depth = cut_quotes(&line);
		bool is_separator = span_is(line, "-- ");

		if (flowing && (depth != last_depth || is_separator)) {
			buf_addc(out, '\n');
			flowing = false;
		}
		if (!flowing)
			put_quotes(depth, line.n == 0, out);
		flowing = line.n && line.p[line.n - 1] == ' ' && !is_separator;
		if (flowing && delsp)
			line.n--;
		buf_add(out, line);
		if (!flowing)
			buf_addc(out, '\n');
		last_depth = depth;
	}
}
