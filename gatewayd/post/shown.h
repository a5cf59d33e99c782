/*
 * What staff were shown, kept so that their answers can be told apart from it.
 *
 * Lines of text, each behind a letter: "s" it was shown, in the text form or in the HTML form as a
 * client gives it back; "i" it is internal wherever it stands: a line that the mail has without the
 * words of its customer, too, and that says something ("Account: Acme", not "Subject:").  "w" so
 * is the whole line, not a part of it; "c" a command of a transcript, internal where it is quoted.
 * The others are made when it is read (gatewayd/mail/shown_gather.h): "e" and "w" of other cases,
 * "e" in part, too; "n" of an internal note; "k" the customer wrote it, or has it.
 */
#ifndef GATEWAYD_POST_SHOWN_H
#define GATEWAYD_POST_SHOWN_H

#include "gatewayd/post/compose.h"

enum {
	SHOWN_SAID = 's',
	SHOWN_INTERNAL = 'i',
	SHOWN_ELSEWHERE = 'e',
	SHOWN_WHOLE = 'w',
	SHOWN_COMMAND = 'c',
	SHOWN_NOTE = 'n',
	SHOWN_KNOWN = 'k',
};

/* Keeps the mail, which is to staff and about a case, as long as its token lives. */
int shown_keep(const struct desk *d, struct compose_mail *p, const struct compose_texts *texts,
	       struct err *e);

#endif
