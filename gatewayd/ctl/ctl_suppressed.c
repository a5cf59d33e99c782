/* suppressed list|remove: addresses that take no mail */
#include <sysexits.h>

#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"

static json_t *dead_row(struct ctl *c, const void *row, struct err *e)
{
	const struct store_dead *dead = row;

	(void)c;
	(void)e;
	return json_pack("{s:o, s:o, s:o, s:o}", "address", json_of_span(dead->address), "at",
			 json_of_instant(dead->at), "until_at", json_of_instant(dead->until_at),
			 "reason", json_of_span(dead->reason));
}

int ctl_suppressed_list(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "address", "address", 30, CTL_TEXT },
		{ "until_at", "until", 26, CTL_TIME },
		{ "reason", "reason", 0, CTL_TEXT },
	};
	struct store_dead *v;
	struct err e = { 0 };
	size_t n;

	if (store_dead_list(c->d->store, c->d->now, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	return CTL_LIST(c, v, n, dead_row, columns);
}

int ctl_suppressed_remove(struct ctl *c)
{
	struct err e = { 0 };
	bool there;

	if (store_dead_forget(c->d->store, span_of(c->words[0]), &there, &e) < 0)
		return ctl_fail(c, &e);
	if (!there)
		return ctl_usage(c, "\"%s\" is not suppressed", c->words[0]);
	return ctl_done(c, json_pack("{s:s}", "address", c->words[0]));
}
