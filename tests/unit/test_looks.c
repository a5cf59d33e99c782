/* Which mails somebody moved into a folder. */
#include "tests/store/fixture.h"

#include "gatewayd/core/looks.h"

enum { NOON = 1795300000, FOLDER = 7 };

static bool look(struct looks *l, int64_t at, uint32_t uid, int64_t received_at)
{
	bool moved;

	looks_begin(l, FOLDER, at);
	moved = looks_see(l, uid, received_at);
	looks_end(l);
	return moved;
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

		assert_false(look(&l, NOON, 10, NOON - 86400)); /* nothing is known of before */
		assert_int_equal(look(&l, NOON + 60, rows[i].uid, NOON + rows[i].received_at),
				 rows[i].moved);
	}
}

static void a_look_that_was_cut_off_counts_for_nothing(void **state)
{
	struct looks l = { 0 };

	(void)state;
	look(&l, NOON, 10, NOON - 5);
	looks_begin(&l, FOLDER, NOON + 7200);
	assert_false(looks_see(&l, 11, NOON + 3600)); /* no end */
	assert_false(look(&l, NOON + 7260, 11, NOON + 3600));
	looks_begin(&l, FOLDER, NOON + 7300);
	assert_false(looks_see(&l, 12, INSTANT_NONE)); /* the server says no time */
	assert_true(looks_see(&l, 13, NOON));
	looks_end(&l);
	looks_begin(&l, FOLDER + 1, NOON + 7400);
	assert_false(looks_see(&l, 1, NOON - 86400));
}

static void the_store_keeps_the_last(void **state)
{
	struct fixture *f = *state;
	struct looks l = { 0 };

	OK(f, looks_read(&l, f->s, SPAN("support"), &f->a, &f->e));
	assert_int_equal(l.at, INSTANT_NONE);
	look(&l, NOON, 10, NOON - 5);
	OK(f, looks_keep(&l, f->s, SPAN("support"), &f->a, &f->e));
	/* Another daemon, a night later. */
	OK(f, looks_read(&l, f->s, SPAN("support"), &f->a, &f->e));
	assert_true(look(&l, NOON + 43200, 11, NOON - 86400));
	OK(f, looks_read(&l, f->s, SPAN("support"), &f->a, &f->e));
	assert_false(look(&l, NOON + 43200, 11, NOON + 3600)); /* it came in the night */
	OK(f, looks_read(&l, f->s, SPAN("other"), &f->a, &f->e));
	assert_false(look(&l, NOON + 43200, 11, NOON - 86400));
}

/* A folder in which nothing happens costs no commit a minute. */
static void it_is_kept_when_it_says_something(void **state)
{
	static const struct {
		int64_t after_s;
		uint32_t uid;
		bool kept;
	} rows[] = {
		{ LOOKS_KEEP_S - 1, 10, false },
		{ LOOKS_KEEP_S, 10, true },
		{ 1, 11, true },
		{ -1, 10, true }, /* the clock was set back */
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct looks l = { 0 }, kept;

		look(&l, NOON, 10, NOON - 5);
		OK(f, looks_keep(&l, f->s, SPAN("support"), &f->a, &f->e));
		look(&l, NOON + rows[i].after_s, rows[i].uid, NOON);
		OK(f, looks_keep(&l, f->s, SPAN("support"), &f->a, &f->e));
		OK(f, looks_read(&kept, f->s, SPAN("support"), &f->a, &f->e));
		assert_int_equal(kept.at == l.at, rows[i].kept);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_is_moved_when_it_is_new_and_older_than_the_last_look),
		cmocka_unit_test(a_look_that_was_cut_off_counts_for_nothing),
		STORE_TEST(the_store_keeps_the_last),
		STORE_TEST(it_is_kept_when_it_says_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
