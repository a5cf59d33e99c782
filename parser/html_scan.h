/*
 * HTML as a row of tags and text (the tokenizer of the HTML Standard, section 13.2.5, as far as
 * text needs it).
 *
 * Own, and not libxml2's: that one compares each attribute of a tag with all before it and walks
 * its whole stack of open elements at each end tag, so that a megabyte of either costs minutes.
 * This one looks at each byte a bounded number of times and keeps nothing but its place.
 *
 * Where the standard would swallow the rest of the document (a comment, quote or tag that never
 * ends) only the tag is lost.
 */
#ifndef PARSER_HTML_SCAN_H
#define PARSER_HTML_SCAN_H

#include "gatewayd/base/buf.h"

enum html_token {
	HTML_END,
	HTML_TEXT,  /* characters up to the next tag, entities still in it */
	HTML_START, /* a start tag, or one that closes itself */
	HTML_CLOSE, /* an end tag */
	HTML_OTHER, /* comment, doctype, processing instruction */
};

struct html_scan {
	struct span rest;
	struct span text;	/* of HTML_TEXT */
	struct span name;	/* of a tag, as it stands */
	struct span attributes; /* of HTML_START: what stands behind the name */
	/* Nothing of the sort follows any more, so do not look again: keeps the scan linear. */
	bool no_comment_end, no_quote_end[2];
};

enum html_token html_next(struct html_scan *s);

/* The next attribute of *attributes, its value without quotes (p == NULL: none); false at the end.
 */
bool html_attribute(struct span *attributes, struct span *ret_name, struct span *ret_value);

/* Skips what stands up to the end tag `name`; false, and stays where it is, when there is none. */
bool html_skip_to_close(struct html_scan *s, struct span name);

/*
 * The character reference at the start of s, which begins with "&": its length, 0 when it is none,
 * and its code point (HTML Standard, section 13.2.5.72).
 */
size_t html_entity(struct span s, uint32_t *ret_code);

/* Appends s, which is UTF-8, with its character references made characters. */
void html_decode(struct span s, struct buf *out);

#endif
