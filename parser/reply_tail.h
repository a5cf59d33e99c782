/*
 * What stands at the end of a mail and is none of the message: signatures behind a delimiter,
 * footers of programs, and in an answer quoted lines.
 */
#ifndef PARSER_REPLY_TAIL_H
#define PARSER_REPLY_TAIL_H

#include "parser/reply_lines.h"

/*
 * Leaves out what ends the lines: blank lines, footers, signatures, quoted lines with their
 * attribution, and rules that parted such things off.  The number of lines above.
 */
size_t reply_tail_cut(struct reply_lines *l);

#endif
