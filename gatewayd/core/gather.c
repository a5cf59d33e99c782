#include "gatewayd/core/gather.h"

enum {
	/* That results wait for the next one: such a part of the time that a reply takes. */
	REPLY_PART = 16,
	LEAST_MS = 4,
	MOST_MS = 20, /* and the first of them for so long, or for TIMES that part */
	TIMES = 4,
};

void gather_came(struct gather *g, const struct bench *b, bool first)
{
	g->last_ms = bench_now_ms(b);
	if (first)
		g->first_ms = g->last_ms;
}

/* So many may be out. */
static size_t out_most(const struct bench *b)
{
	return (size_t)b->lanes.most * TALK_OUT;
}

/* The server has the other half meanwhile.  Of what is held those go out that it hears of as
 * written down, which the n that came are not. */
static bool more_may_come(const struct gather *g, const struct bench *b, size_t n)
{
	return n < out_most(b) / 2 && (g->awaited || g->held > n);
}

static int64_t at_least(int64_t ms, int64_t least)
{
	return ms > least ? ms : least;
}

/* Of so long since then; a clock that was set back says nothing. */
static int64_t left_ms(int64_t since_ms, int64_t ms, int64_t now_ms)
{
	int64_t left = since_ms + ms - now_ms;

	return left > 0 && left <= ms ? left : 0;
}

int64_t gather_left_ms(const struct gather *g, const struct bench *b, size_t n)
{
	int64_t now_ms = bench_now_ms(b), ms = b->lanes.ms / REPLY_PART, first, last;

	if (!n)
		return 0;
	if (b->decides && !b->holding.has_others && n < out_most(b))
		return left_ms(g->first_ms, MOST_MS, now_ms);
	if (!more_may_come(g, b, n))
		return 0;
	ms = at_least(ms < MOST_MS ? ms : MOST_MS, LEAST_MS);
	last = left_ms(g->last_ms, ms, now_ms);
	first = left_ms(g->first_ms, at_least(ms * TIMES, MOST_MS), now_ms);
	return last < first ? last : first;
}
