#include "tests/unit/unit.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/poller/poll_fetch.h"

enum { LIMIT = 1000, WINDOW = 8, MOST = 20, BYTES = 16 * LIMIT };

static struct poll_fetch fetch;
static struct poll_pipe pipe_;

static int begin(void **state)
{
	const struct poll_fetch_limits limits = { LIMIT, WINDOW, MOST, BYTES };

	(void)state;
	poll_fetch_init(&fetch, NULL, &limits);
	return 0;
}

static int end(void **state)
{
	(void)state;
	poll_pipe_clear(&pipe_);
	poll_fetch_release(&fetch);
	return 0;
}

static void want(uint32_t from, uint32_t to)
{
	for (uint32_t uid = from; uid <= to; uid++)
		poll_fetch_want(&fetch, &pipe_, uid);
	poll_fetch_tidy(&fetch);
}

/* The next step goes under way: its kind, or -1. */
static int send_next(void)
{
	struct poll_step *s = poll_fetch_next(&fetch, &pipe_);

	if (!s)
		return -1;
	poll_pipe_add(&pipe_, s);
	return (int)s->kind;
}

/* The server describes the first that is under way: all mails have this size. */
static void described(int64_t size)
{
	struct poll_step *s = poll_pipe_take(&pipe_);
	struct err e;

	assert_int_equal(s->kind, POLL_STEP_DESCRIBE);
	for (size_t k = 0; k < s->n; k++) {
		s->mails[k].present = true;
		s->mails[k].size = size;
	}
	assert_int_equal(poll_fetch_answered(&fetch, NULL, s, &e), 0);
	poll_step_free(&s);
}

/* The first that is under way came, or did not: a number of mails. */
static size_t fetched(void)
{
	struct poll_step *s = poll_pipe_take(&pipe_);
	size_t n = s->n;
	struct err e;

	assert_int_equal(s->kind, POLL_STEP_FETCH);
	for (size_t k = 0; k < n; k++)
		s->mails[k].came = true;
	assert_int_equal(poll_fetch_answered(&fetch, NULL, s, &e), 0);
	poll_step_free(&s);
	return n;
}

static void kept(uint32_t from, uint32_t to)
{
	for (uint32_t uid = from; uid <= to; uid++)
		poll_window_drop(&fetch.under_way, uid);
}

static void what_is_under_way_stays_below_the_window(void **state)
{
	(void)state;
	want(1, 20);
	assert_int_equal(send_next(), POLL_STEP_DESCRIBE);
	assert_int_equal(send_next(), -1);
	described(10);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->n, WINDOW);
	assert_int_equal(send_next(), -1);
	want(1, 20);
	assert_int_equal(fetch.wanted.n, 0);
	/* one that is kept is no reason for a command; a quarter of the window is */
	kept(1, 1);
	assert_int_equal(send_next(), -1);
	kept(2, 2);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->n, 2);
	assert_int_equal(fetched(), WINDOW);
	kept(3, WINDOW);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->n, 6);
	kept(9, 16);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->n, 4);
}

/* Those that are on their way are no work that core has. */
static void a_server_that_is_far_has_more_under_way(void **state)
{
	static const struct {
		int64_t round_trip_ms;
		size_t n;
	} rows[] = { { 0, WINDOW },
		     { 5, WINDOW },
		     { 25, WINDOW * 3 / 2 },
		     { 50, WINDOW * 2 },
		     { 60 * 1000, MOST } };

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
		poll_window_reach(&fetch.under_way, rows[k].round_trip_ms);
		assert_int_equal(poll_window_room(&fetch.under_way), rows[k].n);
	}
	want(1, 30);
	assert_int_equal(send_next(), POLL_STEP_DESCRIBE);
	described(10);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->n, MOST);
	/* the next session is to a server that is near */
	poll_window_reach(&fetch.under_way, 0);
	kept(1, 4);
	assert_int_equal(send_next(), -1);
	kept(5, MOST - 2);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->n, WINDOW - 2);
}

static void large_mails_go_by_their_bytes(void **state)
{
	(void)state;
	fetch.under_way.most_bytes = 3 * LIMIT;
	want(1, 4);
	assert_int_equal(send_next(), POLL_STEP_DESCRIBE);
	described(LIMIT);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->n, 3);
	assert_int_equal(send_next(), -1);
	kept(2, 2);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->n, 1);
}

static void each_over_the_limit_is_a_step_of_its_own(void **state)
{
	(void)state;
	fetch.under_way.most_bytes = 8 * IMAP_HEAD_BYTES;
	want(1, 3);
	assert_int_equal(send_next(), POLL_STEP_DESCRIBE);
	described(LIMIT + IMAP_HEAD_BYTES);
	for (int k = 0; k < 3; k++) {
		assert_int_equal(send_next(), POLL_STEP_FETCH);
		assert_int_equal(pipe_.last->n, 1);
		assert_false(pipe_.last->alone);
	}
	assert_int_equal(fetch.under_way.bytes, 3 * IMAP_HEAD_BYTES);
}

static void one_that_made_trouble_goes_with_nothing_else_under_way(void **state)
{
	(void)state;
	troubles_add(&fetch.troubles, 2, "no", clock_wait_ms() - 3600 * 1000);
	want(1, 3);
	assert_int_equal(send_next(), POLL_STEP_DESCRIBE);
	described(10);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->n, 1);
	assert_int_equal(send_next(), -1);
	assert_int_equal(fetched(), 1);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->mails[0].uid, 2);
	assert_true(poll_pipe_is_shut(&pipe_));
}

static void what_a_look_found_is_not_asked_about_again(void **state)
{
	struct imap_mail found[] = { { .uid = 4, .present = true, .size = 5 }, { .uid = 5 } };

	(void)state;
	poll_fetch_know(&fetch, found, 2);
	want(4, 4);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(fetched(), 1);
	kept(4, 4);
	want(4, 5);
	assert_int_equal(send_next(), POLL_STEP_DESCRIBE);
	assert_int_equal(pipe_.last->n, 2);
}

/* The mails from..to, as a piece of a look found them. */
static void know(uint32_t from, uint32_t to)
{
	struct imap_mail mails[64] = { 0 };
	size_t n = 0;

	for (uint32_t uid = from; uid <= to; uid++)
		mails[n++] = (struct imap_mail){ .uid = uid, .present = true, .size = 10 };
	poll_fetch_know(&fetch, mails, n);
}

static void what_all_pieces_of_a_look_found_is_known(void **state)
{
	(void)state;
	know(1, 20);
	know(21, 40);
	want(2, 40); /* the store has the first */
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->mails[0].uid, 2);
	assert_int_equal(pipe_.last->mails[0].size, 10);
	assert_int_equal(pipe_.last->n, WINDOW);
	for (uint32_t uid = 2; uid <= 40; uid += WINDOW) {
		assert_int_equal(fetched(), uid == 34 ? 7 : WINDOW);
		kept(uid, uid + WINDOW - 1);
		assert_int_equal(send_next(), uid == 34 ? -1 : (int)POLL_STEP_FETCH);
	}
}

/* Core wants what no piece told of, or what there was no room for. */
static void one_that_is_not_known_is_described(void **state)
{
	(void)state;
	know(1, 2);
	know(4, 5);
	want(1, 5);
	assert_int_equal(send_next(), POLL_STEP_DESCRIBE);
	assert_int_equal(pipe_.last->mails[0].uid, 3);
	assert_int_equal(pipe_.last->n, 1);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->n, 4);
	described(10);
	assert_int_equal(fetched(), 4);
	kept(1, 5);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(pipe_.last->mails[0].uid, 3);
}

static void the_highest_uid_is_one_like_others(void **state)
{
	(void)state;
	poll_fetch_want(&fetch, &pipe_, UINT32_MAX);
	assert_int_equal(send_next(), POLL_STEP_DESCRIBE);
}

static void no_more_are_known_than_there_is_room_for(void **state)
{
	struct poll_known known = { 0 };
	struct imap_mail mail = { .present = true, .size = 7 }, found;

	(void)state;
	for (uint32_t uid = 1; uid <= POLL_KNOWN_MAX + 1; uid++) {
		mail.uid = uid;
		poll_known_add(&known, &mail, 1);
	}
	assert_int_equal(known.n, POLL_KNOWN_MAX);
	assert_true(poll_known_take(&known, 3, &found)); /* and what is below is forgotten */
	assert_int_equal(found.size, 7);
	assert_false(poll_known_take(&known, 3, &found));
	assert_false(poll_known_take(&known, 2, &found));
	mail.uid = POLL_KNOWN_MAX + 2;
	poll_known_add(&known, &mail, 1);
	assert_true(poll_known_take(&known, POLL_KNOWN_MAX, &found));
	assert_false(poll_known_take(&known, POLL_KNOWN_MAX + 1, &found));
	assert_true(poll_known_take(&known, POLL_KNOWN_MAX + 2, &found));
	poll_known_release(&known);
}

/* The one that a session died at may be in a piece that is still to come. */
static void mails_go_alone_until_the_look_is_over(void **state)
{
	(void)state;
	fetch.solo = fetch.look_on = true;
	know(1, 2);
	want(1, 2);
	for (uint32_t uid = 1; uid <= 2; uid++) {
		assert_true(poll_fetch_is_lone(&fetch));
		assert_int_equal(send_next(), POLL_STEP_FETCH);
		assert_true(poll_pipe_is_shut(&pipe_));
		assert_int_equal(fetched(), 1);
	}
	assert_true(fetch.solo);
	assert_false(poll_fetch_is_lone(&fetch)); /* the next piece may be asked for */
	fetch.look_on = false;
	want(3, 3);
	assert_int_equal(send_next(), POLL_STEP_DESCRIBE);
	described(10);
	assert_int_equal(send_next(), POLL_STEP_FETCH);
	assert_int_equal(fetched(), 1);
	assert_false(fetch.solo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_under_way_stays_below_the_window, begin,
						end),
		cmocka_unit_test_setup_teardown(a_server_that_is_far_has_more_under_way, begin,
						end),
		cmocka_unit_test_setup_teardown(large_mails_go_by_their_bytes, begin, end),
		cmocka_unit_test_setup_teardown(each_over_the_limit_is_a_step_of_its_own, begin,
						end),
		cmocka_unit_test_setup_teardown(
		    one_that_made_trouble_goes_with_nothing_else_under_way, begin, end),
		cmocka_unit_test_setup_teardown(what_a_look_found_is_not_asked_about_again, begin,
						end),
		cmocka_unit_test_setup_teardown(what_all_pieces_of_a_look_found_is_known, begin,
						end),
		cmocka_unit_test_setup_teardown(one_that_is_not_known_is_described, begin, end),
		cmocka_unit_test_setup_teardown(the_highest_uid_is_one_like_others, begin, end),
		cmocka_unit_test(no_more_are_known_than_there_is_room_for),
		cmocka_unit_test_setup_teardown(mails_go_alone_until_the_look_is_over, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
