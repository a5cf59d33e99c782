#include "gatewayd/mail/slip_codes.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/confusable.h"
#include "parser/html_scan.h"

enum {
	DECODINGS = 3, /* "&amp;#35;" */
	LINE_BYTES_MAX = 16 * 1024,
};

static int hex_of(char c)
{
	if (ascii_is_digit((unsigned char)c))
		return c - '0';
	c = (char)ascii_lower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "%23", "=23", "\x23", "\u0023": what stands there, in *ret_n how long it is; 0: none of these. */
static uint32_t escaped(struct span s, size_t *ret_n)
{
	size_t head = *s.p == '%' || *s.p == '=' ? 1 : 2, digits = 2;
	uint32_t code = 0;

	if (head == 2 && (*s.p != '\\' || s.n < 2 || !strchr("xu", s.p[1])))
		return 0;
	if (head == 2 && s.p[1] == 'u')
		digits = 4;
	if (s.n < head + digits)
		return 0;
	for (size_t i = head; i < head + digits; i++) {
		int hex = hex_of(s.p[i]);

		if (hex < 0)
			return 0;
		code = code << 4 | (uint32_t)hex;
	}
	*ret_n = head + digits;
	return code > ' ' && code != 0x7f && (code < 0x80 || digits == 4) ? code : 0;
}

static bool is_unseen(uint32_t c)
{
	if (c == 0x85 || c == 0x2028 || c == 0x2029)
		return false;
	return (c >= 0x80 && utf8_is_hidden(c)) || (c >= 0x300 && c <= 0x36f) ||
	       (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f) ||
	       (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff);
}

/* Behind the last one: escapes as what they stand for. */
static void add_codes(struct span s, struct slip_codes *c)
{
	while (s.n && c->n < SLIP_CODES_MAX) {
		size_t n = utf8_len(s);
		uint32_t code = escaped(s, &n);

		if (!code)
			code = n ? utf8_code(s) : 0xfffd;
		if (!is_unseen(code))
			c->v[c->n++] = code;
		s = span_sub(s, n ? n : 1, SIZE_MAX);
	}
}

void slip_codes_read(struct span line, struct slip_codes *ret)
{
	struct buf once BUF_AUTO, again BUF_AUTO;

	buf_init(&once, LINE_BYTES_MAX);
	buf_init(&again, LINE_BYTES_MAX);
	ret->n = 0;
	html_decode(utf8_prefix(line, LINE_BYTES_MAX), &once);
	for (int i = 1; i < DECODINGS; i++) {
		html_decode(buf_span(&once), &again);
		buf_clear(&once);
		buf_add(&once, buf_span(&again));
		buf_clear(&again);
	}
	add_codes(buf_span(&once), ret);
}

bool slip_is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == 0xa0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x202f || c == 0x205f;
}

/* Alphabets that are letters of ASCII in another dress: full width, circled, in boxes. */
static uint32_t undressed(uint32_t c)
{
	static const struct {
		uint32_t first, last;
		char letter;
	} runs[] = { { 0x249c, 0x24b5, 'a' },	{ 0x24b6, 0x24cf, 'a' },
		     { 0x24d0, 0x24e9, 'a' },	{ 0xff21, 0xff3a, 'a' },
		     { 0xff41, 0xff5a, 'a' },	{ 0x1f110, 0x1f129, 'a' },
		     { 0x1f130, 0x1f149, 'a' }, { 0x1f150, 0x1f169, 'a' },
		     { 0x1f170, 0x1f189, 'a' }, { 0x1f1e6, 0x1f1ff, 'a' } };

	if (c >= 0x1d400 && c <= 0x1d6a3) /* mathematical: bold, italic, ... of both cases */
		return 'a' + (c - 0x1d400) % 26;
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++)
		if (c >= runs[i].first && c <= runs[i].last)
			return (uint32_t)runs[i].letter + c - runs[i].first;
	return c;
}

uint32_t slip_small(uint32_t c)
{
	c = undressed(c);
	if ((c >= 0xc0 && c <= 0xde) || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40f)
		return c + 0x50;
	return c < 0x80 ? ascii_lower((unsigned char)c) : c;
}

char slip_letter(uint32_t c)
{
	c = slip_small(c);
	if (c < 0x80)
		return ascii_is_alpha((unsigned char)c) ? (char)c : '\0';
	return confusable_letter(c);
}
