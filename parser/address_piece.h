/*
 * The pieces of an address field (RFC 5322 section 3.2), and the texts made of them.
 *
 * Linear: a scan does not look again for the end of a quoted string or comment that has none.
 */
#ifndef PARSER_ADDRESS_PIECE_H
#define PARSER_ADDRESS_PIECE_H

#include "parser/reading.h"

struct address_scan {
	struct span s;
	size_t at;
	bool no_quote_end, no_comment_end; /* nothing of the sort closes from here on */
	bool author;			   /* two candidates are none */
	bool has_groups; /* a ";" stands somewhere, so that "name:" may begin a group */
};

/*
 * The length of what stands at the scan's place as one piece: quoted string, comment, literal,
 * encoded word, or one byte.
 */
size_t address_piece_length(struct address_scan *sc);

/* The "@" that parts the two halves; SIZE_MAX: none, or one half is empty. */
size_t address_at_sign(struct span s);

/* The address in s without comments and white space; "" when there is none.  May set bad-address.
 */
struct span address_spec(struct span s, struct reading *r);

/* The text of a display name, and of the inside of a comment. */
struct span address_phrase(struct span s, struct reading *r);
struct span address_comment(struct span s, struct reading *r);

#endif
