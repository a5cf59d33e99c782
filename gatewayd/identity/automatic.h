/*
 * May a mail be answered by itself, and whither (RFC 3834)?
 *
 * Never a bounce, a list, an automatic mail, ourselves, or an address that is no person's; only to
 * the envelope sender (Return-Path, else From), never to Reply-To.  A budget stands for every
 * address, domain and case; a budget that is used up suppresses the mail, never the case.
 */
#ifndef GATEWAYD_IDENTITY_AUTOMATIC_H
#define GATEWAYD_IDENTITY_AUTOMATIC_H

#include "gatewayd/identity/identity.h"
#include "parser/facts.h"

struct automatic {
	bool allowed;
	struct span to;	    /* where the answer goes; when allowed */
	const char *reason; /* why not, static; NULL when allowed */
};

/* kind: what the parser took the mail for; a child's word can only forbid. */
void automatic_decide(const struct header_scan *scan, const struct identity *identity,
		      enum facts_kind kind, const struct conf *conf, struct automatic *ret_answer);

/* An address that no person reads: mailer-daemon, postmaster, noreply ... */
bool automatic_is_machine(struct span address);

/* What to take from before an automatic mail is queued (store_budget_take()). */
struct automatic_budget {
	struct span key; /* "auto:address:ann@example.com" */
	int64_t window_at;
	int max; /* the mail goes when the count after taking is <= max */
};
enum { AUTOMATIC_BUDGETS = 3 };
/* Fills as many as apply (no case: no budget for it) and returns how many. */
size_t automatic_budgets(const struct conf *conf, struct span to, int64_t case_number, int64_t now,
			 struct arena *a, struct automatic_budget ret_budgets[AUTOMATIC_BUDGETS]);

/*
 * Of a notice to staff: there is only one for a case, against loops of two responders that mark
 * nothing.
 */
struct automatic_budget automatic_staff_budget(const struct conf *conf, struct span to,
					       int64_t case_number, int64_t now, struct arena *a);

#endif
