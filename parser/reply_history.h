/*
 * Where earlier messages stand in an answer: below what introduces them (an attribution, a header
 * block, a divider, a line that asks to reply above it).
 */
#ifndef PARSER_REPLY_HISTORY_H
#define PARSER_REPLY_HISTORY_H

#include "parser/reply_lines.h"

/*
 * Looks for what stands above earlier messages.  When quoted lines follow, it becomes their
 * attribution, and they are judged later; else the earlier message reaches to the end and is left
 * out, unless answers stand inside it.
 */
void reply_history_cut(struct reply_lines *l);

#endif
