/*
 * Why a deadline is where it is: what `gatewayctl sla explain N` and `sla due` print.
 *
 * Text is a list of facts and a table within 80 columns, times in the queue's zone.  JSON is one
 * object with the names target, due_at, calendar, why, and beside them clock, rule, where,
 * severity, target_severity, target_seconds, started_at, met_at, missed_at and stretches.
 */
#ifndef GATEWAYD_CASE_SLA_EXPLAIN_H
#define GATEWAYD_CASE_SLA_EXPLAIN_H

#include "gatewayd/base/json.h"
#include "gatewayd/case/sla.h"

/* The rule's name: "contract", "kind", "package", "queue", "none". */
const char *sla_source_name(enum sla_source source);
/* The rule in one sentence, and the row and file in which it stands. */
void sla_rule_text(const struct sla_rule *rule, struct buf *out);
void sla_where_text(const struct sla_rule *rule, struct buf *out);

/* The clock must come from sla_compute() on the same input. */
int sla_explain_text(const struct sla_input *in, const struct sla_clock *clock, struct buf *out,
		     struct err *e);
int sla_explain_object(const struct sla_input *in, const struct sla_clock *clock, json_t **ret_json,
		       struct err *e);
int sla_explain_json(const struct sla_input *in, const struct sla_clock *clock, struct buf *out,
		     struct err *e);

#endif
