#include "gatewayd/base/base64_measure.h"

#include "gatewayd/base/base64_block.h"

static bool is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_character(unsigned char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || c == '+' || c == '/';
}

/* Takes the padding off, with what stands behind it. */
static size_t take_padding(struct span *s)
{
	size_t n = 0;

	while (s->n && (s->p[s->n - 1] == '=' || is_blank((unsigned char)s->p[s->n - 1])))
		n += s->p[--s->n] == '=';
	return n;
}

/* The characters of the alphabet; false: there are others than blanks, too. */
static bool count(struct span s, size_t *ret_n)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;
	size_t n = base64_count_blocks(&p, end);

	for (; p < end; p++) {
		if (is_character(*p))
			n++;
		else if (!is_blank(*p))
			return false;
	}
	*ret_n = n;
	return true;
}

bool base64_measure(struct span s, size_t *ret_size)
{
	size_t padding = take_padding(&s), n;

	if (padding > 2 || !count(s, &n) || (n + padding) % 4 != 0)
		return false;
	*ret_size = (n + padding) / 4 * 3 - padding;
	return true;
}
