#include "tests/unit/unit.h"

#include "gatewayd/core/parse_group.h"

/* What the tasks are asked for, and what comes of it. */
static struct {
	enum decide_how how;
	enum decided what;
	int settled;
} tasks;

int parse_tasks_decide(struct desk *d, struct parse_tasks *v, enum decide_how how,
		       enum decided *ret_decided, struct err *e)
{
	(void)d, (void)v, (void)e;
	tasks.how = how;
	*ret_decided = tasks.what;
	return 0;
}

int parse_tasks_ready(struct desk *d, struct parse_tasks *v, bool *ret_any, struct err *e)
{
	(void)d, (void)v, (void)e;
	*ret_any = true;
	return 0;
}

int parse_tasks_settle(struct store *s, struct parse_tasks *v, struct err *e)
{
	(void)s, (void)v, (void)e;
	return tasks.settled;
}

bool parse_tasks_any(const struct parse_tasks *v, enum task_state state)
{
	(void)v, (void)state;
	return false;
}

size_t parse_tasks_parsed(const struct parse_tasks *v)
{
	(void)v;
	return 0;
}

struct desk bench_desk(struct bench *b)
{
	(void)b;
	return (struct desk){ 0 };
}

int64_t bench_now_ms(const struct bench *b)
{
	(void)b;
	return 1000;
}

bool bench_may(struct bench *b)
{
	return !b->no_turn;
}

void bench_later(struct bench *b)
{
	(void)b;
}

static enum decide_how asked(struct parse_group *g, enum decided what)
{
	struct err e;
	bool any;

	tasks.what = what;
	assert_int_equal(parse_group_decide(g, NULL, false, &any, &e), 0);
	assert_int_equal(any, what != DECIDED_NONE);
	return tasks.how;
}

static void settle(struct parse_group *g, int result)
{
	struct err e;

	tasks.settled = result;
	assert_int_equal(parse_group_settle(g, NULL, &e), result);
	assert_false(g->deferred);
}

static void what_was_lost_has_a_commit_of_its_own(void **state)
{
	static struct bench bench;
	struct parse_group g;

	(void)state;
	parse_group_init(&g, &bench);
	assert_int_equal(asked(&g, DECIDED_DEFERRED), DECIDE_DEFER);
	assert_true(g.deferred);
	settle(&g, -1);
	/* Until something was decided so. */
	assert_int_equal(asked(&g, DECIDED_NONE), DECIDE_NOW);
	assert_int_equal(asked(&g, DECIDED_ALL), DECIDE_NOW);
	assert_int_equal(asked(&g, DECIDED_DEFERRED), DECIDE_DEFER);
	settle(&g, 0);
	assert_int_equal(asked(&g, DECIDED_NONE), DECIDE_DEFER);
}

static void the_trouble_of_the_outbox_is_its_own(void **state)
{
	static struct bench bench;
	struct parse_group g;

	(void)state;
	parse_group_init(&g, &bench);
	bench.health.v[CONCERN_OUTBOX].bad = true;
	assert_int_equal(asked(&g, DECIDED_ALL), DECIDE_NOW);
	bench.health.v[CONCERN_OUTBOX].bad = false;
	assert_int_equal(asked(&g, DECIDED_DEFERRED), DECIDE_DEFER);
}

/* Their turns end with the commit, and mails are claimed without one. */
static void with_other_nodes_what_is_decided_is_committed_at_once(void **state)
{
	static struct bench bench;
	struct parse_group g;

	(void)state;
	parse_group_init(&g, &bench);
	bench.holding.has_others = true;
	assert_int_equal(asked(&g, DECIDED_ALL), DECIDE_NOW);
	assert_true(g.sends && !g.deferred);
	assert_int_equal(asked(&g, DECIDED_NONE), DECIDE_NOW);
	assert_false(g.sends);
}

static void nothing_is_decided_in_the_turn_of_another_node(void **state)
{
	static struct bench bench;
	struct parse_group g;
	struct err e;
	bool any;

	(void)state;
	parse_group_init(&g, &bench);
	bench.no_turn = true;
	tasks.what = DECIDED_ALL;
	assert_int_equal(parse_group_decide(&g, NULL, false, &any, &e), 0);
	assert_true(!any && !g.sends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_lost_has_a_commit_of_its_own),
		cmocka_unit_test(the_trouble_of_the_outbox_is_its_own),
		cmocka_unit_test(with_other_nodes_what_is_decided_is_committed_at_once),
		cmocka_unit_test(nothing_is_decided_in_the_turn_of_another_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
