/*
 * What the sender wrote this time: the text without quoted history, signature and footers.
 *
 * The rules are those of "Reply" in parser/README.md.  Everything a language or a client adds is a
 * row of the tables in parser/tables/ (reply_*.h).  Time is linear in the size of the text; the
 * text itself is never changed.
 */
#ifndef PARSER_REPLY_H
#define PARSER_REPLY_H

#include "gatewayd/base/arena.h"

/* What an HTML client's own mark says of the element it stands on (parser/reply_markers.h). */
enum reply_hint_kind {
	REPLY_HINT_NONE,
	REPLY_HINT_QUOTE,	/* all of it is an earlier message, whatever its lines look like */
	REPLY_HINT_QUOTE_BOX,	/* attribution and quote; lines of it without ">" may be answers */
	REPLY_HINT_ATTRIBUTION, /* the line(s) that introduce a quote */
	REPLY_HINT_SIGNATURE,	/* signature or footer of a program */
	REPLY_HINT_FORWARD,	/* a forwarded message */
	REPLY_HINT_REST, /* from where it begins to the end of the text: an earlier message */
};

struct reply_hint {
	size_t from, to; /* bytes of the text; from <= to <= text.n */
	enum reply_hint_kind kind;
};

/*
 * text is UTF-8 with LF line ends.  The hints come in order of `from`; they may nest.  The result
 * is a piece of text, or is made in the arena when parts from its middle are left out.
 */
void reply_trim(struct span text, const struct reply_hint *hints, size_t hint_count,
		struct arena *arena, struct span *ret_reply);

#endif
