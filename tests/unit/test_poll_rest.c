#include "tests/unit/unit.h"

#include "gatewayd/poller/poll_rest.h"

enum { NOW_MS = 1000000, POLL_MS = 30000 };

static void the_next_look_is_for_what_is_due_first_and_never_at_once(void **state)
{
	static const struct {
		int64_t poll_ms, due_ms, until_ms;
	} rows[] = {
		{ POLL_MS, INT64_MAX, NOW_MS + POLL_MS },
		{ POLL_MS, NOW_MS + POLL_MS + 1, NOW_MS + POLL_MS },
		{ POLL_MS, NOW_MS + 5000, NOW_MS + 5000 },
		{ POLL_MS, NOW_MS + 1, NOW_MS + POLL_AGAIN_MS },
		/* It was due, and core let it wait, or has given the mailbox away. */
		{ POLL_MS, NOW_MS, NOW_MS + POLL_AGAIN_MS },
		{ POLL_MS, NOW_MS - POLL_MS, NOW_MS + POLL_AGAIN_MS },
		{ POLL_MS, 0, NOW_MS + POLL_AGAIN_MS },
		/* Something else is looked at again as soon. */
		{ POLL_AGAIN_MS, NOW_MS + 5000, NOW_MS + POLL_AGAIN_MS },
		{ POLL_AGAIN_MS, 0, NOW_MS + POLL_AGAIN_MS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(poll_rest_until(NOW_MS, rows[i].poll_ms, rows[i].due_ms),
				 rows[i].until_ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_look_is_for_what_is_due_first_and_never_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
