/*
 * The header that clients put above an earlier message: "From: ... Sent: ... To: ... Subject: ...",
 * in any language (reply_field.h).
 */
#ifndef PARSER_REPLY_BLOCK_H
#define PARSER_REPLY_BLOCK_H

#include "parser/reply_lines.h"

/*
 * A run of header lines that begins at line i and is one of an earlier mail of this thread: the
 * line behind it, or 0.  It needs an address or a date that only mail has; a header with lines of
 * transport, or one that the line above announces and that does not fit the thread, is something
 * the sender shows.
 */
size_t reply_header_block(const struct reply_lines *l, size_t i);

/* The same in the rows of a table, "| From | Ann <ann@example.com> |", below a divider. */
size_t reply_header_rows(const struct reply_lines *l, size_t i);

/* Such a run within a quote, the quote marks taken off. */
bool reply_header_quoted(const struct reply_lines *l, size_t first);

/*
 * The header of Lotus Notes in two columns, which in text is "To", "cc" and "Subject" on lines of
 * their own below a name and a date: the line behind it, and where it begins, when line i is its
 * "To"; or 0.
 */
size_t reply_notes_block(const struct reply_lines *l, size_t i, size_t *ret_first);

#endif
