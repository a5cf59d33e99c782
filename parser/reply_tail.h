/*
 * What stands at the end of a mail and is none of the message: signatures behind a delimiter,
 * footers of programs. Table: reply_footers.h.
 */
#ifndef PARSER_REPLY_TAIL_H
#define PARSER_REPLY_TAIL_H

#include "parser/reply_lines.h"

/*
 * The end of lines [first, end) without blank lines, rules, quoted lines with their attribution,
 * signatures and footers; never less than first.
 */
size_t reply_tail_cut(const struct reply_lines *l, size_t first, size_t end);

/* "Sent from my iPhone" */
bool reply_is_footer(struct span line);

#endif
