/*
 * Answers that are written inside the earlier mail, without quote marks to tell them from it: in a
 * colour, behind the writer's name, or where the words above say that they stand there.  Table:
 * reply_inside.h.
 */
#ifndef PARSER_REPLY_INSIDE_H
#define PARSER_REPLY_INSIDE_H

#include "parser/reply_lines.h"

/*
 * Does the earlier mail in lines [first, end) hold answers?  The sender's own words stand above
 * line `own`.  quoted: its lines have quote marks, so that "see below" says nothing.
 */
bool reply_answers_inside(const struct reply_lines *l, size_t own, size_t first, size_t end,
			  bool quoted);

#endif
