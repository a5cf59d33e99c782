#include "gatewayd/core/lanes_seen.h"

#include "gatewayd/base/mem.h"

enum { DRY_MS = 1000, PASSED_MS = 1000 };

static int64_t dry_of(const struct lanes_seen *l, struct span domain)
{
	for (size_t i = 0; i < l->n; i++)
		if (span_is(domain, l->slow[i].domain))
			return l->slow[i].dry_ms;
	return 0;
}

void lanes_seen_take(struct lanes_seen *l, const struct talk_lanes *t)
{
	struct lanes_seen fresh = { .open = t->open,
				    .most = t->most,
				    .ms = t->ms,
				    .n = t->n,
				    .slow_told = t->slow_room,
				    .slow_room = t->slow_room,
				    .next = l->next };

	for (size_t i = 0; i < t->n; i++)
		fresh.slow[i] = (struct slow_seen){ .domain = mem_dup_span(t->slow[i].domain),
						    .ms = t->slow[i].ms,
						    .told = t->slow[i].room,
						    .room = t->slow[i].room,
						    .dry_ms = dry_of(l, t->slow[i].domain) };
	lanes_seen_release(l);
	*l = fresh;
}

void lanes_seen_release(struct lanes_seen *l)
{
	for (size_t i = 0; i < l->n; i++)
		mem_free(&l->slow[i].domain);
	*l = (struct lanes_seen){ 0 };
}

struct span lanes_seen_names(const struct lanes_seen *l, struct arena *a)
{
	const char *names = l->n ? " " : "";

	for (size_t i = 0; i < l->n; i++)
		names = arena_printf(a, "%s%s ", names, l->slow[i].domain);
	return span_of(names);
}

void lanes_seen_from(struct lanes_seen *l, int64_t now_ms, struct store_outbox_which *ret_which)
{
	if (now_ms - l->passed.since_ms >= PASSED_MS)
		l->passed.at = l->passed.id = 0;
	if (!l->passed.at)
		l->passed.since_ms = now_ms;
	ret_which->from_at = l->passed.at;
	ret_which->from_id = l->passed.id;
}

void lanes_seen_returned(struct lanes_seen *l)
{
	l->passed.at = l->passed.id = 0;
}

void lanes_seen_passed(struct lanes_seen *l, const struct store_outbox *last)
{
	l->passed.at = l->n && last ? last->next_at : 0;
	l->passed.id = l->passed.at ? last->id : 0;
}

void lanes_seen_undo(struct lanes_seen *l)
{
	lanes_seen_returned(l);
	for (size_t i = 0; i < l->n; i++)
		l->slow[i].room = l->slow[i].told;
	l->slow_room = l->slow_told;
}

static bool wants(const struct slow_seen *s, bool backlog, int64_t now_ms)
{
	return s->room && !(backlog && s->dry_ms && now_ms - s->dry_ms < DRY_MS);
}

int lanes_seen_claim(struct lanes_seen *l, struct desk *d, bool backlog, int64_t now_ms,
		     struct store_outbox **ret_v, size_t *ret_n, struct err *e)
{
	struct store_outbox *all = NULL;
	size_t n = 0, from = l->next;

	for (size_t i = 0; i < l->n && l->slow_room; i++) {
		size_t at = (from + i) % l->n;
		struct slow_seen *s = &l->slow[at];
		uint32_t limit = s->room < l->slow_room ? s->room : l->slow_room;
		struct store_outbox *v;
		size_t got;

		if (!wants(s, backlog, now_ms))
			continue;
		if (store_outbox_claim_domain(d->store, span_of(s->domain), d->now, (int)limit,
					      d->arena, &v, &got, e) < 0)
			return -1;
		s->dry_ms = got < limit ? now_ms : 0;
		s->room -= (uint32_t)got;
		l->slow_room -= (uint32_t)got;
		if (got)
			l->next = at + 1;
		for (size_t k = 0; k < got; k++) {
			ARENA_GROW(d->arena, all, n);
			all[n++] = v[k];
		}
	}
	*ret_v = all;
	*ret_n = n;
	return 0;
}

json_t *lanes_seen_view(const struct lanes_seen *l)
{
	json_t *slow = json_array();

	for (size_t i = 0; i < l->n; i++)
		json_array_append_new(slow, json_pack("{s:o, s:I}", "domain",
						      json_of_span(span_of(l->slow[i].domain)),
						      "reply_ms", (json_int_t)l->slow[i].ms));
	if (!l->most) {
		json_decref(slow);
		return json_null();
	}
	return json_pack("{s:i, s:i, s:o, s:o}", "connections", (int)l->open, "connections_max",
			 (int)l->most, "reply_ms", l->ms < 0 ? json_null() : json_integer(l->ms),
			 "slow", slow);
}
