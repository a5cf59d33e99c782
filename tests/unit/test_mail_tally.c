#include "tests/unit/unit.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/core/mail_tally.h"
#include "gatewayd/wire/talk.h"

static void list(struct mail_tally *t, uint32_t uid, int64_t received_at, bool moved)
{
	struct err e;

	assert_int_equal(mail_tally_listed(t, uid, received_at, moved, &e), 0);
}

static void what_is_listed_waits_until_it_is_kept(void **state)
{
	struct mail_tally t = { 0 };

	(void)state;
	mail_tally_look_begin(&t, 7);
	for (uint32_t uid = 1; uid <= 4; uid++)
		list(&t, uid, 1000 - uid, false);
	mail_tally_look_end(&t);
	assert_int_equal(t.waiting, 4);
	assert_int_equal(mail_tally_oldest(&t), 996);
	mail_tally_kept(&t, 7, 4);
	assert_int_equal(t.waiting, 3);
	assert_int_equal(mail_tally_oldest(&t), 997);
	mail_tally_look_begin(&t, 7); /* the same ones again are no others */
	list(&t, 3, 997, false);
	list(&t, 1, 999, false);
	list(&t, 2, 998, false);
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
	list(&t, 1, INSTANT_NONE, false);
	list(&t, 2, 5, false);
	mail_tally_look_end(&t);
	mail_tally_look_begin(&t, 7);
	list(&t, 2, 5, false);
	mail_tally_look_end(&t);
	assert_int_equal(t.waiting, 1);
	mail_tally_kept(&t, 7, 1); /* it was fetched before it went */
	assert_int_equal(t.waiting, 1);
	mail_tally_look_begin(&t, 8); /* another folder under the same name */
	assert_int_equal(t.waiting, 0);
	list(&t, 2, 5, false);
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
	list(&t, 1, 1, false);
	list(&t, 2, 1, false);
	mail_tally_look_end(&t);
	mail_tally_look_begin(&t, 7);
	list(&t, 1, 1, false);
	assert_int_equal(t.waiting, 2);
	mail_tally_kept(&t, 7, 1);
	mail_tally_look_begin(&t, 7);
	list(&t, 1, 1, false); /* its number was given to another mail */
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
	list(&t, 1, 1, true);
	list(&t, 2, 1, false);
	mail_tally_look_end(&t);
	mail_tally_look_begin(&t, 7);
	list(&t, 1, 1, false);
	list(&t, 2, 1, false);
	mail_tally_look_end(&t);
	assert_true(mail_tally_is_moved(&t, 7, 1));
	assert_false(mail_tally_is_moved(&t, 7, 2));
	assert_false(mail_tally_is_moved(&t, 8, 1));
	mail_tally_kept(&t, 7, 1);
	assert_false(mail_tally_is_moved(&t, 7, 1));
	mail_tally_release(&t);
}

/* From the last to the first, as no honest server lists.  Who lists one too many begins anew. */
static void as_many_as_there_is_room_for_in_any_order(void **state)
{
	struct mail_tally t = { 0 };
	struct err e;

	(void)state;
	mail_tally_look_begin(&t, 7);
	for (uint32_t n = 0; n < TALK_LIST_MAX - 1; n++)
		list(&t, UINT32_MAX - 2 * n, 5, false);
	list(&t, 2, 5, true);
	list(&t, 2, 5, false); /* it is there */
	assert_int_equal(t.waiting, TALK_LIST_MAX);
	mail_tally_look_end(&t);
	assert_int_equal(t.waiting, TALK_LIST_MAX);
	assert_int_equal(mail_tally_listed(&t, 4, 5, false, &e), -1);
	assert_int_equal(e.class, ERR_PERM);
	assert_int_equal(t.waiting, 0);
	mail_tally_look_begin(&t, 7);
	list(&t, 4, 5, false);
	assert_int_equal(t.waiting, 1);
	mail_tally_release(&t);
}

/* Of many, one that is listed again is all that is left, where it was. */
static void who_goes_leaves_the_others_where_they_are(void **state)
{
	struct mail_tally t = { 0 };

	(void)state;
	mail_tally_look_begin(&t, 7);
	for (uint32_t uid = 1000; uid > 0; uid--)
		list(&t, uid, 5, uid == 9);
	mail_tally_look_end(&t);
	mail_tally_look_begin(&t, 7);
	list(&t, 9, 5, false);
	list(&t, 8, 5, false);
	mail_tally_look_end(&t);
	assert_int_equal(t.waiting, 2);
	assert_true(mail_tally_is_moved(&t, 7, 9));
	assert_false(mail_tally_is_moved(&t, 7, 8));
	mail_tally_kept(&t, 7, 1000);
	assert_int_equal(t.waiting, 2);
	mail_tally_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_listed_waits_until_it_is_kept),
		cmocka_unit_test(what_went_by_itself_waits_no_more),
		cmocka_unit_test(a_look_without_an_end_takes_nobody_away),
		cmocka_unit_test(who_was_moved_stays_so),
		cmocka_unit_test(as_many_as_there_is_room_for_in_any_order),
		cmocka_unit_test(who_goes_leaves_the_others_where_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
