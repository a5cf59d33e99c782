/*
 * What is to be done with a mail: a pure function of what the mail says, who wrote it, the policy,
 * and what the store knows (conf/policy/README.md sections 2, 4, 5).
 *
 * No store, no clock, no effect; mail_job.c gathers the input and applies the answer, `simulate`
 * prints it.
 *
 * An imported mail (`import`) is vouched for by the operator who imports it: it finds its case by
 * the headers, from a participant or staff.  No command in it is carried out, and what claims to be
 * of staff is an answer only in a case that is itself of the past.
 */
#ifndef GATEWAYD_MAIL_DECIDE_H
#define GATEWAYD_MAIL_DECIDE_H

#include "gatewayd/case/desk.h"
#include "gatewayd/case/severity.h"
#include "gatewayd/identity/automatic.h"
#include "gatewayd/identity/identity.h"
#include "gatewayd/mail/customer_read.h"
#include "gatewayd/mail/machine.h"
#include "gatewayd/mail/other_answer.h"
#include "gatewayd/mail/requester.h"
#include "gatewayd/mail/routing.h"
#include "gatewayd/mail/staff_answer.h"
#include "gatewayd/mail/storm.h"
#include "gatewayd/mail/twin.h"
#include "gatewayd/post/post.h"
#include "parser/facts.h"

/* X(id, name, the final state of the mail) */
#define DECISIONS(X)                                                                               \
	X(DECIDE_DUPLICATE, "duplicate", MAIL_DUPLICATE)     /* seen before: no effect */          \
	X(DECIDE_PROVEN_COPY, "proven-copy", MAIL_NOTE)	     /* seen before, with less proof */    \
	X(DECIDE_OWN, "own-mail", MAIL_AUTO_FILED)	     /* ours, coming back */               \
	X(DECIDE_TOO_LARGE, "too-large", MAIL_QUARANTINED)   /* the sender is told */              \
	X(DECIDE_QUARANTINE, "quarantine", MAIL_QUARANTINED) /* a person decides */                \
	X(DECIDE_BOUNCE, "bounce", MAIL_NOTE) /* of a mail that we sent: system note */            \
	X(DECIDE_BOUNCE_UNPROVEN, "bounce-unproven",                                               \
	  MAIL_NOTE) /* of such a mail, and anybody may have made it */                            \
	X(DECIDE_AUTO_FILE, "auto-file", MAIL_AUTO_FILED) /* a machine's, about nothing of ours */ \
	X(DECIDE_MACHINE_NOTE, "machine-note",                                                     \
	  MAIL_NOTE) /* a machine's, on a case: changes nothing */                                 \
	X(DECIDE_UNSUBSCRIBE, "unsubscribe", MAIL_COMMAND) /* no more recommendations */           \
	X(DECIDE_RELEASE, "release", MAIL_COMMAND) /* staff want cases of mails that were filed */ \
	X(DECIDE_CASE, "case", MAIL_CASE)	   /* a new case */                                \
	X(DECIDE_STORM_NOTE, "storm-note", MAIL_NOTE) /* like others: counted in their case */     \
	X(DECIDE_REFER, "refer", MAIL_AUTO_FILED)     /* unknown sender, told where to go */       \
	X(DECIDE_CUSTOMER_NOTE, "customer-note", MAIL_NOTE) /* a participant adds to a case */     \
	X(DECIDE_SUSPECT_NOTE, "suspect-note", MAIL_NOTE)   /* our server says: a forged From */   \
	X(DECIDE_OUTSIDE_NOTE, "outside-note",                                                     \
	  MAIL_NOTE) /* of who is not in the conversation: staff decide */                         \
	X(DECIDE_CUSTOMER_COMMAND, "customer-command", MAIL_COMMAND) /* customer_read.h */         \
	X(DECIDE_STAFF_REPLY, "staff-reply", MAIL_NOTE) /* to the customer, commands first */      \
	X(DECIDE_STAFF_COMMANDS, "staff-commands",                                                 \
	  MAIL_COMMAND)					 /* commands or a note, no answer */       \
	X(DECIDE_STAFF_ASKS, "staff-asks", MAIL_COMMAND) /* commands about no case */              \
	X(DECIDE_STAFF_HELD, "staff-held", MAIL_NOTE)	 /* kept inside, its author told why */    \
	X(DECIDE_STAFF_UNVERIFIED, "staff-unverified",                                             \
	  MAIL_NOTE) /* kept inside, the real address asked */                                     \
	X(DECIDE_STAFF_ELSEWHERE, "staff-elsewhere",                                               \
	  MAIL_NOTE) /* a staff token from another address: kept inside, its holder told */
enum decide_what {
#define X(id, name, state) id,
	DECISIONS(X)
#undef X
	    DECIDE_COUNT,
};
const char *decide_name(enum decide_what what);
enum mail_state decide_final_state(enum decide_what what);

/* Notes of who is not in the conversation, on a case in a day; later ones wait aside. */
enum { DECIDE_FLAGGED_MAX = 20 };

/* A case that the mail may be about. */
struct decide_case {
	bool found;
	struct store_case row;
	bool participant; /* From is the requester or a participant */
	bool requester;
	int64_t merged; /* the case of From that was merged into it; 0: none */
	bool answered;	/* the mail answers one of its mails, by token or Message-ID */
	bool is_past;	/* of an imported mail: it was opened by one, and is over */
	/* It is over, and mails open it again until then; 0: it is not over. */
	int64_t reopens_until;
	const struct conf_queue *queue; /* that it is in */
};

struct decide_in {
	const struct conf *conf;
	const struct conf_mailbox *mailbox; /* that it came to; NULL: none */
	const struct conf_queue *queue;	    /* whose address it was sent to */
	const struct requester *requester;
	const struct store_mail *mail;
	const struct facts *facts;
	const struct header_scan *scan;
	const struct identity *identity;
	const struct automatic *answer;
	const struct staff_answer *said; /* of a mail of staff; NULL: it is none */

	struct other_answer other; /* of `said`: that its author has not read; at 0: none */

	const struct twin *twin; /* its copies that came before */
	/* the case of a valid token; else the one that a tag, a reference or a token not proven
	 * names */
	struct decide_case token_case, mentioned;
	int64_t flagged; /* such notes on `mentioned` in the day before the mail came */
	struct customer_command command;		/* what a customer would mean by it */
	struct decide_case asked[CUSTOMER_NUMBERS_MAX]; /* that the command names by number */
	struct decide_case last; /* of the sender, where their mail is nothing but thanks */
	int64_t bounced_case;	 /* of the outbox row that came back; 0: none */
	/* The requester or participant of `mentioned` to whom the token of the mail was issued;
	 * p == NULL: to nobody of them. */
	struct span token_holder;
	bool company;	 /* From is a contact who may see all cases of the account */
	bool takes_part; /* From is vouched for, and the requester of a case that is not over; only
			    of mail with List-Unsubscribe */

	struct store_storm storm;     /* of mails like this one, whose case is not over */
	int64_t over_case;	      /* of the sender, that it says is over; 0: none */
	struct store_account account; /* of the requester; id.p == NULL: unknown */
	struct store_account behalf;  /* that On-Behalf-Of names; id.p == NULL: none such */
	/* Of the account that the case would be opened for. */
	const struct store_contract *contracts;
	size_t contract_count;
};

struct decision {
	enum decide_what what;
	const char *why; /* static text: the rule that fired */
	enum post_remark remark;
	const struct conf_queue *queue; /* after routing */
	const struct policy_rule *rule; /* that routed; NULL: none */
	int score;			/* of that rule */
	enum machine machine;
	int64_t case_number; /* the case acted on; 0: none or a new one */
	int64_t link_to;     /* possibly about; 0: none */
	int64_t follows;     /* a case that is over for too long to be opened again; 0 */
	struct severity_verdict severity; /* a new case */
	struct span account, behalf, reseller;
	bool top_visible;
	/* Our server vouches for the sender, or the queue lets a token do without: commands,
	 * reopening, On-Behalf-Of, and the sender's own words in automatic mail. */
	bool authenticated;
	struct customer_command command;
	struct staff_commands staff;
	enum staff_held held;
	struct span held_line; /* "": none */
	bool keeps_state;      /* a note that reopens nothing and starts no clock */
	bool reopens;	       /* a case that is over; DECIDE_PROVEN_COPY: its first copy did not */
	bool tells;	       /* DECIDE_STORM_NOTE: at once, as long as there are few */
	bool joins;	       /* the sender becomes a participant of the case */
	bool names;	       /* whom the mail names in To and Cc may become some, too */
	/* What people are shown: the whole text, but for an answer in a case, which is the reply.
	 */
	struct span text;
	bool is_reply; /* text leaves out what facts.reply_cuts says */
	/* Of who passed a customer's mail on: what stands above and below it. */
	struct span words_above, words_below;
};

/* The rule that fired; why is static text. */
static inline void decide_say(struct decision *d, enum decide_what what, const char *why)
{
	d->what = what;
	d->why = why;
}

/* The account that answers for a sender of that account: its reseller, when it has no package. */
struct span decide_account(const struct store_account *a);

/* What the rules of routing look at. */
struct routing_mail decide_routing_mail(const struct decide_in *in);

void decide_mail(const struct decide_in *in, struct decision *ret_decision);

#endif
