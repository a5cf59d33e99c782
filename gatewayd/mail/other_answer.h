/*
 * The last answer that another member of staff gave, and that the author of a mail has not read:
 * the notice that the mail answers was made before it.
 *
 * A mail that answers none of our mails is taken for an answer to the last one that went to its
 * author about the case.
 */
#ifndef GATEWAYD_MAIL_OTHER_ANSWER_H
#define GATEWAYD_MAIL_OTHER_ANSWER_H

#include "gatewayd/case/desk.h"
#include "gatewayd/identity/header_scan.h"

struct other_answer {
	int64_t at; /* 0: there is none */
	struct span who;
	struct span text; /* its beginning, as one line */
	bool notice;	  /* it names a mail of ours that tells of nothing that a customer wrote */
};
int other_answer_find(struct desk *d, int64_t number, const struct conf_staff *staff,
		      const struct header_scan *scan, struct other_answer *ret_other,
		      struct err *e);

#endif
