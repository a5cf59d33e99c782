#include "gatewayd/identity/encoded.h"

enum { CHARSET_MAX = 64 };

static int hex_value(char c)
{
	if (ascii_is_digit((unsigned char)c))
		return c - '0';
	c = (char)ascii_lower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_quoted(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		int high = s.p[i] == '=' && s.n - i > 2 ? hex_value(s.p[i + 1]) : -1;
		int low = high >= 0 ? hex_value(s.p[i + 2]) : -1;

		char c = s.p[i];

		if (low >= 0) {
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '_') {
			c = ' ';
		}
		buf_addc(out, c);
	}
}

static void put_base64(struct span s, struct buf *out)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned int bits = 0, n = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *digit = memchr(digits, s.p[i], sizeof(digits) - 1);

		if (!digit)
			continue;
		bits = (bits << 6 | (unsigned int)(digit - digits)) & 0xffffff;
		n += 6;
		if (n < 8)
			continue;
		n -= 8;
		buf_addc(out, (char)(bits >> n & 0xff));
	}
}

/* "=?charset?q?text?=" at the start of s: its length and its text; 0 when there is none. */
static size_t read_word(struct span s, char *ret_how, struct span *ret_text)
{
	size_t n = 2, end;

	if (!span_starts(s, SPAN("=?")))
		return 0;
	while (n < s.n && n < CHARSET_MAX && s.p[n] != '?')
		n++;
	if (s.n - n < 4 || s.p[n] != '?' || s.p[n + 2] != '?' || !strchr("qQbB", s.p[n + 1]))
		return 0;
	end = span_find(span_sub(s, n + 3, SIZE_MAX), SPAN("?="));
	if (end == SIZE_MAX || s.p[n + 1] == '\0')
		return 0;
	*ret_how = (char)ascii_lower((unsigned char)s.p[n + 1]);
	*ret_text = span_sub(s, n + 3, end);
	return n + 3 + end + 2;
}

bool encoded_to_bytes(struct span s, struct buf *out)
{
	bool any = false;

	while (s.n) {
		struct span text;
		char how;
		size_t n = read_word(s, &how, &text);

		any |= n != 0;
		if (n == 0)
			buf_addc(out, s.p[0]);
		else if (how == 'q')
			put_quoted(text, out);
		else
			put_base64(text, out);
		s = span_sub(s, n ? n : 1, SIZE_MAX);
	}
	return any;
}
