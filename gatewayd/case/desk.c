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
