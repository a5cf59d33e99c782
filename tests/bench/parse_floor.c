#include "tests/bench/parse_others.h"

#include <stdlib.h>

enum encoding { PLAIN, BASE64, QUOTED };

static signed char base64_value[256], hex_value[256];

static void make_tables(void)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	memset(base64_value, -1, sizeof(base64_value));
	memset(hex_value, -1, sizeof(hex_value));
	for (int i = 0; i < 64; i++)
		base64_value[(unsigned char)alphabet[i]] = (signed char)i;
	for (int i = 0; i < 16; i++)
		hex_value[(unsigned char)"0123456789ABCDEF"[i]] = (signed char)i;
}

static size_t base64_line(const char *p, size_t n, char *out)
{
	char *start = out;

	for (; n >= 4; p += 4, n -= 4) {
		const unsigned char *u = (const unsigned char *)p;
		int v = base64_value[u[0]] << 18 | base64_value[u[1]] << 12 |
			base64_value[u[2]] << 6 | base64_value[u[3]];

		*out++ = (char)(v >> 16);
		*out++ = (char)(v >> 8);
		*out++ = (char)v;
	}
	return (size_t)(out - start);
}

static size_t quoted_line(const char *p, size_t n, char *out)
{
	char *start = out;

	for (size_t i = 0; i < n; i++)
		if (p[i] == '=' && i + 2 < n) {
			*out++ = (char)(hex_value[(unsigned char)p[i + 1]] << 4 |
					hex_value[(unsigned char)p[i + 2]]);
			i += 2;
		} else if (p[i] != '=') {
			*out++ = p[i];
		}
	return (size_t)(out - start);
}

static enum encoding encoding_of(struct span line, enum encoding now)
{
	static const struct span name = SPAN_LITERAL("Content-Transfer-Encoding:");

	if (!span_starts_ci(line, name))
		return now;
	line = span_trim(span_sub(line, name.n, SIZE_MAX));
	return span_starts_ci(line, SPAN("base64"))   ? BASE64
	       : span_starts_ci(line, SPAN("quoted")) ? QUOTED
						      : PLAIN;
}

size_t floor_read(struct span mail)
{
	static char *out;
	static size_t room;
	enum encoding encoding = PLAIN;
	bool in_header = true;
	struct span line;
	size_t n = 0;

	if (!out)
		make_tables();
	if (room < mail.n + 1 && !(out = realloc(out, room = mail.n + 1)))
		abort();
	while (span_line(&mail, &line)) {
		if (line.n > 2 && line.p[0] == '-' && line.p[1] == '-') {
			in_header = true;
			encoding = PLAIN;
		} else if (in_header && line.n) {
			if ((line.p[0] | 32) == 'c')
				encoding = encoding_of(line, encoding);
		} else if (in_header) {
			in_header = false;
		} else if (encoding == BASE64) {
			n += base64_line(line.p, line.n, out + n);
		} else if (encoding == QUOTED) {
			n += quoted_line(line.p, line.n, out + n);
		} else {
			memcpy(out + n, line.p, line.n);
			n += line.n;
		}
	}
	return n;
}
