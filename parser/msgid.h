/*
 * Message identifiers (RFC 5322 section 3.6.4): what stands between "<" and ">", or a word that has
 * none.
 */
#ifndef PARSER_MSGID_H
#define PARSER_MSGID_H

#include "parser/reading.h"

/* The first msg-id, without "<" and ">"; p == NULL when there is none. */
struct span msgid_first(struct span s, struct reading *r);
/* All of them; at most FACTS_REFERENCES_MAX (too-many-references). */
struct span *msgid_list(struct span s, struct reading *r, size_t *ret_count);

#endif
