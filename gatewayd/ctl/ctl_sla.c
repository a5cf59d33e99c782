/* sla list|explain */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/case/case_clock.h"
#include "gatewayd/case/case_view.h"
#include "gatewayd/case/sla_explain.h"
#include "gatewayd/ctl/ctl_case.h"
#include "gatewayd/ctl/ctl_pages.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"

static const struct ctl_column list_columns[] = {
	{ "number", "case", 9, CTL_RIGHT },  { "queue", "queue", 12, CTL_TEXT },
	{ "severity", "sev", 3, CTL_RIGHT }, { "clock", "clock", 10, CTL_TEXT },
	{ "state", "state", 8, CTL_STATE },  { "due_at", "due", 25, CTL_TIME },
	{ "target", "within", 0, CTL_TEXT },
};

static json_t *deadline_row(struct ctl *c, const void *deadline, struct err *e)
{
	const struct store_deadline *v = deadline;
	struct store_case row;
	json_t *j;

	if (store_case_get(c->d->store, v->case_number, c->d->arena, &row, e) < 0)
		return NULL;
	j = case_view_deadline(c->d, v);
	json_object_set_new(j, "number", json_integer(v->case_number));
	json_object_set_new(j, "queue", json_of_span(row.queue));
	json_object_set_new(j, "severity", json_integer(row.severity));
	json_object_set_new(j, "owner", json_of_span_or_null(row.owner));
	json_object_set_new(j, "alarm_at", json_of_instant(v->alarm_at));
	return j;
}

int ctl_sla_list(struct ctl *c)
{
	struct store_deadline *v;
	struct err e = { 0 };
	size_t n;
	int64_t skip = 0;
	int most, status = ctl_limit(c, &most);

	if (status == EX_OK)
		status = ctl_option_number(c, "--skip", &skip);
	if (status != EX_OK)
		return status;
	if (store_deadline_open(c->d->store, skip, most, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	return CTL_LIST(c, v, n, deadline_row, list_columns);
}

int ctl_sla_list_local(struct ctl *c)
{
	return CTL_PAGED(c, &ctl_pages_by_count, list_columns);
}

static int explain_clock(struct ctl *c, const struct sla_input *in, const struct sla_clock *clock,
			 bool first)
{
	struct err e = { 0 };

	if (!first)
		buf_adds(c->out, c->json ? ",\n" : "\n");
	if ((c->json ? sla_explain_json : sla_explain_text)(in, clock, c->out, &e) < 0)
		return ctl_fail(c, &e);
	return EX_OK;
}

int ctl_sla_explain(struct ctl *c)
{
	struct sla_input in;
	struct sla sla;
	struct err e = { 0 };
	struct store_case row;
	bool first = true;
	int status = ctl_case_take(c, &row);

	if (status != EX_OK)
		return status;
	if (case_clock_compute(c->d, row.number, &in, &sla, &e) < 0)
		return ctl_fail(c, &e);
	if (c->json)
		buf_addc(c->out, '[');
	for (size_t i = 0; i < SLA_KIND_COUNT && status == EX_OK; i++) {
		if (i != SLA_INITIAL && sla.clocks[i].rule.target.unit == POLICY_NONE)
			continue;
		status = explain_clock(c, &in, &sla.clocks[i], first);
		first = false;
	}
	if (c->json)
		buf_adds(c->out, "]\n");
	return status;
}
