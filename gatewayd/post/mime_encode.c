#include "gatewayd/post/mime_encode.h"

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/eight.h"
#include "gatewayd/base/escape.h"
#include "gatewayd/base/sixteen.h"
#include "gatewayd/base/utf8.h"

enum {
	MIME_WORD_LEAST = 16, /* encoded bytes for which a word is begun on a line */
	MIME_PLAIN_WORD = 60, /* a longer plain word might not fit on a field's first line */
	MIME_PLAIN_NAME = 30, /* likewise a quoted name, in which all may need a backslash */
};

/* --- fields --- */

struct mime_line mime_line_begin(struct buf *out, const char *name)
{
	buf_adds(out, name);
	buf_addc(out, ':');
	return (struct mime_line){ .out = out, .column = strlen(name) + 1 };
}

void mime_line_word(struct mime_line *l, struct span word)
{
	if (l->begun && l->column + 1 + word.n > MIME_FOLD) {
		buf_adds(l->out, "\r\n");
		l->column = 0;
	}
	buf_addc(l->out, ' ');
	buf_add(l->out, word);
	l->column += 1 + word.n;
	l->begun = true;
}

void mime_line_end(struct mime_line *l)
{
	buf_adds(l->out, "\r\n");
}

/* RFC 2047 section 5 (3): what stands for itself in a Q word, wherever that word stands. */
static bool is_q_plain(unsigned char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || (c && strchr("!*+-/", (char)c));
}

static size_t q_len(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += is_q_plain((unsigned char)s.p[i]) || s.p[i] == ' ' ? 1 : 3;
	return n;
}

static void put_q(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == ' ')
			buf_addc(out, '_');
		else if (is_q_plain(c))
			buf_addc(out, (char)c);
		else
			buf_addf(out, "=%02X", c);
	}
}

/* How many bytes of text, whole characters, fit in `room` encoded ones. */
static size_t encoded_fit(struct span text, bool q, size_t room)
{
	size_t n = 0, next = utf8_len(text);

	while (next) {
		size_t len = q ? q_len(span_sub(text, 0, n + next)) : base64_size(n + next);

		if (len > room)
			break;
		n += next;
		next = utf8_len(span_sub(text, n, SIZE_MAX));
	}
	return n;
}

/*
 * Encoded words of whole characters (RFC 2047 section 5), in the encoding that is shorter for all
 * of the text, which is valid UTF-8.
 */
static void put_encoded_words(struct mime_line *l, struct span text)
{
	const char *open[] = { "=?UTF-8?B?", "=?UTF-8?Q?" };
	const size_t frame = strlen(open[0]) + 2;
	bool q = q_len(text) <= base64_size(text.n);

	while (text.n) {
		size_t room = MIME_WORD - frame, left = MIME_FOLD - 1 - frame, n;
		struct buf word BUF_AUTO;

		/* The rest of the first line, when it is worth the while. */
		if (l->column < left - MIME_WORD_LEAST && left - l->column < room)
			room = left - l->column;
		n = encoded_fit(text, q, room);
		buf_init(&word, MIME_WORD);
		buf_adds(&word, open[q]);
		if (q)
			put_q(span_sub(text, 0, n), &word);
		else
			base64_add(span_sub(text, 0, n), &word);
		buf_adds(&word, "?=");
		mime_line_word(l, buf_span(&word));
		text = span_sub(text, n, SIZE_MAX);
	}
}

/* ASCII that no reader takes for something else, and no word too long for a folded line. */
static bool is_plain_text(struct span s)
{
	size_t word = 0;

	for (size_t i = 0; i < s.n; i++) {
		word = s.p[i] == ' ' ? 0 : word + 1;
		if (s.p[i] < ' ' || s.p[i] > '~' || word > MIME_PLAIN_WORD)
			return false;
	}
	return span_find(s, SPAN("=?")) == SIZE_MAX;
}

void mime_line_text(struct mime_line *l, struct span text)
{
	struct buf line BUF_AUTO;
	struct span rest;

	buf_init(&line, text.n * 3);
	escape_line(text, &line);
	rest = buf_span(&line);
	if (!is_plain_text(rest)) {
		put_encoded_words(l, rest);
		return;
	}
	while (rest.n)
		mime_line_word(l, span_cut(&rest, ' '));
}

static bool is_atoms(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alpha((unsigned char)s.p[i]) &&
		    !ascii_is_digit((unsigned char)s.p[i]) && s.p[i] != ' ' && s.p[i] != '-')
			return false;
	return true;
}

static void put_quoted(struct mime_line *l, struct span s)
{
	struct buf word BUF_AUTO;

	buf_init(&word, s.n * 2 + 2);
	buf_addc(&word, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_addc(&word, '\\');
		buf_addc(&word, s.p[i]);
	}
	buf_addc(&word, '"');
	mime_line_word(l, buf_span(&word));
}

void mime_line_phrase(struct mime_line *l, struct span name)
{
	struct buf line BUF_AUTO;
	struct span rest;

	buf_init(&line, name.n * 3);
	escape_line(name, &line);
	rest = buf_span(&line);
	if (is_plain_text(rest) && is_atoms(rest)) {
		while (rest.n)
			mime_line_word(l, span_cut(&rest, ' '));
	} else if (is_plain_text(rest) && rest.n <= MIME_PLAIN_NAME) {
		put_quoted(l, rest);
	} else {
		put_encoded_words(l, rest);
	}
}

/* --- file names --- */

enum { FILENAME_SECTION = 54, FILENAME_BYTES = 255 };

/* RFC 2231 section 7: attribute-char. */
static bool is_attribute_char(unsigned char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || (c && strchr("!#$&+-.^_`{|}~", (char)c));
}

static bool is_simple_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_attribute_char((unsigned char)s.p[i]) && s.p[i] != ' ')
			return false;
	return s.n <= 50;
}

/* One line without controls; a path's parts become one name. */
static void clean_name(struct span filename, struct buf *out)
{
	escape_line(filename, out);
	for (size_t i = 0; i < out->n; i++)
		if (out->p[i] == '/' || out->p[i] == '\\')
			out->p[i] = '_';
}

/* RFC 2231 section 3 and 4: a name in sections, which may end inside a character. */
static void put_sections(struct span name, struct buf *out)
{
	size_t column = 0;
	int section = 0;

	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (column == 0)
			buf_addf(out, ";\r\n filename*%d*=%s", section, section ? "" : "UTF-8''");
		if (is_attribute_char(c))
			buf_addc(out, (char)c);
		else
			buf_addf(out, "%%%02X", c);
		column += is_attribute_char(c) ? 1 : 3;
		if (column > FILENAME_SECTION - 3) {
			column = 0;
			section++;
		}
	}
}

void mime_encode_filename(struct buf *out, struct span filename)
{
	struct buf name BUF_AUTO;
	struct span rest;

	buf_init(&name, 4 * FILENAME_BYTES);
	clean_name(filename, &name);
	rest = utf8_prefix(buf_span(&name), FILENAME_BYTES);
	if (is_simple_name(rest))
		buf_addf(out, ";\r\n filename=\"" SPAN_FMT "\"", SPAN_ARG(rest));
	else
		put_sections(rest, out);
}

/* --- bodies --- */

const char *mime_encoding_name(enum mime_encoding encoding)
{
	static const char *const names[] = { "7bit", "quoted-printable", "base64" };

	return names[encoding];
}

/* The bytes at the start that are " " to "~", `max` at most. */
static size_t printable(struct span s, size_t max)
{
	size_t n = 0, more = 8;

	s = span_sub(s, 0, max);
	for (; more == 8 && s.n - n >= 8; n += more)
		more = eight_before(eight_unprintable(eight_at(s.p + n)));
	while (more == 8 && n < s.n && s.p[n] >= ' ' && s.p[n] <= '~')
		n++;
	return n;
}

/*
 * 7bit only for what no system on the way changes, and in which no boundary of ours ("--=_") can
 * stand; the other two cannot hold "=_" at all.
 */
static bool is_7bit_line(struct span line)
{
	if (line.n > MIME_FOLD || span_starts(line, SPAN("From ")) || span_is(line, ".") ||
	    (line.n && ascii_is_space((unsigned char)line.p[line.n - 1])))
		return false;
	while (line.n) {
		line = span_sub(line, printable(line, SIZE_MAX), SIZE_MAX);
		if (line.n && *line.p != '\t')
			return false;
		line = span_sub(line, 1, SIZE_MAX);
	}
	return true;
}

static bool is_7bit(struct span text)
{
	struct span line;

	if (span_find(text, SPAN("=_")) != SIZE_MAX)
		return false;
	while (span_line(&text, &line))
		if (!is_7bit_line(line))
			return false;
	return true;
}

static size_t high_bytes(struct span s)
{
	size_t high = 0, i = 0;
	unsigned int bits;

	for (; s.n - i >= SIXTEEN; i += SIXTEEN)
		if ((bits = sixteen_bits(sixteen_at(s.p + i))) != 0)
			high += (size_t)__builtin_popcount(bits);
	for (; i < s.n; i++)
		high += (unsigned char)s.p[i] >> 7;
	return high;
}

enum mime_encoding mime_encoding_for(struct span text)
{
	size_t high = high_bytes(text);

	if (!high && is_7bit(text))
		return MIME_7BIT;
	return high * 3 > text.n ? MIME_BASE64 : MIME_QUOTED_PRINTABLE;
}

static void put_lines(struct span text, struct buf *out)
{
	struct span line;

	while (span_line(&text, &line)) {
		buf_add(out, line);
		buf_adds(out, "\r\n");
	}
}

/* RFC 2045 section 6.7, rules 2 and 3. */
static const bool qp_stands[256] = {
	['\t'] = true,
	[' ' ... '<'] = true,
	['>' ... '~'] = true,
};

/* At the start of a line some systems change a dot or "From ". */
static bool is_changed(struct span s)
{
	return s.p[0] == '.' || span_starts(s, SPAN("From "));
}

static void put_qp_byte(unsigned char c, char *to)
{
	static const char digits[] = "0123456789ABCDEF";

	to[0] = '=';
	to[1] = digits[c >> 4];
	to[2] = digits[c & 15];
}

static size_t standing(sixteen v)
{
	sixteen stands = sixteen_within(v, ' ', '~') & (sixteen)(v != '=');

	return sixteen_before(~(stands | (sixteen)(v == '\t')));
}

/* The first bytes, `most` of them, that stand for themselves; what is written is up to sixteen
 * more. As many bytes can be read as there are before `end`. */
static size_t put_qp_standing(const char *p, size_t most, const char *end, char *to)
{
	size_t n = 0, more = SIXTEEN, there = (size_t)(end - p);

	for (; more == SIXTEEN && n < most && there - n >= SIXTEEN; n += more) {
		sixteen v = sixteen_at(p + n);

		sixteen_put(to + n, v);
		more = standing(v);
	}
	for (; more == SIXTEEN && n < most && qp_stands[(unsigned char)p[n]]; n++)
		to[n] = p[n];
	return n < most ? n : most;
}

/* The bytes at the start that stand for themselves: as many as leave room for the "=" of a soft
 * line end, or all to the end of the line but a blank there. */
static size_t put_qp_plain(struct span rest, const char *end, size_t column, char *piece)
{
	size_t room = MIME_BODY - column, most = rest.n <= room ? rest.n : room - 1;

	if (rest.n <= room && (rest.p[rest.n - 1] == ' ' || rest.p[rest.n - 1] == '\t'))
		most--;
	return put_qp_standing(rest.p, most, end, piece + column);
}

/* RFC 2045 section 6.7; end: of what can be read. */
static void put_qp_line(struct span line, const char *end, struct buf *out)
{
	char piece[MIME_BODY + 2 + SIXTEEN]; /* a line that is made, and its end */
	size_t column = 0, plain;

	while (line.n) {
		bool changed = column == 0 && is_changed(line);

		plain = changed ? 0 : put_qp_plain(line, end, column, piece);
		column += plain;
		line = span_sub(line, plain, SIZE_MAX);
		if (line.n && column + 3 + (line.n > 1) > MIME_BODY) {
			memcpy(piece + column, "=\r\n", 3);
			buf_add(out, (struct span){ piece, column + 3 });
			column = 0;
		} else if (line.n) {
			put_qp_byte((unsigned char)line.p[0], piece + column);
			column += 3;
			line = span_sub(line, 1, SIZE_MAX);
		}
	}
	memcpy(piece + column, "\r\n", 2);
	buf_add(out, (struct span){ piece, column + 2 });
}

static void put_base64(struct span content, struct buf *out)
{
	const size_t line = MIME_BODY / 4 * 3;

	for (; content.n; content = span_sub(content, line, SIZE_MAX)) {
		base64_add(span_sub(content, 0, line), out);
		buf_adds(out, "\r\n");
	}
}

static void put_qp(struct span content, struct buf *out)
{
	const char *end = content.n ? content.p + content.n : NULL;
	struct span line;

	while (span_line(&content, &line))
		put_qp_line(line, end, out);
}

void mime_body(struct span content, enum mime_encoding encoding, struct buf *out)
{
	if (encoding == MIME_BASE64)
		put_base64(content, out);
	else if (encoding == MIME_7BIT)
		put_lines(content, out);
	else
		put_qp(content, out);
}
