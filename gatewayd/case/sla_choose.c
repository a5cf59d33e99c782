/* Which row names the target: the order of choice of conf/policy/README.md section 3. */
#include "gatewayd/case/sla.h"

static bool contract_fits(const struct sla_contract *c, const struct sla_ask *ask, int severity)
{
	return c->clock == ask->clock &&
	       (!c->kind || strcmp(c->kind, ask->place->queue->kind) == 0) &&
	       (c->severity == 0 || c->severity == severity) &&
	       (c->from_at == INSTANT_NONE || ask->start_at >= c->from_at) &&
	       (c->until_at == INSTANT_NONE || ask->start_at < c->until_at);
}

/* A row that names kind or severity goes before one that leaves it open, else the first. */
static const struct sla_contract *contract_for(const struct sla_ask *ask, int severity)
{
	const struct sla_contract *best = NULL;
	int best_weight = -1;

	for (size_t i = 0; i < ask->place->contract_count; i++) {
		const struct sla_contract *c = &ask->place->contracts[i];
		int weight = (c->kind ? 2 : 0) + (c->severity ? 1 : 0);

		if (weight > best_weight && contract_fits(c, ask, severity)) {
			best = c;
			best_weight = weight;
		}
	}
	return best;
}

static void from_queue(const struct sla_ask *ask, struct sla_rule *rule)
{
	const struct conf_queue *queue = ask->place->queue;

	rule->target = ask->clock == SLA_NEXT ? queue->next_response : queue->resolution;
	rule->source = rule->target.unit == POLICY_NONE ? SLA_FROM_NOTHING : SLA_FROM_QUEUE;
}

static enum policy_severity1_by missing_for(const struct policy_package *package,
					    const struct sla_ask *ask)
{
	if (package->severity1_by == SEVERITY1_BY_PHONE && !ask->by_phone)
		return SEVERITY1_BY_PHONE;
	if (package->severity1_by == SEVERITY1_BY_SUPPORT && !ask->by_phone && !ask->by_support)
		return SEVERITY1_BY_SUPPORT;
	return SEVERITY1_BY_ANY;
}

static bool from_package(const struct policy *policy, const struct sla_ask *ask,
			 struct sla_rule *rule)
{
	const struct policy_package *package =
	    ask->place->package ? policy_package_find(policy, ask->place->package) : NULL;
	enum policy_severity1_by missing = SEVERITY1_BY_ANY;
	int row = rule->row;

	if (!package || rule->kind->own_targets)
		return false;
	if (row == 1 && (missing = missing_for(package, ask)) != SEVERITY1_BY_ANY)
		row = 2;
	if (package->targets[row - 1].unit == POLICY_NONE)
		return false;
	rule->source = SLA_FROM_PACKAGE;
	rule->package = package;
	rule->missing = missing;
	rule->row = row;
	rule->target = package->targets[row - 1];
	return true;
}

static void from_kind(struct sla_rule *rule)
{
	rule->source = SLA_FROM_KIND;
	rule->target = rule->kind->targets[rule->row - 1];
}

int sla_choose(const struct policy *policy, const struct sla_ask *ask, struct sla_rule *ret_rule,
	       struct err *e)
{
	struct sla_rule rule = { .severity = ask->severity, .place = ask->place };
	int levels;

	if (!ask->place || !ask->place->queue)
		return err_set(e, ERR_PERM, "the case is in a queue that is not configured");
	rule.kind = policy_kind_find(policy, ask->place->queue->kind);
	if (!rule.kind)
		return err_set(e, ERR_PERM, "queue \"%s\" is of kind \"%s\", which there is not",
			       ask->place->queue->name, ask->place->queue->kind);
	levels = policy_kind_levels(rule.kind);
	if (ask->severity < 1 || ask->severity > POLICY_SEVERITY_MAX || levels < 1)
		return err_set(e, ERR_PERM, "severity %d is on no scale", ask->severity);
	rule.row = ask->severity < levels ? ask->severity : levels;
	rule.contract = contract_for(ask, rule.row);
	if (rule.contract) {
		rule.source = SLA_FROM_CONTRACT;
		rule.target = rule.contract->target;
	} else if (ask->clock != SLA_INITIAL) {
		from_queue(ask, &rule);
	} else if (!from_package(policy, ask, &rule)) {
		from_kind(&rule);
	}
	*ret_rule = rule;
	return 0;
}
