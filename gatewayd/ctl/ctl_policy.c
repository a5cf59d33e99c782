/* severity, package list, staff list: what the configuration and the policy say */
#include <sysexits.h>

#include "gatewayd/ctl/ctl_names.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"

static json_t *scale_json(const struct policy_kind *kind)
{
	json_t *levels = json_array();

	for (int i = 0; i < policy_kind_levels(kind); i++)
		json_array_append_new(levels, json_pack("{s:i, s:s, s:s?}", "severity", i + 1,
							"label", kind->levels[i].label, "meaning",
							kind->levels[i].meaning));
	return json_pack("{s:s, s:b, s:b, s:i, s:o}", "kind", kind->name, "always_open",
			 kind->always_open, "severity1_by_phone", kind->severity1_phone_only,
			 "default", kind->default_severity, "levels", levels);
}

static void print_scale(struct ctl *c, const struct policy_kind *kind)
{
	buf_addf(c->out, "%s (%s, severity %d when nothing else decides%s)\n", kind->name,
		 kind->always_open ? "24 x 7" : "business days", kind->default_severity,
		 kind->severity1_phone_only ? ", severity 1 by phone only" : "");
	for (int i = 0; i < policy_kind_levels(kind); i++)
		buf_addf(c->out, "    %d %-9s %s\n", i + 1, kind->levels[i].label,
			 kind->levels[i].meaning ? kind->levels[i].meaning : "");
}

static const char *kind_at(const void *ctx, size_t i)
{
	return ((const struct policy *)ctx)->kinds[i].name;
}

int ctl_severity(struct ctl *c)
{
	const struct policy *p = &c->d->conf->policy;
	json_t *rows = json_array();

	for (size_t i = 0; i < p->kind_count; i++) {
		if (c->n && strcmp(c->words[0], p->kinds[i].name) != 0)
			continue;
		json_array_append_new(rows, scale_json(&p->kinds[i]));
		if (!c->json)
			print_scale(c, &p->kinds[i]);
	}
	if (c->n && !json_array_size(rows)) {
		json_decref(rows);
		return ctl_unknown(c,
				   &(struct ctl_known){ .what = "kind of case",
							.verb = "severity",
							.n = p->kind_count,
							.at = kind_at,
							.ctx = p },
				   c->words[0]);
	}
	return ctl_done(c, rows);
}

static json_t *words_view(const struct policy_words *w)
{
	json_t *all = json_array();

	for (size_t i = 0; i < w->n; i++)
		json_array_append_new(all, json_string(w->v[i]));
	return all;
}

static json_t *staff_row(struct ctl *c, const void *row, struct err *e)
{
	const struct conf_staff *s = row;

	(void)c;
	(void)e;
	return json_pack("{s:s, s:s, s:o, s:o}", "id", s->id, "name", s->name, "addresses",
			 words_view(&s->addresses), "queues", words_view(&s->queues));
}

int ctl_staff_list(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "id", "id", 12, CTL_TEXT },
		{ "name", "name", 24, CTL_TEXT },
		{ "addresses", "addresses", 0, CTL_TEXT },
	};

	return CTL_LIST(c, c->d->conf->staff, c->d->conf->staff_count, staff_row, columns);
}

static json_t *target_view(struct policy_duration target)
{
	struct buf text BUF_AUTO;

	buf_init(&text, 100);
	policy_duration_print(target, &text);
	return json_of_span(buf_span(&text));
}

static json_t *package_row(struct ctl *c, const void *row, struct err *e)
{
	const struct policy_package *p = row;

	(void)c;
	(void)e;
	return json_pack("{s:s, s:o, s:o, s:o, s:s?}", "name", p->name, "severity_1",
			 target_view(p->targets[0]), "severity_2", target_view(p->targets[1]),
			 "severity_3", target_view(p->targets[2]), "where", p->where);
}

int ctl_package_list(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "name", "package", 24, CTL_TEXT },
		{ "severity_1", "severity 1", 12, CTL_TEXT },
		{ "severity_2", "severity 2", 12, CTL_TEXT },
		{ "severity_3", "severity 3", 0, CTL_TEXT },
	};
	const struct policy *p = &c->d->conf->policy;

	return CTL_LIST(c, p->packages, p->package_count, package_row, columns);
}
