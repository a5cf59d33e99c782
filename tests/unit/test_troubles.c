#include "tests/unit/unit.h"

#include "gatewayd/poller/troubles.h"

static void a_mail_is_set_aside_once_after_some_tries(void **state)
{
	struct troubles t = { 0 };
	const struct trouble *first = NULL;
	int64_t now = 1000, waited = 0;

	(void)state;
	for (unsigned try = 1; try < TROUBLE_TRIES; try++) {
		assert_false(troubles_add(&t, 5, "no body", now));
		assert_true(troubles_wait(&t, 5, troubles_due(&t) - 1));
		assert_false(troubles_wait(&t, 5, troubles_due(&t)));
		assert_true(troubles_due(&t) - now > waited); /* longer each time */
		waited = troubles_due(&t) - now;
		now = troubles_due(&t);
	}
	assert_int_equal(troubles_aside(&t, &first), 0);
	assert_null(first);
	assert_true(troubles_add(&t, 5, "no body", now));
	assert_int_equal(troubles_due(&t) - now, TROUBLE_ASIDE_MS);
	assert_false(troubles_add(&t, 5, "half a body", now + TROUBLE_ASIDE_MS));
	assert_int_equal(troubles_aside(&t, &first), 1);
	assert_int_equal(first->uid, 5);
	assert_string_equal(first->words, "half a body");
	troubles_drop(&t, 5);
	assert_false(troubles_has(&t, 5));
	assert_true(troubles_due(&t) == INT64_MAX);
	troubles_release(&t);
}

static void what_is_listed_no_more_is_forgotten(void **state)
{
	struct troubles t = { 0 };

	(void)state;
	for (uint32_t uid = 1; uid <= 5; uid++)
		troubles_add(&t, uid, "x", 0);
	troubles_look_begin(&t);
	troubles_look_seen(&t, 2);
	troubles_look_seen(&t, 4);
	troubles_look_seen(&t, 9);
	troubles_look_end(&t);
	for (uint32_t uid = 1; uid <= 9; uid++)
		assert_int_equal(troubles_has(&t, uid), uid == 2 || uid == 4);
	troubles_release(&t);
}

static void their_number_is_bounded(void **state)
{
	struct troubles t = { 0 };

	(void)state;
	for (uint32_t uid = 1; uid <= TROUBLES_MAX + 1; uid++)
		assert_false(troubles_add(&t, uid, "x", 0));
	assert_true(troubles_has(&t, TROUBLES_MAX));
	assert_false(troubles_has(&t, TROUBLES_MAX + 1));
	assert_false(troubles_wait(&t, TROUBLES_MAX + 1, 0));
	troubles_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_is_set_aside_once_after_some_tries),
		cmocka_unit_test(what_is_listed_no_more_is_forgotten),
		cmocka_unit_test(their_number_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
