/*
 * The one way from an event to the mails about it: the table of conf/notices.h, walked.
 *
 * For the files of post/; what happens outside has its function in post.h.
 */
#ifndef GATEWAYD_POST_NOTICE_H
#define GATEWAYD_POST_NOTICE_H

#include "conf/notices.h"
#include "gatewayd/post/post_mail.h"

/* Cases of a member of staff: their own that are open, those of them that wait, what is due today.
 */
struct post_morning {
	struct store_case *mine, *waits, *today;
	size_t mine_count, waits_count, today_count;
};

/* An event with what audiences and templates want of it; what it does not have is 0, NULL or "". */
struct notice {
	enum notice_event event;
	int64_t number;			/* the case; 0: none, then queue counts */
	const struct conf_queue *queue; /* whose mail it is */
	int64_t note;			/* that it sends or tells of */
	int64_t other;			/* the case that it went to, or came from */
	/* REQUESTER: who wrote, "": that of the case. */
	struct post_person to;
	const struct mime_thread *thread; /* of the mail that is answered; NULL: of the case */
	bool together;			  /* told with others: not now, to staff */
	bool by_staff;			  /* COMPOSE_PERSON: the words are theirs to send */

	const struct conf_staff *staff;		/* AUTHOR */
	const struct conf_staff *actor;		/* who did it, and is not told */
	const struct post_change *change;	/* what case_brief tells of */
	struct span holder;			/* HOLDER */
	const struct conf_queue *const *queues; /* OTHER_QUEUES */
	size_t queue_count;
	int level; /* ESCALATION: levels up to this one */

	bool proven;		 /* who wrote: their words may go to customers */
	enum post_remark remark; /* to the sender */
	const char *asked;	 /* the queue that the mail was for; NULL: as it is */
	const struct post_said *said;
	struct span customer; /* who said it: "Ann <ann@example.com>" */
	struct span words;    /* to search known answers with; of a too large mail its subject;
				of a listing the command for its rest */
	const struct post_reply *reply;
	const struct post_help *help;
	const struct post_transcript *transcript;
	const struct store_held *held;
	const struct post_released *released;
	const struct post_morning *morning;
	const struct store_digest *digest;
	const struct store_mail *mails; /* of it */
	int64_t made_at;		/* when a mail that waits was made */
	struct span recipient, error;	/* who was not reached */
	struct span sender;		/* who answered a notice to `holder` */
	struct span link;		/* to the web pages */
	const struct store_case *cases;
	size_t case_count;
	const struct post_trouble *trouble;
	const struct store_recommendation *recommendations; /* of one account, at least one */
	size_t recommendation_count;
};

struct notice_to {
	const struct notice_cell *cell;
	struct post_person who;
};
/* Each person once, in the order of the table; c: the case of n->number, or NULL. */
int notice_whom(struct desk *d, const struct notice *n, const struct store_case *c,
		struct notice_to **ret_v, size_t *ret_n, struct err *e);

/* A mail to each of them; not of alarms (post_alarms()). */
int notice_tell(struct desk *d, const struct notice *n, struct err *e);

/* A template's cause and values. */
struct notice_fill {
	const char *template;
	enum compose_cause cause;
	int (*fill)(struct desk *d, struct compose_mail *mail, const struct notice *n,
		    struct err *e);
};
/* {0} ends them. */
extern const struct notice_fill notice_customer_fills[], notice_staff_fills[], notice_brief_fills[],
    notice_digest_fills[], notice_morning_fills[], notice_operator_fills[];

#endif
