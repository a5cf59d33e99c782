/*
 * What the program of a mailing list (Mailman, ezmlm, Google Groups, Yahoo, LISTSERV, Sympa,
 * majordomo) puts below a mail: a long rule and, down to the end, nothing but the name of the list,
 * places of the network and what to do there.  The words are those of
 * parser/tables/reply_list_parts.h.
 */
#ifndef PARSER_REPLY_LIST_H
#define PARSER_REPLY_LIST_H

#include "parser/reply_lines.h"

/* Where the footer that ends the first `end` lines begins, with its rule; end: there is none. */
size_t reply_list_footer_find(const struct reply_lines *l, size_t end);

#endif
