#include "gatewayd/timer/watch_digest.h"

struct entry {
	struct post_alarm alarm;
	struct entry *next;
};

struct watch_digest_page { /* of one recipient and sort */
	struct span to;
	bool breached, held;
	struct entry *first, **last;
	size_t n;
	struct watch_digest_page *next;
};

static struct watch_digest_page *page_for(struct watch_digest *g, struct desk *d, struct span to,
					  bool breached, bool held)
{
	struct watch_digest_page **at = &g->first, *p;

	for (; *at; at = &(*at)->next)
		if ((*at)->breached == breached && (*at)->held == held && span_eq_ci((*at)->to, to))
			return *at;
	p = arena_alloc(d->arena, sizeof(*p));
	p->to = to;
	p->breached = breached;
	p->held = held;
	p->last = &p->first;
	*at = p;
	return p;
}

static void add(struct watch_digest *g, struct desk *d, struct span to, bool breached, bool held,
		const struct post_alarm *alarm)
{
	struct watch_digest_page *p = page_for(g, d, to, breached, held);
	struct entry *entry;

	for (entry = p->first; entry; entry = entry->next)
		if (entry->alarm.number == alarm->number)
			return; /* the owner is also an escalation address */
	entry = arena_alloc(d->arena, sizeof(*entry));
	entry->alarm = *alarm;
	*p->last = entry;
	p->last = &entry->next;
	p->n++;
}

/* A breach is level 1, its first reminder level 2, and so on. */
static int level_of(const struct sla_alarm *alarm)
{
	switch (alarm->type) {
	case SLA_WARNING: return 0;
	case SLA_BREACH: return 1;
	case SLA_REMINDER: return alarm->number + 1;
	}
	return 0;
}

int watch_digest_add(struct watch_digest *g, struct desk *d, int64_t number,
		     const struct sla_alarm *alarm, const struct sla_clock *clock, bool late,
		     struct err *e)
{
	struct post_alarm row = { .number = number, .due_at = clock->due_at, .late = late };
	bool breached = alarm->type != SLA_WARNING, held;
	struct span *to;
	size_t n;

	if (store_again_case(d->store, number, &held, e) < 0 ||
	    post_alarm_to(d, number, level_of(alarm), &to, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		add(g, d, to[i], breached, held, &row);
	return 0;
}

int watch_digest_post(const struct watch_digest *g, struct desk *d, struct err *e)
{
	for (const struct watch_digest_page *p = g->first; p; p = p->next) {
		struct desk then = *d;
		struct post_alarm *v = arena_alloc_n(d->arena, p->n, sizeof(*v));
		size_t n = 0;

		for (const struct entry *entry = p->first; entry; entry = entry->next)
			v[n++] = entry->alarm;
		then.sends = p->held ? DESK_HOLDS : d->sends;
		if (post_alarms(&then, p->to, p->breached, v, n, e) < 0)
			return -1;
	}
	return 0;
}
