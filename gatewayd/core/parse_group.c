#include "gatewayd/core/parse_group.h"

enum { GATHER_MS = 20, GATHER_MAX = 128 };

static void gathered(void *ctx)
{
	struct parse_group *g = ctx;

	bench_later(g->bench);
}

void parse_group_init(struct parse_group *g, struct bench *b)
{
	*g = (struct parse_group){ .bench = b, .gather = { .fn = gathered, .ctx = g } };
}

void parse_group_release(struct parse_group *g)
{
	loop_timer_stop(g->bench->loop, &g->gather);
}

void parse_group_more(struct parse_group *g, const struct parse_tasks *v)
{
	if (!parse_tasks_any(v, TASK_PARSED))
		g->since_ms = bench_now_ms(g->bench);
}

static bool gathers(struct parse_group *g, const struct parse_tasks *v)
{
	int64_t left = g->since_ms + GATHER_MS - bench_now_ms(g->bench);

	if (g->bench->stopping || left <= 0 || left > GATHER_MS ||
	    !parse_tasks_any(v, TASK_AT_CHILD) || parse_tasks_parsed(v) >= GATHER_MAX)
		return false;
	loop_timer_start(g->bench->loop, &g->gather, left);
	return true;
}

/* Where the outbox is in trouble, that is not the trouble of others; nor theirs that of the outbox.
 */
static bool is_apart(const struct parse_group *g)
{
	return g->lost || g->bench->health.v[CONCERN_OUTBOX].bad;
}

/* The other nodes wait for the end of this one's turn, and claiming needs none. */
static enum decide_how how(const struct parse_group *g, bool careful)
{
	if (careful)
		return DECIDE_CAREFUL;
	return is_apart(g) || g->bench->holding.has_others ? DECIDE_NOW : DECIDE_DEFER;
}

static int decide(struct parse_group *g, struct parse_tasks *v, bool careful,
		  enum decided *ret_what, struct err *e)
{
	struct desk d = bench_desk(g->bench);
	bool ready;

	if (parse_tasks_ready(&d, v, &ready, e) < 0)
		return -1;
	return ready && bench_may(g->bench)
		   ? parse_tasks_decide(&d, v, how(g, careful), ret_what, e)
		   : 0;
}

int parse_group_decide(struct parse_group *g, struct parse_tasks *v, bool careful, bool *ret_any,
		       struct err *e)
{
	enum decided what = DECIDED_NONE;

	if ((careful || !gathers(g, v)) && decide(g, v, careful, &what, e) < 0)
		return -1;
	g->bench->decides = parse_tasks_any(v, TASK_AT_CHILD) || parse_tasks_any(v, TASK_PARSED);
	g->deferred = what == DECIDED_DEFERRED;
	g->sends = g->deferred || (what != DECIDED_NONE && !is_apart(g));
	g->lost = g->lost && what == DECIDED_NONE;
	*ret_any = what != DECIDED_NONE;
	return 0;
}

int parse_group_settle(struct parse_group *g, struct parse_tasks *v, struct err *e)
{
	int result = parse_tasks_settle(g->bench->store, v, e);

	g->deferred = false;
	g->lost = result < 0;
	return result;
}
