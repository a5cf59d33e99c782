/*
 * One effect of a mail, however often and by whatever ways it comes (gatewayd/README.md, I2).
 *
 * Two mails are copies when Message-ID and digest of the raw mail are the same (mail_identity.h),
 * or Message-ID, author, subject, words and files: lists put a tag into the subject, a footer below
 * the text, another encoding around it, and their own address into From.  A copy has an effect of
 * its own only when it proves more of its sender than each of those before it, and then only what
 * those could not do.
 */
#ifndef GATEWAYD_MAIL_TWIN_H
#define GATEWAYD_MAIL_TWIN_H

#include "gatewayd/identity/identity.h"
#include "gatewayd/mail/mail_job.h"
#include "gatewayd/mail/requester.h"

struct twin {
	int proof;    /* of this mail, as in store_twin */
	int64_t said; /* of what it says; 0: it has no Message-ID, or is cut */
	int64_t same; /* an earlier copy that proved as much; 0: none */
	/* Else one that had its effect with less; id 0: none. */
	struct store_twin lesser;
};

struct twin_mail {
	const struct mail_job *job;
	const struct identity *identity;
	const struct requester *requester;
};

/* What is to be known of the mail itself: proof and said. */
void twin_begin(const struct twin_mail *m, struct twin *ret_twin);
/* That twin_find() is to be asked (store_ahead.h). */
void twin_say(struct desk *d, const struct mail_job *job);
/* The rest of what was begun. */
int twin_find(struct desk *d, const struct mail_job *job, struct twin *twin, struct err *e);

#endif
