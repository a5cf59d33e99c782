/*
 * Address lists (RFC 5322 section 3.4 and 4.4) and msg-ids, as people and programs really write
 * them.
 *
 * Groups are flattened.  One pass, no recursion: comments count their depth, what does not close is
 * taken as ordinary text.
 */
#ifndef PARSER_ADDRESS_H
#define PARSER_ADDRESS_H

#include "parser/reading.h"

/* Appends the mailboxes of s; at most FACTS_ADDRESSES_MAX in all (too-many-addresses). */
void address_list(struct span s, struct reading *r, struct facts_addresses *list);

/*
 * The same for a field that says who wrote or is answered.  Of two addresses that may be the one
 * nobody can say which it is: the mailbox has none (bad-address).
 */
void address_author(struct span s, struct reading *r, struct facts_addresses *list);

#endif
