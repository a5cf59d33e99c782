#include "parser/html_list.h"

#include <stdio.h>

void html_list_begin(struct html_lists *l, bool ordered, const struct html_attributes *a)
{
	if (l->n == HTML_LISTS_MAX)
		l->too_deep++;
	else
		l->next[l->n++] = ordered ? html_number(a->start, 1) : -1;
}

void html_list_end(struct html_lists *l)
{
	if (l->too_deep)
		l->too_deep--;
	else if (l->n)
		l->n--;
}

void html_list_item(struct html_lists *l, const struct html_attributes *a, struct html_out *o)
{
	int *next = l->n ? &l->next[l->n - 1] : NULL;

	if (!next || *next < 0) {
		snprintf(o->prefix, sizeof(o->prefix), "- ");
		return;
	}
	*next = html_number(a->value, *next);
	snprintf(o->prefix, sizeof(o->prefix), "%d. ", *next);
	++*next;
}
