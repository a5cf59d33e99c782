#include "gatewayd/core/gather.h"

enum {
	QUICK_MS = 2, /* a server whose replies take less than that */
	/* That results wait for the next one: such a part of the time that a reply takes. */
	REPLY_PART = 16,
	LEAST_MS = 1,
	BESIDE_MS = 5, /* the least while other nodes decide: they have the store's time */
	MOST_MS = 20,
	TIMES = 4, /* and the first of them for so many times that */
};

void gather_came(struct gather *g, const struct bench *b, bool first)
{
	g->last_ms = bench_now_ms(b);
	if (first)
		g->first_ms = g->last_ms;
}

size_t gather_most(const struct bench *b)
{
	const struct lanes_seen *l = &b->lanes;

	return l->ms < QUICK_MS || b->holding.is_shared ? SIZE_MAX : (l->open + 1) / 2;
}

/* Of what is held those go out that it hears of as written down, which the n that came are not. */
static bool more_may_come(const struct gather *g, const struct bench *b, size_t n)
{
	return n && n < gather_most(b) && (g->awaited || g->held > n);
}

int64_t gather_left_ms(const struct gather *g, const struct bench *b, size_t n)
{
	int64_t now_ms = bench_now_ms(b), ms = b->lanes.ms / REPLY_PART, last, first;
	int64_t least = b->holding.has_others ? BESIDE_MS : LEAST_MS;

	if (!more_may_come(g, b, n))
		return 0;
	ms = ms < least ? least : ms > MOST_MS ? MOST_MS : ms;
	last = g->last_ms + ms - now_ms;
	first = g->first_ms + ms * TIMES - now_ms;
	if (last > ms || first > ms * TIMES || last <= 0 || first <= 0)
		return 0;
	return last < first ? last : first;
}
