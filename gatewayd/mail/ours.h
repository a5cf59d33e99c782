/*
 * What of an answer is ours: the notice that it answers, however a client gave it back.
 *
 * Out go runs of two or more lines that staff were shown, lines that hold something internal, and
 * what a client puts above a quote.  All else stays, a single line that was shown, too: it may be
 * cited on purpose.  Quote marks, wrapping, another charset and the way over HTML make no
 * difference.  Pure; linear in the text.
 */
#ifndef GATEWAYD_MAIL_OURS_H
#define GATEWAYD_MAIL_OURS_H

#include "gatewayd/mail/shown_index.h"
#include "parser/facts.h"

struct ours_in {
	struct span text;	      /* of the mail, all of it */
	const struct facts_cut *cuts; /* what the parser says of it */
	size_t cut_count;
	const struct span *shown; /* as gatewayd/post/shown.h keeps it */
	size_t shown_count;
	struct span host; /* of our Message-IDs; "": unknown */
	/* Ours: addresses that we write from, and the names beside them. */
	const struct span *addresses, *names;
	size_t address_count, name_count;
};

struct ours {
	struct span rest;  /* trimmed, in the arena */
	bool internal;	   /* a line of the rest holds something internal beside other words */
	struct span clean; /* the rest without those lines */
	const struct shown_index *index; /* in the arena */
};

void ours_take(const struct ours_in *in, struct arena *a, struct ours *ret_ours);

#endif
