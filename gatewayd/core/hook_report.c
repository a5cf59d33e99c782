#include "gatewayd/core/hook_report.h"

#include <inttypes.h>

static const struct store_hook *find_rows(const struct store_hook *v, size_t n, struct span name)
{
	static const struct store_hook none = { .oldest_at = INSTANT_NONE };

	for (size_t i = 0; i < n; i++)
		if (span_eq(v[i].name, name))
			return &v[i];
	return &none;
}

static json_t *view(struct span name, const struct store_hook *rows, int64_t since_at,
		    const char *text)
{
	return json_pack("{s:o, s:b, s:o, s:o, s:I, s:o, s:I}", "name", json_of_span(name), "good",
			 since_at == INSTANT_NONE, "text", json_of_span(span_of(text)), "since",
			 json_of_instant(since_at), "waiting", (json_int_t)rows->waiting, "oldest",
			 json_of_instant(rows->oldest_at), "failed", (json_int_t)rows->failed);
}

static json_t *configured(struct bench *b, const struct conf_hook *h, const struct store_hook *rows)
{
	const struct hook_lane *lane = hook_lanes_get(&b->hook_lanes, h->name);

	if (lane->failures)
		return view(span_of(h->name), rows, lane->since_at, lane->text);
	return view(span_of(h->name), rows, INSTANT_NONE,
		    rows->failed ? "some failed: gatewayctl outbox list --state failed" : "");
}

json_t *hook_report(struct bench *b)
{
	json_t *list = json_array();
	struct store_hook *v;
	struct err e;
	size_t n;

	if (store_outbox_hooks(b->store, &b->arena, &v, &n, &e) < 0)
		n = 0; /* what the store cannot say is its own trouble */
	for (size_t i = 0; i < b->conf->hook_count; i++) {
		const struct conf_hook *h = &b->conf->hooks[i];

		json_array_append_new(list, configured(b, h, find_rows(v, n, span_of(h->name))));
	}
	for (size_t i = 0; i < n; i++)
		if (v[i].waiting && !conf_hook_find(b->conf, v[i].name))
			json_array_append_new(
			    list, view(v[i].name, &v[i], v[i].oldest_at,
				       "it is not in the configuration any more: put it back, or "
				       "gatewayctl outbox cancel"));
	return list;
}
