/*
 * A decision becomes rows: notes, attachments, state, events, outbox, all in the open transaction.
 */
#ifndef GATEWAYD_MAIL_MAIL_APPLY_H
#define GATEWAYD_MAIL_MAIL_APPLY_H

#include "gatewayd/mail/mail_gather.h"

struct mail_applied {
	int64_t case_number, note_id; /* 0: none */
	enum staff_held held; /* a command of staff could not be done, so the mail was held */
};

int mail_apply(struct desk *d, const struct mail_job *job, const struct mail_gathered *g,
	       const struct decision *decision, struct mail_applied *ret_applied, struct err *e);

#endif
