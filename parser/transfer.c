#include "parser/transfer.h"

#include "gatewayd/base/units.h"
#include "parser/base64.h"

enum {
	PIECE = 12 * KIB, /* of encoded bytes handled at a time; a multiple of 4 */
};

static const struct {
	struct span name;
	enum transfer encoding;
} names[] = {
	{ SPAN_LITERAL("base64"), TRANSFER_BASE64 }, /* the usual ones first */
	{ SPAN_LITERAL("7bit"), TRANSFER_IDENTITY },
	{ SPAN_LITERAL("quoted-printable"), TRANSFER_QUOTED_PRINTABLE },
	{ SPAN_LITERAL("8bit"), TRANSFER_IDENTITY },
	{ SPAN_LITERAL("binary"), TRANSFER_IDENTITY },
	{ SPAN_LITERAL("7-bit"), TRANSFER_IDENTITY },
	{ SPAN_LITERAL("8-bit"), TRANSFER_IDENTITY },
	{ SPAN_LITERAL("none"), TRANSFER_IDENTITY },
	{ SPAN_LITERAL("base-64"), TRANSFER_BASE64 },
	{ SPAN_LITERAL("quotedprintable"), TRANSFER_QUOTED_PRINTABLE },
	{ SPAN_LITERAL("quoted"), TRANSFER_QUOTED_PRINTABLE },
	{ SPAN_LITERAL("x-uuencode"), TRANSFER_UUENCODE },
	{ SPAN_LITERAL("uuencode"), TRANSFER_UUENCODE },
	{ SPAN_LITERAL("x-uue"), TRANSFER_UUENCODE },
	{ SPAN_LITERAL("uue"), TRANSFER_UUENCODE },
};

static bool is_token_end(char c)
{
	return ascii_is_space((unsigned char)c) || c == ';' || c == '(' || c == ',' || c == '"' ||
	       c == '\'';
}

enum transfer transfer_find(struct span value)
{
	size_t n = 0;

	while (value.n && is_token_end(value.p[0]))
		value = span_sub(value, 1, SIZE_MAX);
	while (n < value.n && !is_token_end(value.p[n]))
		n++;
	value.n = n;
	if (n == 0)
		return TRANSFER_IDENTITY;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_eq_ci(value, names[i].name))
			return names[i].encoding;
	return TRANSFER_UNKNOWN;
}

int hex_digit(unsigned char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A line of whole quanta and nothing else. */
static bool is_base64_line(struct span line)
{
	size_t n = 0;

	line = span_trim(line);
	for (size_t i = 0; i < line.n; i++)
		n += base64_is_char((unsigned char)line.p[i]);
	return n == line.n && n % 4 == 0;
}

/*
 * Behind the padding that ends the data it may go on, when mails were glued together, but lists put
 * their footers there too, which are none: takes them off *s.  Else the bytes of *s in which
 * padding is taken as it is, so that no line is looked at twice: of its first, up to the padding
 * that it ends in.
 */
static size_t go_on(struct base64 *b, struct span *s)
{
	struct span rest = *s, line;

	while (rest.n && (rest.p[0] == '=' || ascii_is_space((unsigned char)rest.p[0])))
		rest = span_sub(rest, 1, SIZE_MAX);
	*s = rest;
	line = span_trim(span_cut(&rest, '\n'));
	if (!is_base64_line(line)) {
		b->bad = true;
		s->n = 0;
		return 0;
	}
	while (line.n && line.p[line.n - 1] == '=')
		line.n--;
	return line.n;
}

static bool decode_base64(struct span s, const struct transfer_out *out)
{
	char piece[BASE64_ROOM(PIECE)];
	struct base64 b = { .bad = false };
	size_t known = 0; /* bytes of s in which padding is taken as it is */

	while (s.n) {
		struct span in = span_sub(s, 0, known && known < PIECE ? known : PIECE);
		size_t taken = in.n, n = base64_update(&b, known == 0, &in, piece);

		s = span_sub(s, taken -= in.n, SIZE_MAX);
		if (known)
			known -= taken;
		else if (b.padded)
			known = go_on(&b, &s);
		if (s.n == 0)
			n += base64_end(&b, piece + n);
		if (n)
			out->write(out->ctx, (struct span){ piece, n });
	}
	return !b.bad;
}

/* The bytes that "=XX" and the like in s stand for; to has room for s.n.  "=" at the very end goes.
 */
static size_t quoted_bytes(struct span s, char *to, bool *bad)
{
	size_t n = 0;

	while (s.n) {
		int high, low;

		if (s.p[0] != '=') {
			const char *at = memchr(s.p, '=', s.n);
			size_t plain = at ? (size_t)(at - s.p) : s.n;

			memcpy(to + n, s.p, plain);
			n += plain;
			s = span_sub(s, plain, SIZE_MAX);
			continue;
		}
		if (s.n < 2)
			break;
		high = hex_digit((unsigned char)s.p[1]);
		low = s.n > 2 ? hex_digit((unsigned char)s.p[2]) : -1;
		if (high >= 0 && low >= 0) {
			to[n++] = (char)(high << 4 | low);
			s = span_sub(s, 3, SIZE_MAX);
		} else {
			*bad = true;
			to[n++] = '=';
			s = span_sub(s, 1, SIZE_MAX);
		}
	}
	return n;
}

/*
 * One line with its line end.  Blanks before the line end were added on the way (RFC 2045 section
 * 6.7 rule 3); "=" before it joins the lines.
 */
static size_t quoted_line(struct span line, char *to, bool *bad)
{
	struct span end;
	size_t n = line.n;

	if (n && line.p[n - 1] == '\n')
		n -= n > 1 && line.p[n - 2] == '\r' ? 2 : 1;
	end = span_sub(line, n, SIZE_MAX);
	while (n && (line.p[n - 1] == ' ' || line.p[n - 1] == '\t' || line.p[n - 1] == '\r'))
		n--;
	line.n = n;
	n = quoted_bytes(line, to, bad);
	if (line.n == 0 || line.p[line.n - 1] != '=') {
		memcpy(to + n, end.p, end.n);
		n += end.n;
	}
	return n;
}

/* The front of a line that is too long to be held; no "=XX" is cut. */
static struct span long_line_front(struct span line)
{
	size_t n = PIECE / 2;

	while (n > PIECE / 4 && (line.p[n - 1] == '=' || line.p[n - 2] == '='))
		n--;
	return span_sub(line, 0, n);
}

static bool decode_quoted(struct span s, const struct transfer_out *out)
{
	char piece[PIECE];
	size_t n = 0;
	bool bad = false;

	while (s.n) {
		/* Not farther than a line may reach: a long one would be searched for each piece.
		 */
		const char *lf = memchr(s.p, '\n', s.n < PIECE / 2 + 1 ? s.n : PIECE / 2 + 1);
		struct span line = span_sub(s, 0, lf ? (size_t)(lf - s.p) + 1 : s.n);
		bool is_long = line.n > PIECE / 2;

		if (is_long)
			line = long_line_front(line);
		if (line.n > sizeof(piece) - n) {
			out->write(out->ctx, (struct span){ piece, n });
			n = 0;
		}
		n += is_long ? quoted_bytes(line, piece + n, &bad)
			     : quoted_line(line, piece + n, &bad);
		s = span_sub(s, line.n, SIZE_MAX);
	}
	if (n)
		out->write(out->ctx, (struct span){ piece, n });
	return !bad;
}

/* Gathers the many small writes of uuencode. */
struct gather {
	const struct transfer_out *out;
	size_t n;
	char bytes[PIECE];
};

static void gather_write(void *ctx, struct span s)
{
	struct gather *g = ctx;

	if (s.n > sizeof(g->bytes) - g->n) {
		if (g->n)
			g->out->write(g->out->ctx, (struct span){ g->bytes, g->n });
		g->n = 0;
		if (s.n > sizeof(g->bytes)) {
			g->out->write(g->out->ctx, s);
			return;
		}
	}
	memcpy(g->bytes + g->n, s.p, s.n);
	g->n += s.n;
}

size_t uuencode_line(struct span line, char *out, bool *ret_good)
{
	unsigned int v[4];
	size_t want, n = 0;

	*ret_good = true;
	if (line.n == 0)
		return 0;
	want = (size_t)((unsigned char)(line.p[0] - ' ') & 63);
	line = span_sub(line, 1, SIZE_MAX);
	while (n < want) {
		for (size_t i = 0; i < 4; i++)
			v[i] = i < line.n ? (unsigned int)(unsigned char)(line.p[i] - ' ') & 63 : 0;
		if (line.n < 2)
			*ret_good = false;
		if (n < want)
			out[n++] = (char)(v[0] << 2 | v[1] >> 4);
		if (n < want)
			out[n++] = (char)(v[1] << 4 | v[2] >> 2);
		if (n < want)
			out[n++] = (char)(v[2] << 6 | v[3]);
		line = span_sub(line, 4, SIZE_MAX);
	}
	return n;
}

/*
 * Lines between "begin" and "end" when there is a begin, else all.  A line whose trailing blanks
 * were lost is filled up with zeros, but all in all no more comes out than went in: "_" alone on a
 * line would make 63 bytes of two.
 */
static bool decode_uuencode(struct span s, const struct transfer_out *out)
{
	size_t left = s.n;
	size_t begin = span_starts(s, SPAN("begin ")) ? 0 : span_find(s, SPAN("\nbegin "));
	struct span line;
	bool good = true, line_good;
	char bytes[64];

	if (begin != SIZE_MAX) {
		s = span_sub(s, begin ? begin + 1 : 0, SIZE_MAX);
		span_line(&s, &line);
	}
	while (span_line(&s, &line) && !span_is(span_trim(line), "end")) {
		size_t n = uuencode_line(line, bytes, &line_good);

		good &= line_good && n <= left;
		n = n < left ? n : left;
		left -= n;
		if (n)
			out->write(out->ctx, (struct span){ bytes, n });
	}
	return good;
}

bool transfer_decode(enum transfer encoding, struct span s, const struct transfer_out *out)
{
	struct gather g;
	struct transfer_out gathered = { gather_write, &g };
	bool good;

	if (encoding == TRANSFER_BASE64)
		return decode_base64(s, out);
	if (encoding == TRANSFER_QUOTED_PRINTABLE)
		return decode_quoted(s, out);
	if (encoding != TRANSFER_UUENCODE) {
		if (s.n)
			out->write(out->ctx, s);
		return encoding != TRANSFER_UNKNOWN;
	}
	g.out = out;
	g.n = 0;
	good = decode_uuencode(s, &gathered);
	if (g.n)
		out->write(out->ctx, (struct span){ g.bytes, g.n });
	return good;
}
