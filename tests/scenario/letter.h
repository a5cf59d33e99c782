/*
 * Raw mails as a scenario describes them, and those that answer mails that we sent.
 *
 *	written=ADDRESS, ...   what stands in To instead of the mailbox's address
 *	to=MAILBOX[+PART]   cc=, from=, name=, subject=, id=, header="Name: value" (more than once)
 *	auth=dmarc|dkim|fail   what our own server wrote about the sender
 *	tag=N                "[Case #N]" in the subject
 *	folded=1             In-Reply-To and References as Python's email package folds long ids
 *	date=TEXT            what is in Date, instead of now
 *	unlike=1             its text begins with a word that no other mail has
 *	type=text/html       of the text, else text/plain
 *	tap=ADDRESS link=VERB   the mail that the link "#VERB" of the last mail to it makes
 *	answers=ADDRESS      answers the last mail to that address, with its Reply-To, its
 *Message-ID and its subject; kind= and case= say which, with=address|id only one; quote=1: with all
 *of its text, quoted below return-path="<>"     or another address than From attach=NAME          a
 *file of that name; picture=NAME: one that stands inline, the same bytes each time; bulk=N: so many
 *more bytes in the file
 */
#ifndef TESTS_SCENARIO_LETTER_H
#define TESTS_SCENARIO_LETTER_H

#include "tests/scenario/world.h"

int letter_make(struct world *w, const struct script_line *l, struct span *ret_raw, struct err *e);
/* The name of the mailbox in "to=". */
const char *letter_mailbox(struct world *w, const struct script_line *l);
/* The one-click address of the last mail to `to`; kind= says which. */
int letter_one_click(struct world *w, const struct script_line *l, struct span *ret_url,
		     struct err *e);
/* A delivery report (RFC 3464) about the last mail to `of`: status=, text=; with=address|id. */
int letter_bounce(struct world *w, const struct script_line *l, struct span *ret_raw,
		  struct err *e);

#endif
