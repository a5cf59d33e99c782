/*
 * Outside text where it must not become syntax: one escaper for HTML, one for lines of text.
 */
#ifndef GATEWAYD_ESCAPE_H
#define GATEWAYD_ESCAPE_H

#include "gatewayd/base/buf.h"

/*
 * Also good between quotes in an attribute.  A line end becomes "<br>", which means the same inside
 * and outside of preformatted text; other controls but tab are left out, bidirectional overrides
 * too; invalid UTF-8 is marked as utf8_scrub() does.
 */
void escape_html(struct span s, struct buf *out);

/* Text of several lines: line ends as LF, the rest as above. */
void escape_text(struct span s, struct buf *out);

/* Text on one line: runs of white space and controls are one space, nothing at the ends. */
void escape_line(struct span s, struct buf *out);

/* Text on one line with every hidden character (utf8_is_hidden()) as "<U+200B>"; invalid UTF-8
 * becomes U+FFFD. */
void escape_visible(struct span s, struct buf *out);
/* The character as a JSON string may have it whatever it is: "\u202e"; beyond U+FFFF in two halves.
 */
void escape_json(uint32_t code, struct buf *out);

#endif
