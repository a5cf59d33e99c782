/*
 * What the author of an answer wrote into its subject: "Re: [Case #4] It is port 8443".
 *
 * News is what stands in no subject that was seen in the case: its own, those of our mails in it
 * and of the mails that came before.  Tags in brackets and a short word before a colon, which lists
 * and clients add, are none.
 */
#ifndef GATEWAYD_MAIL_SUBJECT_SAID_H
#define GATEWAYD_MAIL_SUBJECT_SAID_H

#include "gatewayd/case/desk.h"

/* "" or the subject, bare.  mail: the one that it is of. */
int subject_said(struct desk *d, const struct store_case *c, const struct store_mail *mail,
		 struct span subject, struct span *ret_said, struct err *e);
/* Whether `bare` says more than `seen`.  Pure. */
bool subject_says_more(struct span bare, struct span seen);

#endif
