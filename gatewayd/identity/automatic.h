/*
 * May a mail be answered by itself, and where to (RFC 3834)?
 *
 * Never a bounce, a list, an automatic mail, ourselves, or an address that is no person's.  To From
 * when our server vouches for it; an unproven From only when the envelope sender (Return-Path) is
 * the same address, else anybody could have us write to a third person.  Never to Reply-To, but
 * where the mailbox says confirm_reply_to, and then as to somebody unproven.  Budgets bound what
 * goes out; one that is used up suppresses the mail, never the case.  What unproven senders use up
 * is nothing of a proven one's.
 */
#ifndef GATEWAYD_IDENTITY_AUTOMATIC_H
#define GATEWAYD_IDENTITY_AUTOMATIC_H

#include "gatewayd/identity/identity.h"
#include "parser/facts.h"
#include "store/store_outbox.h"

struct automatic {
	bool allowed;
	bool proven;	    /* `to` is From, and our server vouches for it */
	struct span to;	    /* where the answer goes; when allowed */
	const char *reason; /* why not, static; NULL when allowed */
};

struct automatic_mail {
	const struct header_scan *scan;
	const struct identity *identity;
	enum facts_kind kind; /* what the parser took it for; a child's word can only forbid */
	const struct conf_mailbox *mailbox; /* that it came to; NULL: none */
};

void automatic_decide(const struct automatic_mail *mail, const struct conf *conf,
		      struct automatic *ret_answer);

/* Why an address is written to by nobody but people; static, NULL: it may be. */
const char *automatic_refuse(struct span address, const struct conf *conf);

/* An address that no person reads: mailer-daemon, postmaster, noreply ... */
bool automatic_is_machine(struct span address);
/* A person may read it, and mail can be written to it: no local part in another script than ASCII
 * (RFC 6531), which our sender does not use. */
bool automatic_reaches(struct span address);

/* Of all who are not proven together. */
struct store_budget automatic_all_budget(const struct conf *conf, struct arena *a);
/* What to take from before an automatic mail is queued (store_budget_take()); their keys are like
 * "auto:day:ann@example.com". */
enum { AUTOMATIC_BUDGETS = 5 };
/* Whom an automatic mail goes to, and about which case. */
struct automatic_recipient {
	struct span address;
	int64_t case_number; /* 0: none, and no budget for it */
	bool proven;
};
/* Fills as many as apply, the narrowest first, and returns how many. */
size_t automatic_budgets(const struct conf *conf, const struct automatic_recipient *to,
			 struct arena *a, struct store_budget ret_budgets[AUTOMATIC_BUDGETS]);

/*
 * Of a notice to staff: there is only one for a case, against loops of two responders that mark
 * nothing.
 */
struct store_budget automatic_staff_budget(const struct conf *conf, struct span to,
					   int64_t case_number, struct arena *a);

#endif
