/*
 * What the sender wrote this time: the text without quoted history, signature and footers.
 *
 * The rules are those of "Reply" in parser/README.md.  Everything a language or a client adds is a
 * row of the tables in parser/tables/ (reply_*.h).  Time is linear in the size of the text; the
 * text itself is never changed.
 */
#ifndef PARSER_REPLY_H
#define PARSER_REPLY_H

#include "parser/facts.h"

/* What an HTML client's own mark says of the element it stands on (parser/reply_markers.h). */
enum reply_hint_kind {
	REPLY_HINT_NONE,
	REPLY_HINT_QUOTE,	/* all of it is an earlier message, whatever its lines look like */
	REPLY_HINT_QUOTE_BOX,	/* attribution and quote; lines of it without ">" may be answers */
	REPLY_HINT_ATTRIBUTION, /* the line(s) that introduce a quote */
	REPLY_HINT_SIGNATURE,	/* signature or footer of a program */
	REPLY_HINT_FORWARD,	/* a forwarded message */
	REPLY_HINT_REST,   /* from where it begins to the end of the text: an earlier message */
	REPLY_HINT_COLOUR, /* written in a colour of its own */
};

struct reply_hint {
	size_t from, to; /* bytes of the text; from <= to <= text.n */
	enum reply_hint_kind kind;
};

/* What the mail's header says that bears on its history. */
struct reply_mail {
	bool answers;		   /* it answers another mail, or nothing says that it does not */
	bool html;		   /* the text was HTML: blocks have no blank lines between them */
	struct span subject, name; /* the name is the sender's; may be empty */
	const struct facts_addresses *to, *cc;
};

/* Reads it from the record's header fields, which it goes on pointing to. */
void reply_mail_read(const struct facts *f, struct reply_mail *ret_mail);

/* The reply, and what of the text it leaves out: of the rest of the text, trimmed, it is made. */
struct reply {
	struct span text;
	struct facts_cut *cuts; /* in order; at most FACTS_CUTS_MAX */
	size_t cut_count;
};

/*
 * text is UTF-8 with LF line ends.  The hints come in order of `from`; they may nest.  The reply
 * is a piece of text, or is made in the arena when parts from its middle are left out.  When
 * nothing would be left, it is the text, and the cuts say all the same what was history.
 */
void reply_trim(struct span text, const struct reply_hint *hints, size_t hint_count,
		const struct reply_mail *mail, struct arena *arena, struct reply *ret_reply);

#endif
