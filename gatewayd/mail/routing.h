/*
 * Where a question belongs (conf/policy/README.md section 6): the first rule whose every test
 * holds.
 */
#ifndef GATEWAYD_MAIL_ROUTING_H
#define GATEWAYD_MAIL_ROUTING_H

#include "conf/policy.h"
#include "gatewayd/base/str.h"

struct routing_mail {
	struct span subject, text;
	struct span sender;	       /* address */
	const struct span *recipients; /* addresses, delivery fields and To, Cc */
	size_t recipient_count;
	struct span account_flags; /* blank-separated */
};

/* NULL: no rule fires. */
const struct policy_rule *routing_find(const struct policy *policy,
				       const struct routing_mail *mail);

#endif
