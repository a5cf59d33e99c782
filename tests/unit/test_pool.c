#include "tests/unit/unit.h"

#include "gatewayd/base/mem.h"
#include "gatewayd/sender/pool.h"

static struct job *job(void)
{
	struct job *j = mem_alloc(sizeof(*j));

	*j = (struct job){ .from = mem_strdup("gw@example.test"),
			   .to = mem_strdup("ann@a.test"),
			   .domain = mem_strdup("a.test") };
	return j;
}

static void while_it_drains_there_is_nothing_to_look_for(void **state)
{
	static const struct smtp_lane_options none;
	struct err e;
	struct pool *p = pool_new(&none, 16, &e); /* its threads are not started */

	(void)state;
	assert_non_null(p);
	assert_int_equal(pool_tick(p), -1);
	pool_drain(p);
	assert_true(pool_give(p, job()));
	assert_int_equal(pool_tick(p), -1);
	pool_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(while_it_drains_there_is_nothing_to_look_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
