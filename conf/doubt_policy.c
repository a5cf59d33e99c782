#include "conf/doubt_policy.h"

#include "gatewayd/base/units.h"

/* true: a is surely the longer wait. */
static bool is_longer(struct policy_duration a, struct policy_duration b)
{
	return a.unit == b.unit && a.unit != POLICY_NONE && a.amount > b.amount;
}

/* A lower severity is mostly answered later. */
static void doubt_targets(struct loader *l, const char *path, const struct policy_duration *targets)
{
	for (int i = 0; i + 1 < POLICY_SEVERITY_MAX; i++)
		if (is_longer(targets[i], targets[i + 1]) && loader_given(l, path))
			loader_warning(l, path,
				       "severity %d is answered before severity %d; are they "
				       "swapped?",
				       i + 2, i + 1);
}

/* One whose entries are all wrong is one: that has been said. */
static bool has_condition(const struct policy_rule *r)
{
	return r->subject.v || r->text.v || r->either.v || r->sender.v || r->recipient.v ||
	       r->header.v || r->account_flags.v || r->account_origin.v || r->scores.v;
}

static void doubt_rule(struct loader *l, const struct policy_rule *r)
{
	if (!has_condition(r))
		loader_warning(l, arena_printf(&l->scratch, "routing.%s", r->name),
			       "has no condition, so it takes every mail and the rules after it "
			       "never fire; add subject, words, sender ...");
}

static void doubt_waits(struct loader *l, const struct conf_queue *q)
{
	if (!q->remind_after_s || !q->close_after_s)
		return;
	if (q->remind_after_s >= q->close_after_s)
		loader_warning(l, loader_path(l, "queues", q->name, "remind_after"),
			       "is not shorter than close_after: its cases are closed before "
			       "their customers are reminded");
	else if (q->close_after_s < q->remind_after_s + DAY_S)
		loader_warning(l, loader_path(l, "queues", q->name, "close_after"),
			       "is less than a day after the reminder: its cases are closed a day "
			       "after it, not sooner; make it remind_after and a day, or more");
}

void doubt_policy(struct loader *l)
{
	const struct policy *p = &l->conf->policy;

	for (size_t i = 0; i < p->kind_count; i++)
		doubt_targets(l, loader_path(l, "kinds", p->kinds[i].name, "targets"),
			      p->kinds[i].targets);
	for (size_t i = 0; i < p->package_count; i++)
		doubt_targets(l, loader_path(l, "packages", p->packages[i].name, "targets"),
			      p->packages[i].targets);
	for (size_t i = 0; i < p->rule_count; i++)
		doubt_rule(l, &p->rules[i]);
	for (size_t i = 0; i < l->conf->queue_count; i++)
		doubt_waits(l, &l->conf->queues[i]);
}
