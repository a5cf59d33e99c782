/*
 * The containers that clients mark in their HTML, while they are open: what they say becomes hints.
 */
#ifndef PARSER_HTML_MARKS_H
#define PARSER_HTML_MARKS_H

#include "parser/html.h"
#include "parser/html_attributes.h"

enum { HTML_OPEN_MARKS_MAX = 32 }; /* inside each other */

struct html_mark {
	char element[HTML_NAME_MAX];
	size_t inside; /* open elements of the same name in it */
	size_t hint;   /* index */
};

struct html_marks {
	struct html_hints *hints;
	struct html_mark v[HTML_OPEN_MARKS_MAX];
	size_t n;
};

/* `at`: where the text has come to. */
void html_mark_begin(struct html_marks *h, const char *name, enum reply_hint_kind kind, size_t at);
/* Ends all but the outer `keep`. */
void html_marks_close(struct html_marks *h, size_t keep, size_t at);
/* An element opens or closes: the innermost mark on one of that name counts it, or ends. */
void html_marks_see(struct html_marks *h, const char *name, bool opens, size_t at);

#endif
