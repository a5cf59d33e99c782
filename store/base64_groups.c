#include "store/base64_groups.h"

#include "gatewayd/base/base64_block.h"

static int value_of(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '/')
		return c == '+' ? 62 : 63;
	return c == '\r' || c == '\n' || c == ' ' || c == '\t' ? BASE64_BLANK : BASE64_OTHER;
}

static const signed char *values(void)
{
	static signed char table[256];

	if (!table['B'])
		for (int c = 0; c < 256; c++)
			table[c] = (signed char)value_of((unsigned char)c);
	return table;
}

/* What decodes to at most `room` bytes, with the four more that a block stores. */
static const unsigned char *block_end(const unsigned char *p, const unsigned char *end, size_t room)
{
	size_t most = room < 4 ? 0 : (room - 4) / 3 * 4;

	return (size_t)(end - p) < most ? end : p + most;
}

int base64_value(unsigned char c)
{
	return values()[c];
}

size_t base64_groups(struct span *in, char *out, size_t room)
{
	const signed char *v = values();
	const unsigned char *p = (const unsigned char *)in->p, *end = p + in->n;
	size_t n = base64_blocks(&p, block_end(p, end, room), out);

	for (; end - p >= 4 && room - n >= 3; p += 4, n += 3) {
		int a = v[p[0]], b = v[p[1]], c = v[p[2]], d = v[p[3]];

		if ((a | b | c | d) < 0)
			break;
		out[n] = (char)(a << 2 | b >> 4);
		out[n + 1] = (char)(b << 4 | c >> 2);
		out[n + 2] = (char)(c << 6 | d);
	}
	*in = span_sub(*in, in->n - (size_t)(end - p), SIZE_MAX);
	return n;
}
