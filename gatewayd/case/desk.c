#include "gatewayd/case/desk.h"

const struct conf_queue *desk_queue(const struct desk *d, struct span name)
{
	for (size_t i = 0; i < d->conf->queue_count; i++)
		if (span_is(name, d->conf->queues[i].name))
			return &d->conf->queues[i];
	return &d->conf->queues[0];
}

const struct policy_kind *desk_kind(const struct desk *d, const struct conf_queue *queue)
{
	return policy_kind_find(&d->conf->policy, queue->kind);
}

const struct zone *desk_zone(const struct desk *d, const char *name)
{
	const struct zone *z = NULL;
	struct err e;

	if (!name || zones_get(d->zones, name, &z, &e) < 0)
		(void)zones_get(d->zones, "UTC", &z,
				&e); /* conf checked the name; tzdata may be gone */
	return z;
}

/* "2026-03-31 16:00:00 +0200" without ":00" seconds, which tell a reader nothing. */
static void drop_seconds(char text[TIME_TEXT_MAX])
{
	enum { SECONDS = 16 }; /* where they begin */
	size_t n = strlen(text);

	if (n > SECONDS + 3 && strncmp(text + SECONDS, ":00", 3) == 0)
		memmove(text + SECONDS, text + SECONDS + 3, n - SECONDS - 2);
}

const char *desk_time(const struct desk *d, const char *zone, int64_t at)
{
	const struct zone *z = desk_zone(d, zone);
	char text[TIME_TEXT_MAX];

	if (!z)
		return arena_cstr(d->arena, span_of(time_rfc3339(at, text)));
	zone_text(z, at, text);
	drop_seconds(text);
	return arena_cstr(d->arena, span_of(text));
}
