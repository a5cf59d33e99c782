/*
 * Header text for people: RFC 2047 encoded words in all their broken forms, raw 8-bit bytes, folds.
 */
#ifndef PARSER_WORD_H
#define PARSER_WORD_H

#include "parser/reading.h"

/*
 * Decodes, makes runs of white space one space, trims; valid UTF-8 without control characters, at
 * most FACTS_FIELD_MAX bytes, in r->arena.  Never p == NULL.
 */
struct span word_text(struct span raw, struct reading *r);

/* What only programs read (addresses, ids): printable ASCII as it stands, all else like
 * word_text(). */
struct span word_scrub(struct span s, struct reading *r);

/* The length of the encoded word that s begins with, 0 when there is none. */
size_t word_length(struct span s);

#endif
