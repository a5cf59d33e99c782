/*
 * What may be done to a case: each changes the row, writes the event and recomputes the clocks.
 *
 * The one way in for mails, staff commands, gatewayctl and the timer.  All run inside an open
 * transaction.  "actor" is who does it (case_log.h).
 * ERR_PERM says in words for that person why it cannot be done.
 */
#ifndef GATEWAYD_CASE_CASE_OPS_H
#define GATEWAYD_CASE_CASE_OPS_H

#include "gatewayd/case/case_log.h"
#include "gatewayd/case/desk.h"
#include "gatewayd/case/severity.h"

struct case_opening {
	const struct conf_queue *queue;
	enum channel channel;
	struct severity_verdict severity;
	struct span subject;
	struct span requester_name, requester_address;
	struct span account, behalf, reseller; /* ids, "": none */
	bool top_visible;
	const struct policy_rule *rule; /* that routed it here; NULL: none */
	int score;			/* of the rule */
	int64_t opened_at;		/* when the mail reached the mailbox, or the call came */
	int64_t moved_from;		/* when its mail came to where it was moved from; 0 */
	int64_t mail;			/* 0: none */
	struct span actor, phone;	/* phone: the record of the call, "" */
	struct span owner;
	struct span language;	/* of the requester; "": not known */
	struct span written_to; /* the address of ours that they wrote to; "": not known */
	enum reach reach;	/* of the requester */
	struct span unreached;	/* why it is REACH_NOBODY */
};
int case_open(struct desk *d, const struct case_opening *o, int64_t *ret_number, struct err *e);

/*
 * Adds the note and its event: a customer's (NOTE_INBOUND) restarts what waits for an answer, a
 * staff answer (NOTE_OUTBOUND) is a response, the rest is only noted.  automatic: of a machine,
 * changes no state and stops no clock.
 */
int case_note(struct desk *d, const struct store_note *note, bool automatic, int64_t *ret_id,
	      struct err *e);
/* A logged phone call: a response to the customer. */
int case_call(struct desk *d, int64_t number, struct span actor, struct span said, struct err *e);

int case_set_state(struct desk *d, int64_t number, enum case_state state, struct span actor,
		   struct span reason, struct err *e);
/* owner: a staff id, or "" for nobody. */
int case_assign(struct desk *d, int64_t number, struct span owner, struct span actor,
		struct err *e);
/* phone: the record of the call that asked for it, or "". */
int case_set_severity(struct desk *d, int64_t number, int severity, struct span actor,
		      struct span reason, struct span phone, struct err *e);
/* Its customer says that it is more urgent than it is: a flag, for people to judge. */
int case_wish(struct desk *d, int64_t number, int severity, struct span actor, struct err *e);
/*
 * A severity that the other kind does not have becomes its last level; 1 becomes 2 where only a
 * phone call gives 1 and none is on record.  The event of that says why.
 */
int case_move(struct desk *d, int64_t number, struct span queue, struct span actor, struct err *e);
int case_set_account(struct desk *d, int64_t number, struct span account, struct span actor,
		     struct err *e);
/* The name of the other requester is forgotten. */
int case_set_requester(struct desk *d, int64_t number, struct span address, struct span actor,
		       struct err *e);
int case_link(struct desk *d, int64_t number, int64_t other, enum link_kind kind, struct span actor,
	      struct err *e);
/* The case itself or, when it was merged, where it ended. */
int case_follow(struct desk *d, int64_t number, struct store_case *ret_case, struct err *e);

/* Severity, account, package or policy changed elsewhere: all open cases of the account ("": all).
 */
int case_recompute(struct desk *d, struct span account, size_t *ret_changed, struct err *e);

#endif
