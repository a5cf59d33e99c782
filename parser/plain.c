#include "parser/plain.h"

#include "gatewayd/base/utf8.h"
#include "parser/limits.h"

/* CR LF, LF and bare CR as LF. */
static void end_lines(struct span s, struct buf *out)
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
static void unwrap(struct span s, bool delsp, struct buf *out)
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

/* --- what else parts lines --- */

enum { QUOTES_MAX = 20 }; /* bytes of quote marks that are written again and again */

/* The quote marks at the start, each with a blank behind it or without. */
static struct span quotes_of(struct span line)
{
	size_t n = 0, end = 0;

	for (; n < line.n && n < QUOTES_MAX && (line.p[n] == '>' || line.p[n] == ' '); n++)
		end = line.p[n] == '>' ? n + 1 : end;
	return span_sub(line, 0, end && end < line.n && line.p[end] == ' ' ? end + 1 : end);
}

/* Up to a separator, which goes; its code, 0 where the line ends. */
static uint32_t next_piece(struct span *rest, struct span *ret_piece)
{
	size_t i = 0, n = 0;
	uint32_t code;

	while (i < rest->n && !(n = utf8_separator_len(span_sub(*rest, i, SIZE_MAX))))
		i++;
	code = n ? utf8_code(span_sub(*rest, i, SIZE_MAX)) : 0;
	*ret_piece = span_sub(*rest, 0, i);
	*rest = span_sub(*rest, i + n, SIZE_MAX);
	return code;
}

static void put_line(struct span quotes, struct span words, struct buf *out)
{
	buf_add(out, words.n ? quotes : span_trim(quotes));
	buf_add(out, words);
	buf_addc(out, '\n');
}

/* Words that somebody quotes stay quoted, each line of them. */
static void part_line(struct span line, struct buf *out)
{
	struct span quotes = quotes_of(line), piece;
	uint32_t code, last = 0;

	line = span_sub(line, quotes.n, SIZE_MAX);
	do {
		code = next_piece(&line, &piece);
		if (piece.n || !utf8_parts_paragraphs(last))
			put_line(quotes, piece, out);
		if (utf8_parts_paragraphs(code) && piece.n)
			put_line(quotes, SPAN(""), out);
		last = code;
	} while (code && !out->full);
}

static void part_lines(struct span s, struct buf *out)
{
	struct span line;

	while (!out->full && span_line(&s, &line)) {
		if (utf8_has_separator(line)) {
			part_line(line, out);
			continue;
		}
		buf_add(out, line);
		buf_addc(out, '\n');
	}
}

/* --- all of it --- */

void plain_lines(struct span s, struct buf *out)
{
	struct buf lines BUF_AUTO;

	buf_init(&lines, LIMIT_DECODED);
	if (!utf8_has_separator(s)) {
		end_lines(s, out);
		return;
	}
	end_lines(s, &lines);
	part_lines(buf_span(&lines), out);
}

void plain_flowed(struct span s, bool delsp, struct buf *out)
{
	struct buf lines BUF_AUTO;

	buf_init(&lines, LIMIT_DECODED);
	if (!utf8_has_separator(s)) {
		unwrap(s, delsp, out);
		return;
	}
	unwrap(s, delsp, &lines);
	part_lines(buf_span(&lines), out);
}
