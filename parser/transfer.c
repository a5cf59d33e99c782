#include "parser/transfer.h"

#include <endian.h>

#include "gatewayd/base/units.h"

enum {
	PIECE = 12 * KIB, /* of encoded bytes handled at a time; a multiple of 4 */
	SKIP = 64,	  /* base64: passed over */
	PAD = 65,	  /* base64: "=" */
};

static const struct {
	struct span name;
	enum transfer encoding;
} names[] = {
	{ SPAN_LITERAL("7bit"), TRANSFER_IDENTITY },
	{ SPAN_LITERAL("8bit"), TRANSFER_IDENTITY },
	{ SPAN_LITERAL("binary"), TRANSFER_IDENTITY },
	{ SPAN_LITERAL("7-bit"), TRANSFER_IDENTITY },
	{ SPAN_LITERAL("8-bit"), TRANSFER_IDENTITY },
	{ SPAN_LITERAL("none"), TRANSFER_IDENTITY },
	{ SPAN_LITERAL("base64"), TRANSFER_BASE64 },
	{ SPAN_LITERAL("base-64"), TRANSFER_BASE64 },
	{ SPAN_LITERAL("quoted-printable"), TRANSFER_QUOTED_PRINTABLE },
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
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 4648 section 4; P is the padding, _ what is passed over. */
#define _ SKIP
#define P PAD
/* clang-format off */
static const unsigned char base64_value[256] = {
	_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
	_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
	_, _, _, _, _, _, _, _, _, _, _, 62, _, _, _, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, _, _, _, P, _, _,
	_, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, _, _, _, _, _,
	_, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, _, _, _, _, _,
	_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
	_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
	_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
	_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
	_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
	_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
	_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
	_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
};
/* clang-format on */
#undef _
#undef P

struct base64 {
	uint32_t held;
	int count; /* characters in held, 0..3 */
	bool bad;
};

/* Whole quanta without anything to pass over, the bulk of every mail; writes a byte past the last.
 */
static size_t base64_fast(const unsigned char **in, const unsigned char *end, char *out)
{
	const unsigned char *p = *in;
	char *to = out;

	while (end - p >= 4) {
		uint32_t a = base64_value[p[0]], b = base64_value[p[1]], c = base64_value[p[2]],
			 d = base64_value[p[3]], v;

		if ((a | b | c | d) & 0xc0)
			break;
		v = htobe32(a << 26 | b << 20 | c << 14 | d << 8);
		memcpy(to, &v, sizeof(v));
		to += 3;
		p += 4;
	}
	*in = p;
	return (size_t)(to - out);
}

/* What a quantum that ends early holds: two characters one byte, three characters two. */
static size_t base64_flush(struct base64 *b, char *out)
{
	size_t n = 0;

	if (b->count >= 2)
		out[n++] = (char)(b->held >> (b->count == 2 ? 4 : 10));
	if (b->count == 3)
		out[n++] = (char)(b->held >> 2);
	if (b->count == 1)
		b->bad = true;
	b->count = 0;
	b->held = 0;
	return n;
}

/* Data may go on after padding: mails that were glued together do. */
static size_t base64_update(struct base64 *b, struct span s, char *out)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;
	char *to = out;

	while (p < end) {
		unsigned char v;

		if (b->count == 0)
			to += base64_fast(&p, end, to);
		if (p == end)
			break;
		v = base64_value[*p];
		if (v < 64) {
			b->held = b->held << 6 | v;
			if (++b->count == 4) {
				*to++ = (char)(b->held >> 16);
				*to++ = (char)(b->held >> 8);
				*to++ = (char)b->held;
				b->count = 0;
				b->held = 0;
			}
		} else if (v == PAD) {
			to += base64_flush(b, to);
		} else if (!ascii_is_space(*p)) {
			b->bad = true;
		}
		p++;
	}
	return (size_t)(to - out);
}

size_t base64_decode(struct span s, char *out, bool *ret_good)
{
	struct base64 b = { 0 };
	size_t n = base64_update(&b, s, out);

	if (b.count)
		n += base64_flush(&b, out + n);
	*ret_good = !b.bad;
	return n;
}

/* A line of whole quanta and nothing else. */
static bool is_base64_line(struct span line)
{
	size_t n = 0;

	line = span_trim(line);
	for (size_t i = 0; i < line.n; i++)
		n += base64_value[(unsigned char)line.p[i]] != SKIP;
	return n == line.n && n % 4 == 0;
}

/* The last character before rest, which is the end of s, is padding. */
static bool ends_in_padding(struct span s, struct span rest)
{
	const char *p = rest.p;

	while (p > s.p && ascii_is_space((unsigned char)p[-1]))
		p--;
	return p > s.p && p[-1] == '=';
}

/*
 * Up to the padding that ends the data.  Behind it data may go on, when mails were glued together,
 * but lists put their footers there too, which are none.
 */
static struct span without_footer(struct span s)
{
	const char *pad;
	struct span rest = s, line;

	while (rest.n && (pad = memchr(rest.p, '=', rest.n))) {
		rest = span_sub(rest, (size_t)(pad - rest.p), SIZE_MAX);
		do {
			while (rest.n &&
			       (rest.p[0] == '=' || ascii_is_space((unsigned char)rest.p[0])))
				rest = span_sub(rest, 1, SIZE_MAX);
			line = rest;
			if (rest.n && !is_base64_line(span_cut(&line, '\n')))
				return span_sub(s, 0, (size_t)(rest.p - s.p));
			/* A good line is not looked at twice, so padding inside it is taken as it
			 * is. */
			rest = line;
		} while (rest.n && ends_in_padding(s, rest));
	}
	return s;
}

static bool decode_base64(struct span all, const struct transfer_out *out)
{
	char piece[PIECE / 4 * 3 + 6];
	struct span s = without_footer(all);
	struct base64 b = { .bad = s.n < all.n };
	size_t n = 0;

	while (s.n) {
		struct span in = span_sub(s, 0, PIECE);

		n = base64_update(&b, in, piece);
		s = span_sub(s, in.n, SIZE_MAX);
		if (s.n == 0 && b.count)
			n += base64_flush(&b, piece + n);
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
		const char *at = memchr(s.p, '=', s.n);
		size_t plain = at ? (size_t)(at - s.p) : s.n;
		int high, low;

		memcpy(to + n, s.p, plain);
		n += plain;
		s = span_sub(s, plain, SIZE_MAX);
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
