/*
 * Whom a rule of routing gives a new case: its owner, or who of `turns` is next.
 *
 * Who is away (#away), or does not work on the queue, gets none: the owner's deputy stands in, of
 * turns the next one.
 */
#ifndef GATEWAYD_MAIL_RULE_OWNER_H
#define GATEWAYD_MAIL_RULE_OWNER_H

#include "gatewayd/case/desk.h"

/* *ret_owner NULL: nobody.  A turn that is given counts. */
int rule_owner(struct desk *d, const struct policy_rule *rule, const struct conf_queue *queue,
	       const struct conf_staff **ret_owner, struct err *e);

#endif
