/*
 * What an answer of staff is compared with: what was shown of its case, the words of internal
 * notes, and what is internal of other cases.
 */
#ifndef GATEWAYD_MAIL_SHOWN_GATHER_H
#define GATEWAYD_MAIL_SHOWN_GATHER_H

#include "gatewayd/case/desk.h"
#include "gatewayd/mail/staff_answer.h"

struct shown_about {
	int64_t number;	   /* the case that is answered */
	int64_t token;	   /* the one that the token is for, which may have been merged; 0: none */
	int64_t mentioned; /* the one that the mail's thread names; 0: none */
	struct span text;  /* of the mail: it may name others, "#12" */
};

/* Sets shown and shown_count of *ret_in. */
int shown_gather(struct desk *d, const struct shown_about *about, struct staff_answer_in *ret_in,
		 struct err *e);

#endif
