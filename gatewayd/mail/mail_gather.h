/*
 * The input of a decision: what the raw header, the configuration and the store know of a mail.
 */
#ifndef GATEWAYD_MAIL_MAIL_GATHER_H
#define GATEWAYD_MAIL_MAIL_GATHER_H

#include "gatewayd/mail/author_find.h"
#include "gatewayd/mail/decide.h"
#include "gatewayd/mail/mail_job.h"
#include "gatewayd/mail/our_queue.h"

struct mail_gathered {
	struct header_scan scan;
	struct identity identity;
	struct automatic answer;
	struct requester requester;
	struct our_queues queues;
	int64_t storm_key;	      /* 0: it is not counted */
	struct store_contact contact; /* address.p == NULL: none */
	struct staff_answer said;
	struct twin twin;
	struct author author;
	struct store_outbox bounced; /* that came back; id 0: none that we know */
	/* Of as many files as were said; NULL: of none. */
	uint8_t (*file_sha256)[SHA256_SIZE];
	size_t file_count;
	struct decide_in in; /* points into the above */
};

int mail_gather(struct desk *d, const struct mail_job *job, struct mail_gathered *ret_gathered,
		struct err *e);

/* Its From may be one of staff: most mails are settled by that. */
bool mail_names_staff(const struct desk *d, const struct store_mail *mail);
/* Proven to be of a member of staff, by the raw header alone: needs no facts. */
bool mail_of_staff(struct desk *d, const struct store_mail *mail, struct span raw);

#endif
