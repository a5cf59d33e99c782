/*
 * Lists and what stands before their items: "- ", or the number.
 */
#ifndef PARSER_HTML_LIST_H
#define PARSER_HTML_LIST_H

#include "parser/html_attributes.h"
#include "parser/html_out.h"

enum { HTML_LISTS_MAX = 32 }; /* inside each other; deeper ones are like the one they stand in */

struct html_lists {
	int next[HTML_LISTS_MAX]; /* number of the next item; -1: not numbered */
	size_t n, too_deep;
};

void html_list_begin(struct html_lists *l, bool ordered, const struct html_attributes *a);
void html_list_end(struct html_lists *l);
/* Sets the prefix of the next line. */
void html_list_item(struct html_lists *l, const struct html_attributes *a, struct html_out *o);

#endif
