/*
 * What goes out: each function is an occasion on which somebody is told something.  Who that is
 * stands in one table (conf/notices.h).
 *
 * All add rows to the outbox inside the open transaction of the change they tell of
 * (gatewayd/README.md, invariant I3), and keep the budgets of automatic mail (I5).  A mail that
 * cannot be made (a broken template, an address that cannot be written to) becomes an event on the
 * case and never stops the change itself.
 */
#ifndef GATEWAYD_POST_POST_H
#define GATEWAYD_POST_POST_H

#include "conf/notices.h"
#include "gatewayd/case/author.h"
#include "gatewayd/case/word.h"
#include "gatewayd/post/compose.h"
#include "gatewayd/stats/stats_page.h"

struct post_person {
	struct span address, name; /* name may be empty */
	bool authenticated;
	struct span language; /* of the mail that is answered; "": not known, or that of the case */
};

/*
 * --- to customers ---
 *
 * In the language of the contact, else of the account, else of their first mail, else of the queue.
 */

struct post_reply {
	int64_t number, note;
	struct span only_to; /* again, to this address alone; "": to all */
	const struct conf_staff *author;
	struct span text;
	const struct mime_attachment *attachments;
	size_t attachment_count;
};
/* A row for the requester and one for each participant; without text it is a few words about the
 * files. */
int post_customer_reply(struct desk *d, const struct post_reply *p, struct err *e);

/* To whom such a reply goes: "Ann <ann@example.com>, ..."; "" to nobody. */
int post_reply_to(struct desk *d, int64_t number, struct span *ret_people, struct err *e);

/* The owner changed the state: the customer hears it. */
int post_case_state(struct desk *d, int64_t number, struct err *e);
/* The same; where it was over before, they hear that it is open again. */
int post_state_since(struct desk *d, int64_t number, enum case_state before, struct err *e);
/* The customer closed it: an answer to their mail. */
int post_closed(struct desk *d, int64_t number, const struct post_person *to, struct err *e);
/* number 0: it belongs to no case.  subject: of the mail, which only a proven sender reads. */
struct post_large {
	int64_t number;
	const struct conf_queue *queue;
	struct post_person to;
	struct mime_thread thread;
	struct span subject;
};
int post_too_large(struct desk *d, const struct post_large *p, struct err *e);
int post_referral(struct desk *d, const struct conf_queue *queue, const struct post_person *to,
		  const struct mime_thread *thread, struct err *e);
/* number 0: the answer to `status` that names no case is a listing. */
int post_status(struct desk *d, int64_t number, const struct post_person *to,
		const struct mime_thread *thread, struct err *e);
struct post_listing {
	const struct conf_queue *queue;
	const struct store_case *v; /* newest first */
	size_t n;
	struct span next; /* the command for those that are left out; "": there are none */
};
int post_listing(struct desk *d, const struct post_listing *l, const struct post_person *to,
		 const struct mime_thread *thread, struct err *e);
/* What was written in it, but for what is internal, and its files. */
int post_history(struct desk *d, int64_t number, const struct post_person *to,
		 const struct mime_thread *thread, struct err *e);
int post_search(struct desk *d, const struct conf_queue *queue, struct span query,
		const struct post_person *to, const struct mime_thread *thread, struct err *e);
/* How to ask.  slip: the mail was no command; no_case: the number in it, 0: none; over: the
 * case that cannot be opened again, 0: none. */
struct post_help {
	const struct conf_queue *queue;
	bool slip;
	int64_t no_case, over;
};
int post_help(struct desk *d, const struct post_help *h, const struct post_person *to,
	      const struct mime_thread *thread, struct err *e);
/* It waits for its customer, who is reminded; and who has not answered. */
int post_unanswered(struct desk *d, int64_t number, struct err *e);
int post_expired(struct desk *d, int64_t number, struct err *e);
/* Its requester hears where it is handled; into 0: on its own again. */
int post_merged(struct desk *d, int64_t number, int64_t into, struct err *e);
/* Its requester hears that what they wrote in the other case is one of its own. */
int post_split(struct desk *d, int64_t number, int64_t from, struct err *e);
/* It was over.  to: who did it, when this answers their mail; address "": it does not. */
int post_reopened(struct desk *d, int64_t number, const struct post_person *to, struct err *e);
int post_unsubscribed(struct desk *d, const struct conf_queue *queue, const struct post_person *to,
		      const struct mime_thread *thread, struct err *e);
int post_recommendations(struct desk *d, const struct store_contact *to,
			 const struct store_recommendation *v, size_t n, struct err *e);

/* --- to staff --- */

/* In whose language that person is written to with a template; staff NULL: nobody's own. */
const struct words *post_staff_words(const struct desk *d, const struct conf_queue *queue,
				     const struct conf_staff *staff, const char *template);

/* The zone that they read times in; staff NULL: nobody's own. */
const char *post_staff_zone(const struct conf_queue *queue, const struct conf_staff *staff);

/* What was changed in a case; told to those whom it concerns with its state and history. */
struct post_change {
	int64_t number;
	struct span actor;   /* a staff id, or case_actor(); is not told */
	struct span before;  /* the owner, the queue; "": none */
	int severity_before; /* 0: not of that */
	struct span reason;  /* "" where there is none */
	bool answered;	     /* an answer to the customer goes out beside it */
	enum word happened;  /* post_joined(): which of it */
	int64_t other;	     /* the other case of it */
};
int post_assigned(struct desk *d, const struct post_change *p, struct err *e);
int post_moved(struct desk *d, const struct post_change *p, struct err *e);
int post_raised(struct desk *d, const struct post_change *p, struct err *e);
/* The owner, of what a colleague did. */
int post_set(struct desk *d, const struct post_change *p, struct err *e);
int post_joined(struct desk *d, const struct post_change *p, struct err *e);

/* What a customer wrote. */
struct post_said {
	struct span text;
	size_t lines_quoted, lines_signed; /* of the mail that text leaves out */
	int64_t bytes;			   /* of a mail that was cut; 0: it is whole */
	int64_t alike;			   /* mails that say the same so far; 0: only this */
	const struct author *author;	   /* NULL: there is nothing to say of them */
	struct span beside;		   /* words of staff who passed it on: they stay inside */
	struct span others;  /* in its To or Cc, and not in the conversation: "a@x, b@y" */
	struct span outside; /* its author's address, when they are not in it either */
	/* It goes to the others in the conversation, but for those who have it; NULL: to staff. */
	const struct post_had *had;
	const struct post_file *files;
	size_t file_count;
};
struct post_file {
	struct mime_attachment file;
	/* Where content is NULL and the number of its bytes: where they stand; raw.p NULL: they are
	 * not at hand. */
	struct span raw;
	struct store_place place;
	int64_t number;	  /* among the files of the case, from 1 on; 0: not known */
	bool is_repeated; /* a picture that the author's mails always have */
};
struct post_had {
	const struct span *v;
	size_t n;
};
/* What of a mail was not followed; told to a proven sender. */
enum post_remark { REMARK_NONE, REMARK_BEHALF, REMARK_CONTRACT };
/* A mail opened a case: staff, those of further queues that it was sent to, and its sender. */
struct post_opened {
	int64_t number, note;
	const struct post_said *said;
	const struct conf_queue *const *queues;
	size_t queue_count;
	struct post_person to; /* who gets the confirmation; address "": nobody */
	struct mime_thread thread;
	struct span words; /* of the mail, to search known answers with */
	bool proven;	   /* the sender */
	enum post_remark remark;
	const char *asked; /* the queue that the mail was for */
	bool together;	   /* staff are told with other cases of the sender */
	int64_t follows;   /* a case that is over for too long; 0: none */
};
/* That people are to be told of that case (store_ahead.h). */
void post_say_about(struct desk *d, int64_t number);
int post_opened(struct desk *d, const struct post_opened *p, struct err *e);
/* A second copy of that mail proved its sender: they get the confirmation that nobody got. */
int post_proven(struct desk *d, const struct post_opened *p, struct err *e);
/* The operator recorded one; to: who gets the confirmation, address "": nobody. */
int post_phoned(struct desk *d, int64_t number, const struct post_person *to,
		const struct post_said *said, struct err *e);
/* A customer says on a case that it is urgent: who works on it, and the customer, whom to call.
 * to.address "": no automatic mail may go there. */
struct post_wish {
	int64_t number, note;
	struct span author; /* "Ann <ann@example.com>" */
	struct post_person to;
	struct mime_thread thread;
};
int post_urgent(struct desk *d, const struct post_wish *p, struct err *e);
int post_owner_update(struct desk *d, int64_t number, int64_t note, struct span author,
		      const struct post_said *said, struct err *e);
struct post_undelivered {
	int64_t number;
	int64_t note; /* the answer of staff that it was; 0: another mail */
	struct span recipient, error;
};
int post_not_delivered(struct desk *d, const struct post_undelivered *p, struct err *e);
/* An answer is still not sent after hours; and it went out after all. */
int post_outbox_late(struct desk *d, const struct store_outbox *row, struct err *e);
int post_staff_unverified(struct desk *d, int64_t number, const struct conf_staff *staff,
			  struct err *e);

/* A notice to `holder` was answered from another address: not sent, kept inside. */
int post_staff_elsewhere(struct desk *d, int64_t number, struct span holder, struct span from,
			 struct err *e);

struct post_command {
	struct span command, result;
	struct span found; /* lines below the result; "": none */
};
struct post_transcript {
	int64_t number; /* 0: about no case, then queue counts */
	const struct conf_queue *queue;
	const struct conf_staff *staff;
	const struct post_command *v;
	size_t n;
	struct mime_thread thread;
	/* An answer that was not sent: why, the note that keeps it, what is in it.  No budget keeps
	 * such a transcript back. */
	struct span held; /* "": none */
	int64_t note;
	size_t lines, files;
	const struct mime_attachment *attachments; /* that commands asked for */
	size_t attachment_count;
};
int post_transcript(struct desk *d, const struct post_transcript *t, struct err *e);

/* To that person: open cases of theirs, and what is due before that instant; nothing when there is
 * none. */
int post_morning(struct desk *d, const struct conf_staff *staff, int64_t before, struct err *e);

/* To who asked for it; of who is no longer staff to the owner, if there is one. */
int post_reminder(struct desk *d, const struct store_reminder *r, struct err *e);

/* An answer was held and not sent since: its queue and its author are told. */
int post_answer_waits(struct desk *d, const struct store_held *held, struct err *e);

/* One mail a recipient and turn of the timer: cases warned, or breached. */
struct post_alarm {
	int64_t number;
	int64_t due_at;
	bool late;
};
/* Whom an alarm of a case is told to; level 0: a warning, 1: the breach, 2 and on: reminders. */
int post_alarm_to(struct desk *d, int64_t number, int level, struct span **ret_v, size_t *ret_n,
		  struct err *e);
int post_alarms(struct desk *d, struct span to, bool breached, const struct post_alarm *v, size_t n,
		struct err *e);

/* What waited to be told together (store_digest.h), to those who hold its queue. */
int post_digest(struct desk *d, const struct store_digest *digest, struct err *e);
/* The answer to whoever named mails of such a list. */
struct post_released {
	const struct conf_queue *queue;
	const struct conf_staff *staff;
	const struct post_command *v;
	size_t n;
	struct mime_thread thread;
};
int post_released(struct desk *d, const struct post_released *r, struct err *e);

/* Who asked for it at the web pages gets the link that signs them in. */
int post_sign_in(struct desk *d, const struct conf_staff *staff, struct span link, struct err *e);

/* What a report counted, with its page attached; to whoever the configuration names. */
struct post_report {
	struct span to;
	const struct stats_head *head;
	json_t *sum;
	struct span page;
};
int post_report(struct desk *d, const struct post_report *p, struct err *e);

/* --- to operators --- */

/* A trouble of gatewayd itself begins, or is over. */
struct post_trouble {
	enum notice_event event;
	bool over;
	struct span name; /* which of its kind; "": there is one only */
	struct span text; /* what is known of it; "": nothing */
	int64_t since_at;
	const struct conf_queue *queue; /* whose words, zone and `notices` count */
};
int post_trouble(struct desk *d, const struct post_trouble *p, struct err *e);

/* --- beforehand --- */

/*
 * How a mail reads, for who writes templates: of a case, with the last words of its customer, or
 * with the samples of words.conf.  Nothing is sent or kept; the store is read when there is a case.
 */
struct post_preview {
	const char *template;	      /* ERR_PERM: there is none of that name */
	int64_t number;		      /* 0: samples */
	const char *language;	      /* NULL: as the mail would have it */
	const struct word_value *set; /* values that go before those */
	size_t set_count;
};
int post_preview(struct desk *d, const struct post_preview *p, struct compose_texts *ret_texts,
		 struct err *e);

/* --- afterwards --- */

/* An attempt ended: the event on the case, and the owner's notice when a customer was not reached.
 */
int post_settled(struct desk *d, const struct store_outbox *row, enum outbox_state state, int code,
		 struct span text, struct err *e);
/* A row went out, and its event is all that follows; *ret_more: it is not, and nothing was done. */
int post_sent(struct desk *d, const struct store_outbox *row, int code, struct span text,
	      bool *ret_more, struct err *e);

#endif
