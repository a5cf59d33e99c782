/*
 * Outside text where it must not become syntax: one escaper for HTML, one for lines of text.
 */
#ifndef GATEWAYD_ESCAPE_H
#define GATEWAYD_ESCAPE_H

#include "gatewayd/base/buf.h"

/* Also good between quotes in an attribute.  Controls but tab and line feed are left out, a line
 * end becomes "<br>" and a line end; invalid UTF-8 is marked as utf8_scrub() does. */
void escape_html(struct span s, struct buf *out);

/* Text of several lines: line ends as LF, other controls left out, bidirectional overrides too. */
void escape_text(struct span s, struct buf *out);

/* Text on one line: runs of white space and controls are one space, nothing at the ends. */
void escape_line(struct span s, struct buf *out);

#endif
