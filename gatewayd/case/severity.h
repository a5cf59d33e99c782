/*
 * How urgent a case is: what it opens with, what its sender wishes, what staff may set.
 *
 * Severities are 1 (worst) .. 4; 0 is "none stated".  Mail is never urgent by its own word
 * (conf/policy/README.md section 2): what it asks for is kept beside what it gets.
 */
#ifndef GATEWAYD_CASE_SEVERITY_H
#define GATEWAYD_CASE_SEVERITY_H

#include "conf/policy.h"
#include "gatewayd/base/err.h"
#include "gatewayd/base/str.h"

enum { SEVERITY_DECLARED_LINES = 10 }; /* of new text, in which a declaration may stand */

enum channel { CHANNEL_EMAIL, CHANNEL_PHONE, CHANNEL_STAFF, CHANNEL_COUNT };
const char *channel_name(enum channel channel); /* "email", "phone", "staff" */
bool channel_parse(struct span name, enum channel *ret_channel);

struct severity_intake {
	const struct policy_kind *kind;
	enum channel channel;
	bool declared_allowed; /* the queue's email_severity is "declared" */
	bool authenticated;    /* the sender, by identity.h's levels */
	bool entitled;	       /* the sender's account has mail support */
	int declared;	       /* mail: severity_declared(); else what staff stated; 0: nothing */
	int wish;	       /* mail: of gatewayd/mail/urgency.h */
};

struct severity_verdict {
	int severity;
	int requested;	 /* what the sender asked for, when it is not what they got; else 0 */
	bool by_sender;	 /* a declaration in a mail was followed */
	const char *why; /* a fixed text that names the rule */
};

/* What a new case opens with.  Always within the kind's scale. */
struct severity_verdict severity_at_intake(const struct severity_intake *in);

/*
 * `Severity: N` on a line of its own among the first SEVERITY_DECLARED_LINES lines of new text; the
 * first such line counts.  0: none.  N may be off the kind's scale.
 */
int severity_declared(struct span text);

/*
 * A number of 1 to 4 beside a word of gatewayd/case/severity_words.h: "sev 1", "P1", "Prio: 2",
 * "Priorität 1".  0: none.
 */
int severity_number(struct span text);

/*
 * May staff set the severity?  Why not, or SEVERITY_MAY.
 * phone: the record, "caller, time"; opened by phone counts as one.  Both spans may be empty.
 */
enum severity_change {
	SEVERITY_MAY,
	SEVERITY_OFF_SCALE,
	SEVERITY_SAME,
	SEVERITY_NEEDS_CALL, /* a kind that reaches severity 1 only with the record of one */
	SEVERITY_NEEDS_REASON,
};
enum severity_change severity_change_check(const struct policy_kind *kind, int from, int to,
					   struct span reason, struct span phone,
					   bool opened_by_phone);

#endif
