/*
 * Whether a version of the text says anything: a plain version that is blank is none beside the
 * HTML.
 */
#ifndef PARSER_BODY_WORDS_H
#define PARSER_BODY_WORDS_H

#include "parser/mime.h"

/* Something to read in a plain or HTML part: what is no white space, mark or entity of HTML. */
bool body_has_words(const struct part *p, struct reading *r);

/* The first bytes of the part with the transfer encoding undone; valid until r->bytes changes. */
struct span body_front(const struct part *p, size_t max, struct reading *r);

/* Nothing but white space, of any kind, and characters that nobody sees. */
bool body_is_blank(struct span utf8);

#endif
