/*
 * The attributes of a tag that shape the text, and what its style says.
 */
#ifndef PARSER_HTML_ATTRIBUTES_H
#define PARSER_HTML_ATTRIBUTES_H

#include "parser/reply_markers.h"

enum {
	HTML_NAME_MAX =
	    32, /* of an element or attribute that can mean something here, with a NUL */
};

/* What an element's own style does to the words in it: bits. */
enum html_style {
	HTML_STYLE_HIDDEN = 1,	   /* with all that is in it */
	HTML_STYLE_MSO_HIDDEN = 2, /* Outlook shows it not */
	HTML_STYLE_NO_SIZE = 4,	   /* words of size nought; an element inside may have another */
	HTML_STYLE_SIZE = 8,	   /* such another */
	HTML_STYLE_STRUCK = 16,
	HTML_STYLE_PRE = 32,
};

/* Values without quotes, entities in them; p == NULL: not there. */
struct html_attributes {
	struct span href, alt, width, height, start, value, colspan, border, role, style, class;
	bool is_hidden;
	/* All, as reply_marker_find() takes them. */
	const char *v[2 * REPLY_MARKER_ATTRIBUTES_MAX + 1];
	char names[REPLY_MARKER_ATTRIBUTES_MAX][HTML_NAME_MAX];
	char values[REPLY_MARKER_ATTRIBUTES_MAX][REPLY_MARKER_VALUE_MAX];
};

/* In lower case; "" when it is longer than any that means something. */
void html_lower_name(struct span s, char out[HTML_NAME_MAX]);

void html_attributes_read(struct span s, struct html_attributes *ret);

/* The bits of its style. */
unsigned int html_style_read(struct span style);

/* The number at the start, after blanks; `otherwise` when there is none. */
int html_number(struct span s, int otherwise);

#endif
