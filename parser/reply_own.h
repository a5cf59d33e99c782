/*
 * Words of the sender below a mail that she shows.
 *
 * A header block in an answer is that of the mail that is answered, and all below it is history;
 * people paste others, too, announce them with a colon and ask below.
 */
#ifndef PARSER_REPLY_OWN_H
#define PARSER_REPLY_OWN_H

#include "parser/reply_lines.h"

enum reply_own {
	REPLY_OWN_NONE,
	REPLY_OWN_LIKELY, /* the last words are a sentence, with a name below it perhaps */
	REPLY_OWN_SURE,	  /* the sender's name stands below, or the end is marked as the begin */
};

/*
 * Of the lines below `from`; frame is the line that parts the mail off above (reply_own_frame), or
 * l->n.  None where another mail begins in them, and in more than a short mail has.
 */
enum reply_own reply_own_below(const struct reply_lines *l, size_t from, size_t frame);

/* A rule, with a few words in it perhaps: "---- Begin ----". */
bool reply_own_frame(struct span line);

/* Line i, which is text, says that something follows: it ends in a colon, in ":-" or in an arrow.
 */
bool reply_own_announces(const struct reply_lines *l, size_t i);

#endif
