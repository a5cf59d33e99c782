/*
 * Attribution lines: "On 3 May 2019 at 10:00, Ann <ann@example.com> wrote:" in any language, also
 * wrapped.
 *
 * Known by the tables reply_openers.h, reply_verbs.h and reply_quoting.h together with a date or an
 * address.
 */
#ifndef PARSER_REPLY_ATTRIBUTION_H
#define PARSER_REPLY_ATTRIBUTION_H

#include "parser/reply_lines.h"

enum reply_attribution {
	REPLY_ATTRIBUTION_NONE,
	REPLY_ATTRIBUTION_WEAK,	  /* it is one if a quoted line follows */
	REPLY_ATTRIBUTION_STRONG, /* it is one whatever follows */
	REPLY_ATTRIBUTION_SURE,	  /* and begins as a program's line does: "On Mon, 5 ..." */
};

/*
 * Is line `last`, which ends in a colon, the end of an attribution?  It may begin up to
 * REPLY_WRAP_MAX - 1 lines above, but not above `floor`; ret_first is set when it is one.
 */
enum reply_attribution reply_attribution_find(const struct reply_lines *l, size_t floor,
					      size_t last, size_t *ret_first);

/*
 * The same when the attribution begins within a line, behind the sender's own words: the offset in
 * the text where it begins, and the line; or 0.
 */
size_t reply_attribution_split(struct reply_lines *l, size_t floor, size_t last, size_t *ret_first);

/* The same for quoted lines, of an attribution that stands inside the quote ("> On ... wrote:"):
 * the line behind it, or 0. */
size_t reply_attribution_quoted(const struct reply_lines *l, size_t first);

/* A word of writing stands in the text, at the end or before a name or date. */
bool reply_attribution_has_verb(struct span folded);

#endif
