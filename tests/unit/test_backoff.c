#include "tests/unit/unit.h"

#include "gatewayd/net/backoff.h"

static const struct backoff minutes = { 60, 3600 };

static void delays_double_up_to_the_most(void **state)
{
	static const int64_t middle[] = { 60, 60, 120, 240, 480, 960, 1920, 3600, 3600 };

	(void)state;
	for (unsigned n = 0; n < sizeof(middle) / sizeof(*middle); n++)
		assert_int_equal(backoff_delay(&minutes, n, 1024), middle[n]);
	assert_int_equal(backoff_delay(&minutes, 4000000000U, 1024), 3600);
}

static void jitter_stays_within_a_quarter_and_the_bounds(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 12; n++) {
		int64_t middle = backoff_delay(&minutes, n, 1024), least = INT64_MAX, most = 0;

		for (uint32_t random = 0; random < 5000; random++) {
			int64_t d = backoff_delay(&minutes, n, random);

			assert_true(d >= 60 && d <= 3600);
			assert_true(d >= middle - middle / 4 && d <= middle + middle / 4);
			least = d < least ? d : least;
			most = d > most ? d : most;
		}
		assert_true(most > least); /* what failed together does not come back together */
	}
}

static void large_bounds_do_not_overflow(void **state)
{
	const struct backoff b = { 1, INT64_MAX / 4 };

	(void)state;
	for (unsigned n = 0; n < 100; n++)
		assert_true(backoff_delay(&b, n, 2048) >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delays_double_up_to_the_most),
		cmocka_unit_test(jitter_stays_within_a_quarter_and_the_bounds),
		cmocka_unit_test(large_bounds_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
