/*
 * One kept mail from its bytes to its effect, inside one transaction.
 *
 * mail_job_run() gathers what the store knows, has decide.h decide, and applies the decision.  What
 * it needs of the parser is in the job; the raw mail is read for the identity facts.
 */
#ifndef GATEWAYD_MAIL_MAIL_JOB_H
#define GATEWAYD_MAIL_MAIL_JOB_H

#include "gatewayd/case/desk.h"
#include "parser/facts.h"

struct mail_job {
	struct store_mail mail;
	struct span raw;
	struct facts facts;
	struct span body; /* the attachments' bytes (facts.h) */
};

/* 1: it was done, and other mails wait for a decision again.  ERR_PERM: this mail cannot be done,
 * quarantine it; ERR_TEMP: later. */
int mail_job_run(struct desk *d, const struct mail_job *job, struct err *e);

/* Puts it aside: nothing is lost, a person decides. */
int mail_job_quarantine(struct desk *d, const struct store_mail *mail, const char *why,
			struct err *e);

#endif
