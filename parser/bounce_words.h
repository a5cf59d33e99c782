/*
 * The words of reports: addresses, RFC 3463 codes, SMTP answers, header lines.
 */
#ifndef PARSER_BOUNCE_WORDS_H
#define PARSER_BOUNCE_WORDS_H

#include "gatewayd/base/arena.h"

/* The first address in s at or after *at, with *at moved behind it; false when there is none. */
bool bounce_next_address(struct span s, size_t *at, struct span *ret_address);

/*
 * The first RFC 3463 code in s: behind an SMTP answer ("550 5.1.1"), or set off by "#" or brackets,
 * or else standing by itself; p == NULL when there is none.
 */
struct span bounce_find_status(struct span s);

/* A line that is or holds an SMTP answer ("550 5.1.1 ...", "said: 550 ..."), from its code on; p ==
 * NULL: none. */
struct span bounce_find_answer(struct span line);

/* The value of the header field, unfolded, in a header block at the start of s; p == NULL when
 * absent. */
struct span bounce_header(struct span s, const char *name, struct arena *arena);

/* "<a@b>" anywhere in a value gives a@b; p == NULL when there is none. */
struct span bounce_message_id(struct span value);

/* s with runs of white space made one blank, at most max bytes, in the arena. */
struct span bounce_unfold(struct span s, size_t max, struct arena *arena);

#endif
