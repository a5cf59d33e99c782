/*
 * Where a question belongs (conf/policy/README.md section 6): of the rules whose every
 * test holds, the one with the best score that reaches its threshold; of equal ones the first.
 */
#ifndef GATEWAYD_MAIL_ROUTING_H
#define GATEWAYD_MAIL_ROUTING_H

#include "conf/policy.h"
#include "gatewayd/base/buf.h"

struct routing_mail {
	struct span subject, text;
	struct span sender;	       /* address */
	const struct span *recipients; /* addresses, delivery fields and To, Cc */
	size_t recipient_count;
	char delimiter;		   /* of plus addresses */
	struct span account_flags; /* blank-separated */
	struct span account_origin;
	struct span header; /* of the mail, as it came */
};

enum { ROUTING_CERTAIN = 1000 }; /* score of a rule that has no weighted phrases */

struct routing_result {
	const struct policy_rule *rule; /* routing_find(): NULL when none fires */
	int score;			/* 0: a test does not hold, or nothing was found */
	bool fires;
};

struct routing_result routing_find(const struct policy *policy, const struct routing_mail *mail);
/* The policy's rule i by itself; why gets the entries of its scores that were found, each with the
 * words of the mail. */
struct routing_result routing_explain(const struct policy *policy, size_t i,
				      const struct routing_mail *mail, struct buf *why);

#endif
