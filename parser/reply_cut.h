/*
 * From lines that are left out to the stretches of the text, and to the reply.
 */
#ifndef PARSER_REPLY_CUT_H
#define PARSER_REPLY_CUT_H

#include "parser/reply_lines.h"

/*
 * The stretches of the lines that are neither text nor blank, with blank lines that they would
 * leave doubled, and the text without them, trimmed; "" when nothing is left.
 */
void reply_cut_make(const struct reply_lines *l, struct arena *arena, struct reply *ret_reply);

#endif
