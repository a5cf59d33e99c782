/*
 * What stands above an earlier message that is not quoted line by line: dividers, header blocks,
 * and the lines of ticket systems that ask to reply above them.  Tables: reply_dividers.h,
 * reply_fields.h, reply_above.h.
 */
#ifndef PARSER_REPLY_BLOCK_H
#define PARSER_REPLY_BLOCK_H

#include "parser/reply_lines.h"

/* "## Please type your reply above this line ##", quoted or not. */
bool reply_is_above_line(struct span line);

/* "-----Original Message-----", "Begin forwarded message:", a line of underscores ... */
bool reply_is_divider(const struct reply_lines *l, size_t i);

/* A run of header lines that begins at line i: the line behind it, or 0 when it is none. */
size_t reply_header_block(const struct reply_lines *l, size_t i);

/* Such a run within a quote, the quote marks taken off. */
bool reply_header_quoted(const struct reply_lines *l, size_t first);

/*
 * The header of Lotus Notes in two columns, which in text is "To", "cc" and "Subject" on lines of
 * their own below a name and a date: the line behind it, and where it begins, when line i is its
 * "To"; or 0.
 */
size_t reply_notes_block(const struct reply_lines *l, size_t i, size_t *ret_first);

/* A line of nothing but dashes, underscores, equals signs and the like. */
bool reply_is_rule(struct span line);

#endif
