#include "parser/bounce_list.h"

enum { COMPARED_MAX = 64 }; /* recipients that a new one is compared with: the last ones */

static void fill(struct span *to, struct span from)
{
	if (!to->p)
		*to = from;
}

static struct facts_recipient *find(struct bounce_list *l, struct span address)
{
	size_t from = l->n > COMPARED_MAX ? l->n - COMPARED_MAX : 0;

	for (size_t i = from; i < l->n; i++)
		if (span_eq_ci(l->v[i].address, address))
			return &l->v[i];
	return NULL;
}

struct facts_recipient *bounce_list_add(struct bounce_list *l, const struct facts_recipient *r)
{
	struct facts_recipient *there = find(l, r->address);

	if (there) {
		fill(&there->action, r->action);
		fill(&there->status, r->status);
		fill(&there->diagnostic, r->diagnostic);
		return there;
	}
	if (l->n == FACTS_RECIPIENTS_MAX) {
		l->full = true;
		return NULL;
	}
	ARENA_GROW(l->arena, l->v, l->n);
	l->v[l->n] = *r;
	return &l->v[l->n++];
}
