#include "parser/boundary.h"

/* What follows the boundary on its line: blanks, perhaps after the two dashes that close. */
static bool is_tail(struct span s, bool *ret_closing)
{
	bool closing = s.n >= 2 && s.p[0] == '-' && s.p[1] == '-';

	s = span_sub(s, closing ? 2 : 0, SIZE_MAX);
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_space((unsigned char)s.p[i]))
			return false;
	*ret_closing = closing;
	return true;
}

int boundary_match(const struct boundaries *open, struct span line, bool *ret_closing)
{
	line = span_sub(line, 2, SIZE_MAX);
	for (int i = open->n - 1; i >= 0; i--) {
		struct span b = open->v[i].text;

		if (line.n >= b.n && memcmp(line.p, b.p, b.n) == 0 &&
		    is_tail(span_sub(line, b.n, SIZE_MAX), ret_closing))
			return i;
	}
	return -1;
}
