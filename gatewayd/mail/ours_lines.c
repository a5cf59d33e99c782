#include "gatewayd/mail/ours_lines.h"

size_t ours_line_before(const struct ours_lines *l, size_t i)
{
	return l->v[i].before;
}

size_t ours_line_behind(const struct ours_lines *l, size_t i)
{
	return l->v[i].behind;
}

bool ours_is_fact(const struct ours_lines *l, const struct ours_line *line)
{
	return shown_has(l->index.internal, line->hash) && !shown_has(l->index.noted, line->hash);
}
