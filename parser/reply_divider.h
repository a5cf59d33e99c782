/*
 * Lines that part an earlier message from what stands above it, and the lines of ticket systems
 * that ask to reply above them.  Tables: reply_dividers.h, reply_above.h.
 */
#ifndef PARSER_REPLY_DIVIDER_H
#define PARSER_REPLY_DIVIDER_H

#include "parser/reply_lines.h"

enum reply_divider {
	REPLY_DIVIDER_NONE,
	REPLY_DIVIDER_LOOSE,	     /* one only above a header block, an attribution or a quote */
	REPLY_DIVIDER_LOOSE_FORWARD, /* likewise: "Begin forwarded message:" */
	REPLY_DIVIDER_MESSAGE,	     /* "-----Original Message-----" */
	REPLY_DIVIDER_FORWARD,	     /* "---------- Forwarded message ---------" */
	REPLY_DIVIDER_ATTRIBUTION, /* "---- On Mon, 5 Feb 2018 Ann <ann@example.com> wrote ----" */
};
enum reply_divider reply_divider_find(const struct reply_lines *l, size_t i);

/* "Message du 02/11/26 10:00": the words of a divider with a date or an address behind them. */
bool reply_divider_names(struct span line);

/* "## Please type your reply above this line ##", quoted or not. */
bool reply_is_above_line(struct span line);

/* A line of nothing but dashes, underscores, equals signs and the like. */
bool reply_is_rule(struct span line);

#endif
