/*
 * What staff were shown, kept so that their answers can be told apart from it.
 *
 * Lines of text, each behind a letter: "s" it was shown, in the text form or in the HTML form as a
 * client gives it back; "i" it is internal wherever it stands: a line that the mail has without the
 * words of its customer, too, and that says something ("Account: Acme", not "Subject:").  "e" and
 * "w" are made when it is read: internal of another case, in part or as a whole line
 * (gatewayd/mail/shown_gather.h).
 */
#ifndef GATEWAYD_POST_SHOWN_H
#define GATEWAYD_POST_SHOWN_H

#include "gatewayd/post/compose.h"

enum { SHOWN_SAID = 's', SHOWN_INTERNAL = 'i', SHOWN_ELSEWHERE = 'e', SHOWN_WHOLE = 'w' };

/* Keeps the mail, which is to staff and about a case, as long as its token lives. */
int shown_keep(const struct desk *d, struct compose_mail *p, const struct compose_texts *texts,
	       struct err *e);

#endif
