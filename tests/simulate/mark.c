#include "tests/simulate/mark.h"

#include <string.h>

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* "zs12zz" at the beginning of that -> 's', 12, and where it ends; 0: something else stands there.
 */
static size_t mark_at(struct span s, char *ret_kind, int *ret_number)
{
	int n = 0;
	size_t i = 2;

	while (i < s.n && i < 6 && s.p[i] >= '0' && s.p[i] <= '9')
		n = n * 10 + s.p[i++] - '0';
	if (i == 2 || !memchr("csifk", s.p[1], 5) ||
	    !span_starts_ci(span_sub(s, i, SIZE_MAX), SPAN("zz")))
		return 0;
	*ret_kind = s.p[1];
	*ret_number = n < MARKS_MAX ? n : 0;
	return i + 2;
}

bool mark_next(struct span *rest, char *ret_kind, int *ret_number)
{
	struct span text = *rest;
	size_t at = 0, found;

	while ((found = span_find(span_sub(text, at, SIZE_MAX), SPAN("z"))) != SIZE_MAX) {
		size_t from = at + found,
		       n = mark_at(span_sub(text, from, SIZE_MAX), ret_kind, ret_number);

		at = from + (n ? n : 1);
		*rest = span_sub(text, at, SIZE_MAX);
		if (n && (from == 0 || !is_letter(text.p[from - 1])) &&
		    (at == text.n || !is_letter(text.p[at])))
			return true;
	}
	return false;
}
