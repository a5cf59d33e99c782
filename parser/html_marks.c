#include "parser/html_marks.h"

#include <string.h>

void html_mark_begin(struct html_marks *h, const char *name, enum reply_hint_kind kind, size_t at)
{
	struct html_hints *hints = h->hints;
	struct html_mark *m = &h->v[h->n];

	if (hints->n == (kind == REPLY_HINT_COLOUR ? LIMIT_REPLY_HINTS / 2 : LIMIT_REPLY_HINTS) ||
	    h->n == HTML_OPEN_MARKS_MAX)
		return;
	memcpy(m->element, name, HTML_NAME_MAX);
	m->inside = 0;
	m->hint = hints->n;
	h->n++;
	hints->v[hints->n++] = (struct reply_hint){ at, SIZE_MAX, kind };
}

void html_marks_close(struct html_marks *h, size_t keep, size_t at)
{
	while (h->n > keep)
		h->hints->v[h->v[--h->n].hint].to = at;
}

/* An element opens or closes: the innermost mark on one of that name counts it, or ends. */
void html_marks_see(struct html_marks *h, const char *name, bool opens, size_t at)
{
	for (size_t i = h->n; i-- > 0;) {
		struct html_mark *m = &h->v[i];

		if (strcmp(m->element, name) != 0)
			continue;
		if (opens)
			m->inside++;
		else if (m->inside)
			m->inside--;
		else
			html_marks_close(h, i, at);
		return;
	}
}
