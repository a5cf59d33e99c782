/*
 * An attribution that is wrapped over lines: does the line above go with it, or is that line the
 * sender's own?
 */
#ifndef PARSER_REPLY_WRAPPED_H
#define PARSER_REPLY_WRAPPED_H

#include "parser/reply_fold.h"
#include "parser/reply_lines.h"

/* Which parts of an attribution some lines of it have. */
struct reply_parts {
	bool dated;   /* a day and a year */
	bool year;    /* a year at least */
	bool address; /* of the writer */
};
void reply_parts_find(struct span folded, struct reply_parts *ret_parts);

/* A line that ends a sentence is no part of an attribution that follows. */
bool reply_wrapped_may_go_on(struct span line);

/*
 * The line gives the lines below, which are an attribution without it, what they lack: the rest of
 * a date, or the address.  What lacks nothing begins there.
 */
bool reply_wrapped_adds(struct span line, const struct reply_parts *below);

/* "<ann@example.com> wrote:" goes with the name on the line above, if it is hers: the line where
 * the attribution that begins with line `first` begins. */
size_t reply_wrapped_name(const struct reply_lines *l, size_t floor, size_t first);

/* The line is what is left of an address that was broken off: "<", "> wrote:". */
bool reply_wrapped_is_broken(struct span line);

#endif
