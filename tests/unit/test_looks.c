/* Which mails somebody moved into a folder. */
#include "tests/unit/unit.h"

#include "gatewayd/poller/looks.h"

enum { NOON = 1795300000 };

static void look(struct looks *l, int64_t at, uint32_t uid, int64_t received_at)
{
	looks_begin(l, at);
	looks_see(l, uid, received_at);
	looks_end(l);
}

static void a_mail_is_moved_when_it_is_new_and_older_than_the_last_look(void **state)
{
	static const struct {
		uint32_t uid;
		int64_t received_at; /* against the last look, at NOON */
		bool moved;
	} rows[] = {
		{ 11, -3600, true },
		{ 11, -LOOKS_SLACK_S - 1, true },
		{ 11, -LOOKS_SLACK_S, false }, /* the server's clock may be behind */
		{ 11, 30, false },	       /* came since */
		{ 10, -3600, false },	       /* was there */
		{ 9, -3600, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct looks l = { 0 };

		looks_forget(&l);
		look(&l, NOON, 10, NOON - 86400);
		assert_false(looks_is_moved(&l, 10)); /* nothing is known of before */
		look(&l, NOON + 60, rows[i].uid, NOON + rows[i].received_at);
		assert_int_equal(looks_is_moved(&l, rows[i].uid), rows[i].moved);
		looks_release(&l);
	}
}

static void a_look_that_was_cut_off_counts_for_nothing(void **state)
{
	struct looks l = { 0 };

	(void)state;
	looks_forget(&l);
	look(&l, NOON, 10, NOON - 5);
	looks_begin(&l, NOON + 7200);
	looks_see(&l, 11, NOON + 3600); /* no end */
	look(&l, NOON + 7260, 11, NOON + 3600);
	assert_false(looks_is_moved(&l, 11));
	looks_begin(&l, NOON + 7300);
	looks_see(&l, 12, INSTANT_NONE); /* the server says no time */
	looks_see(&l, 13, NOON);
	looks_end(&l);
	assert_false(looks_is_moved(&l, 12));
	assert_true(looks_is_moved(&l, 13));
	looks_forget(&l); /* another UIDVALIDITY */
	assert_false(looks_is_moved(&l, 13));
	look(&l, NOON + 7400, 1, NOON - 86400);
	assert_false(looks_is_moved(&l, 1));
	looks_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_is_moved_when_it_is_new_and_older_than_the_last_look),
		cmocka_unit_test(a_look_that_was_cut_off_counts_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
