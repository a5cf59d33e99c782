#include "gatewayd/mail/digest.h"

#include "gatewayd/base/units.h"

/* The next morning of the queue. */
static int64_t morning_after(const struct desk *d, const struct conf_queue *queue)
{
	const struct zone *zone = desk_zone(d, queue->zone);
	struct civil c;
	int64_t at;

	zone_to_local(zone, d->now, &c);
	c.hour = DIGEST_HOUR;
	c.minute = c.second = 0;
	at = zone_to_utc(zone, &c);
	if (at > d->now)
		return at;
	zone_to_local(zone, at + DAY_S, &c);
	c.hour = DIGEST_HOUR;
	return zone_to_utc(zone, &c);
}

int digest_filed(struct desk *d, const struct conf_queue *queue, int64_t mail, struct err *e)
{
	return store_digest_add(d->store, DIGEST_FILED, span_of(queue->name), mail,
				morning_after(d, queue), e);
}

/* Few an hour; the first for a while. */
size_t digest_budgets(struct desk *d, const struct digest_sender *s,
		      struct store_budget ret_v[DIGEST_BUDGETS])
{
	const char *who = s->proven ? "proven:" : "";
	const char *key = arena_printf(d->arena, "cases:%s" SPAN_FMT, who, SPAN_ARG(s->from));
	const char *pause = arena_printf(d->arena, "pause:%s" SPAN_FMT, who, SPAN_ARG(s->from));

	if (!s->from.n)
		return 0;
	ret_v[0] = (struct store_budget){ .key = span_of(key),
					  .window_s = HOUR_S,
					  .max = DIGEST_CASES_MAX };
	ret_v[1] =
	    (struct store_budget){ .key = span_of(pause), .window_s = DIGEST_WAIT_S, .max = 1 };
	return DIGEST_BUDGETS;
}

int digest_case(struct desk *d, const struct conf_queue *queue, const struct digest_sender *s,
		int64_t mail, bool *ret_together, struct err *e)
{
	struct store_budget budgets[DIGEST_BUDGETS];
	bool within[DIGEST_BUDGETS];
	size_t n = digest_budgets(d, s, budgets);

	*ret_together = false;
	if (n == 0)
		return 0;
	if (store_budget_take_each(d->store, budgets, n, d->now, within, e) < 0)
		return -1;
	*ret_together = !within[0] && !within[1];
	if (!*ret_together)
		return 0;
	return store_digest_add(d->store, DIGEST_CASES, span_of(queue->name), mail,
				d->now + DIGEST_WAIT_S, e);
}
