/*
 * Plain text as it is read: line ends LF, format=flowed unwrapped (RFC 3676).
 *
 * What else parts lines (utf8_is_separator()) becomes an LF, and an empty line where it parts
 * paragraphs.  What a line in quote marks comes to has the marks on each line.
 */
#ifndef PARSER_PLAIN_H
#define PARSER_PLAIN_H

#include "gatewayd/base/buf.h"

/* Appends utf8 with CRLF, LF and bare CR as LF. */
void plain_lines(struct span utf8, struct buf *out);

/* Appends it unwrapped; delsp: the blank at the end of a flowed line goes (DelSp=yes). */
void plain_flowed(struct span utf8, bool delsp, struct buf *out);

#endif
