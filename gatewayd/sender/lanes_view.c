/* What is told of lanes: which domains are slow, and for how many of their mails there is room. */
#include "gatewayd/sender/lanes_inside.h"

static size_t left_of(size_t most, size_t here)
{
	return here < most ? most - here : 0;
}

static size_t here(const struct lanes_domain *d)
{
	return d->out + d->waiting;
}

/* Mails more of all of them that may be here. */
static size_t slow_room(const struct lanes *l, bool hangs)
{
	size_t n = 0;

	for (size_t i = 0; i < l->domain_count; i++) {
		const struct lanes_domain *d = &l->domains[i];

		n += d->slow && d->hangs == hangs ? here(d) : 0;
	}
	return left_of(lanes_slow_share(l, hangs), n);
}

size_t lanes_view(struct lanes *l, struct lanes_slow ret_v[LANES_SLOW_MAX])
{
	size_t n = 0, rooms[] = { slow_room(l, false), slow_room(l, true) };

	l->told_ms = l->ms;
	l->changed = false;
	for (size_t i = 0; i < l->domain_count; i++) {
		const struct lanes_domain *d = &l->domains[i];
		size_t room = left_of(lanes_share(l, d), here(d));

		if (!d->slow)
			continue;
		ret_v[n++] = (struct lanes_slow){
			.name = { d->name, d->n },
			.ms = (int64_t)d->ms,
			.room = room < rooms[d->hangs] ? room : rooms[d->hangs],
		};
	}
	return n;
}

size_t lanes_slow_room(const struct lanes *l)
{
	bool any[2] = { false, false };

	for (size_t i = 0; i < l->domain_count; i++)
		if (l->domains[i].slow)
			any[l->domains[i].hangs] = true;
	return (any[false] ? slow_room(l, false) : 0) + (any[true] ? slow_room(l, true) : 0);
}
