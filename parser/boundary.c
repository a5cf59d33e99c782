#include "parser/boundary.h"

int boundary_match(const struct boundaries *open, struct span line, bool *ret_closing)
{
	line = span_sub(line, 2, SIZE_MAX);
	while (line.n && ascii_is_space((unsigned char)line.p[line.n - 1]))
		line.n--;
	for (int i = open->n - 1; i >= 0; i--) {
		struct span b = open->v[i].text;
		bool closing = line.n == b.n + 2 && line.p[b.n] == '-' && line.p[b.n + 1] == '-';

		if ((line.n == b.n || closing) && memcmp(line.p, b.p, b.n) == 0) {
			*ret_closing = closing;
			return i;
		}
	}
	return -1;
}
