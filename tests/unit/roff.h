/* Pages of the manual, for tests that compare them with tables. */
#ifndef TESTS_UNIT_ROFF_H
#define TESTS_UNIT_ROFF_H

#include "gatewayd/base/arena.h"

/* Lines of text are one, and blanks, as mandoc reads them; in the arena. */
static inline struct span roff_unwrapped(struct arena *a, struct span page)
{
	char *text = arena_alloc_n(a, page.n + 1, 1);
	bool request = false; /* this line is one */
	size_t n = 0;

	for (size_t i = 0; i < page.n; i++) {
		bool starts = i == 0 || page.p[i - 1] == '\n', ends = page.p[i] == '\n';
		char c = page.p[i];

		request = starts ? c == '.' : request;
		if (ends && !request && i + 1 < page.n && page.p[i + 1] != '.')
			c = ' ';
		if (c != ' ' || (n && text[n - 1] != ' '))
			text[n++] = c;
	}
	return (struct span){ text, n };
}

#endif
