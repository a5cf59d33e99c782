/*
 * An answer of staff that did not arrive, sent again: to another address, or in other words.
 *
 * It counts as a response from when the new mail has gone out (gatewayd/case/delivered.h).
 */
#ifndef GATEWAYD_MAIL_RESEND_H
#define GATEWAYD_MAIL_RESEND_H

#include "gatewayd/mail/held.h"

/* The note of the answer that one of `answers` (Message-IDs) tells of as not delivered, else the
 * last one of the case that came back or failed; 0: there is none. */
int resend_find(struct desk *d, int64_t number, const struct span *answers, size_t n,
		int64_t *ret_note, struct err *e);

struct resend {
	int64_t number, note;
	struct span to;			 /* who takes part from now on */
	struct span text;		 /* p == NULL: as it was */
	const struct conf_staff *sender; /* when its author is gone; NULL: nobody in particular */
};
int resend(struct desk *d, const struct resend *r, struct err *e);

#endif
