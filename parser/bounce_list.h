/*
 * The recipients of a report while it is read: each address once, at most FACTS_RECIPIENTS_MAX.
 */
#ifndef PARSER_BOUNCE_LIST_H
#define PARSER_BOUNCE_LIST_H

#include "parser/facts.h"

struct bounce_list {
	struct arena *arena;
	struct facts_recipient *v;
	size_t n;
	bool full; /* something was left out */
};

/*
 * Adds a recipient; one that is there already gets the values it lacks.  NULL when the list is
 * full.  The spans are kept, not copied.
 */
struct facts_recipient *bounce_list_add(struct bounce_list *l, const struct facts_recipient *r);

#endif
