#include "tests/unit/unit.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/core/mail_tally.h"

static void what_is_listed_waits_until_it_is_kept(void **state)
{
	struct mail_tally t = { 0 };

	(void)state;
	mail_tally_look_begin(&t, 7);
	for (uint32_t uid = 1; uid <= 4; uid++)
		mail_tally_listed(&t, uid, 1000 - uid, false);
	mail_tally_look_end(&t);
	assert_int_equal(t.waiting, 4);
	assert_int_equal(mail_tally_oldest(&t), 996);
	mail_tally_kept(&t, 7, 4);
	assert_int_equal(t.waiting, 3);
	assert_int_equal(mail_tally_oldest(&t), 997);
	mail_tally_look_begin(&t, 7); /* the same ones again are no others */
	mail_tally_listed(&t, 3, 997, false);
	mail_tally_listed(&t, 1, 999, false);
	mail_tally_listed(&t, 2, 998, false);
	mail_tally_look_end(&t);
	assert_int_equal(t.waiting, 3);
	mail_tally_release(&t);
	assert_int_equal(mail_tally_oldest(&t), INSTANT_NONE);
}

static void what_went_by_itself_waits_no_more(void **state)
{
	struct mail_tally t = { 0 };

	(void)state;
	mail_tally_look_begin(&t, 7);
	mail_tally_listed(&t, 1, INSTANT_NONE, false);
	mail_tally_listed(&t, 2, 5, false);
	mail_tally_look_end(&t);
	mail_tally_look_begin(&t, 7);
	mail_tally_listed(&t, 2, 5, false);
	mail_tally_look_end(&t);
	assert_int_equal(t.waiting, 1);
	mail_tally_kept(&t, 7, 1); /* it was fetched before it went */
	assert_int_equal(t.waiting, 1);
	mail_tally_look_begin(&t, 8); /* another folder under the same name */
	assert_int_equal(t.waiting, 0);
	mail_tally_listed(&t, 2, 5, false);
	assert_int_equal(t.waiting, 1);
	mail_tally_kept(&t, 7, 2); /* of the one before */
	assert_int_equal(t.waiting, 1);
	mail_tally_release(&t);
}

/* A look that a lost connection cuts says nothing of those that it did not reach. */
static void a_look_without_an_end_takes_nobody_away(void **state)
{
	struct mail_tally t = { 0 };

	(void)state;
	mail_tally_look_begin(&t, 7);
	mail_tally_listed(&t, 1, 1, false);
	mail_tally_listed(&t, 2, 1, false);
	mail_tally_look_end(&t);
	mail_tally_look_begin(&t, 7);
	mail_tally_listed(&t, 1, 1, false);
	assert_int_equal(t.waiting, 2);
	mail_tally_kept(&t, 7, 1);
	mail_tally_look_begin(&t, 7);
	mail_tally_listed(&t, 1, 1, false); /* its number was given to another mail */
	mail_tally_look_end(&t);
	assert_int_equal(t.waiting, 1);
	mail_tally_release(&t);
}

/* A later look does not know any more that it was not there before. */
static void who_was_moved_stays_so(void **state)
{
	struct mail_tally t = { 0 };

	(void)state;
	mail_tally_look_begin(&t, 7);
	mail_tally_listed(&t, 1, 1, true);
	mail_tally_listed(&t, 2, 1, false);
	mail_tally_look_end(&t);
	mail_tally_look_begin(&t, 7);
	mail_tally_listed(&t, 1, 1, false);
	mail_tally_listed(&t, 2, 1, false);
	mail_tally_look_end(&t);
	assert_true(mail_tally_is_moved(&t, 7, 1));
	assert_false(mail_tally_is_moved(&t, 7, 2));
	assert_false(mail_tally_is_moved(&t, 8, 1));
	mail_tally_kept(&t, 7, 1);
	assert_false(mail_tally_is_moved(&t, 7, 1));
	mail_tally_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_listed_waits_until_it_is_kept),
		cmocka_unit_test(what_went_by_itself_waits_no_more),
		cmocka_unit_test(a_look_without_an_end_takes_nobody_away),
		cmocka_unit_test(who_was_moved_stays_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
