/*
 * Why a deadline is where it is: `gatewayctl sla explain N` and `sla due`.
 *
 * Text is a table of at most 80 columns, times in the queue's zone; JSON has the names target,
 * due_at, calendar, why and, beside them, clock, rule, where, started_at, target_seconds and
 * stretches.
 */
#ifndef GATEWAYD_SLA_EXPLAIN_H
#define GATEWAYD_SLA_EXPLAIN_H

#include "gatewayd/sla.h"

/* "15 min", "1 h", "2 business days", "none". */
void sla_target_text(struct policy_duration target, struct buf *out);
/* The rule in one sentence, and the file and row in which it stands. */
void sla_rule_text(const struct sla_rule *rule, struct buf *out);
void sla_where_text(const struct sla_rule *rule, struct buf *out);

/* One clock, or all that the case has. */
int sla_explain_text(const struct sla_input *in, const struct sla_clock *clock, struct buf *out,
		     struct err *e);
int sla_explain_json(const struct sla_input *in, const struct sla_clock *clock, struct buf *out,
		     struct err *e);

/* Finds an account's package and contracts in the store; what it returns lives as long as ctx. */
struct sla_accounts {
	int (*find)(void *ctx, const char *account, struct sla_place *ret_place, struct err *e);
	void *ctx;
};

/*
 * gatewayctl sla due --queue Q [--package P | --account A] --severity N --opened RFC3339
 *                    [--channel email|phone] [--json]
 *
 * argv holds the words after `sla due`.  accounts may be NULL: then --account is refused, because
 * it needs the store.  Channel is email unless said otherwise; the severity is taken as given, as
 * if staff had set it (by the sender where the queue lets mails declare it).
 * ERR_PERM names what is wrong, with the nearest known name.
 */
int sla_due_command(const struct conf *conf, const struct sla_accounts *accounts, int argc,
		    char **argv, struct buf *out, struct err *e);

#endif
