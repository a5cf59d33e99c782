#include "gatewayd/core/parse_group.h"

enum { GATHER_MS = 20 };

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
	    !parse_tasks_any(v, TASK_AT_CHILD) || parse_tasks_parsed(v) == DECIDE_MAX)
		return false;
	loop_timer_start(g->bench->loop, &g->gather, left);
	return true;
}

/* Where the outbox is in trouble, that is not the trouble of others; nor theirs that of the outbox.
 */
static enum decide_how how(const struct parse_group *g, bool careful)
{
	bool apart = g->lost || g->bench->health.v[CONCERN_OUTBOX].bad;

	return careful ? DECIDE_CAREFUL : apart ? DECIDE_NOW : DECIDE_DEFER;
}

int parse_group_decide(struct parse_group *g, struct parse_tasks *v, bool careful, bool *ret_any,
		       struct err *e)
{
	struct desk d = bench_desk(g->bench);
	enum decided what = DECIDED_NONE;

	if ((careful || !gathers(g, v)) && parse_tasks_decide(&d, v, how(g, careful), &what, e) < 0)
		return -1;
	g->deferred = what == DECIDED_DEFERRED;
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
