#include "tests/unit/unit.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/poller/poll_move.h"

enum { SETS = 6, CLAIMS = 2, MOVES = 4, RANGES = 256 };

static struct poll_moves moves;
static struct poll_pipe pipe_;

/* Mails that were kept: whole sets of them. */
static int begin(void **state)
{
	static const struct conf_mailbox conf;

	(void)state;
	moves = (struct poll_moves){ .conf = &conf, .marks = true };
	for (uint32_t uid = 1; uid <= SETS * IMAP_MOVE_MAX; uid++)
		poll_moves_add(&moves, NULL, uid, false, false);
	return 0;
}

static int end(void **state)
{
	(void)state;
	poll_pipe_clear(&pipe_);
	poll_moves_release(&moves);
	return 0;
}

/* All that may be sent now; how many steps. */
static size_t send_all(void)
{
	struct poll_step *s;
	size_t n = 0;

	for (; (s = poll_moves_next(&moves, &pipe_)) != NULL; n++)
		poll_pipe_add(&pipe_, s);
	return n;
}

/* What is under way: '1' is the claim of the first set, 'a' its move. */
static const char *under_way(void)
{
	static char text[POLL_PIPE_MAX + 1];
	size_t n = 0;

	for (const struct poll_step *s = pipe_.first; s; s = s->next) {
		size_t set = (s->uids[0] - 1) / IMAP_MOVE_MAX;

		text[n++] = (char)((s->kind == POLL_STEP_CLAIM ? '1' : 'a') + set);
	}
	text[n] = '\0';
	return text;
}

static void answer_first(bool refused)
{
	struct poll_step *s = poll_moves_answered(&moves, poll_pipe_take(&pipe_), refused);

	if (s)
		poll_pipe_add(&pipe_, s);
}

static void claims_of_several_sets_are_under_way(void **state)
{
	(void)state;
	assert_int_equal(send_all(), CLAIMS);
	assert_string_equal(under_way(), "12");
}

static void a_set_is_moved_when_its_claim_is_answered(void **state)
{
	(void)state;
	send_all();
	answer_first(false);
	assert_string_equal(under_way(), "2a");
	assert_int_equal(send_all(), 1);
	assert_string_equal(under_way(), "2a3");
	answer_first(false);
	answer_first(false);
	send_all();
	assert_string_equal(under_way(), "3b4");
}

/* It may move all the same: it refuses keywords. */
static void a_claim_that_is_refused_is_answered(void **state)
{
	(void)state;
	send_all();
	answer_first(true);
	assert_string_equal(under_way(), "2a");
	assert_false(moves.refused);
}

static void a_set_that_is_not_moved_is_tried_by_itself(void **state)
{
	(void)state;
	send_all();
	for (size_t k = 0; k < CLAIMS; k++)
		answer_first(false);
	assert_string_equal(under_way(), "ab");
	answer_first(true);
	assert_true(moves.refused);
	assert_int_equal(moves.sure[POLL_TO_PROCESSED].n, (SETS - CLAIMS + 1) * IMAP_MOVE_MAX);
}

/* Every second UID is a range of its own: a command of all of them would be too long a line. */
static void a_set_has_no_more_ranges_than_a_line_takes(void **state)
{
	(void)state;
	poll_moves_drop(&moves);
	for (uint32_t uid = 1; uid <= IMAP_MOVE_MAX; uid++)
		poll_moves_add(&moves, NULL, 2 * uid, false, false);
	poll_pipe_add(&pipe_, poll_moves_next(&moves, &pipe_));
	assert_int_equal(pipe_.first->n, RANGES);
	assert_int_equal(pipe_.first->uids[RANGES - 1], 2 * RANGES);
	assert_int_equal(moves.sure[POLL_TO_PROCESSED].n, IMAP_MOVE_MAX - RANGES);
}

static void nothing_is_claimed_where_no_keywords_are_kept(void **state)
{
	(void)state;
	moves.marks = false;
	assert_int_equal(send_all(), MOVES);
	assert_string_equal(under_way(), "abcd");
}

/* Until all of them are sent, however new the others are. */
static void of_a_backlog_moves_wait_for_so_long_and_then_all_go(void **state)
{
	(void)state;
	assert_false(poll_moves_overdue(&moves, false));
	moves.since_ms = clock_wait_ms() - POLL_LATER_MS / 2;
	assert_false(poll_moves_overdue(&moves, false));
	moves.since_ms = clock_wait_ms() - POLL_LATER_MS;
	assert_true(poll_moves_overdue(&moves, false));
	moves.since_ms = clock_wait_ms();
	assert_true(poll_moves_overdue(&moves, false));
	poll_moves_drop(&moves);
	assert_false(poll_moves_overdue(&moves, false));
	poll_moves_add(&moves, NULL, 7, false, false);
	moves.since_ms = clock_wait_ms() - POLL_LATER_BY_ONE_MS;
	assert_false(poll_moves_overdue(&moves, false));
	assert_true(poll_moves_overdue(&moves, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(claims_of_several_sets_are_under_way, begin, end),
		cmocka_unit_test_setup_teardown(of_a_backlog_moves_wait_for_so_long_and_then_all_go,
						begin, end),
		cmocka_unit_test_setup_teardown(a_set_is_moved_when_its_claim_is_answered, begin,
						end),
		cmocka_unit_test_setup_teardown(a_claim_that_is_refused_is_answered, begin, end),
		cmocka_unit_test_setup_teardown(a_set_that_is_not_moved_is_tried_by_itself, begin,
						end),
		cmocka_unit_test_setup_teardown(a_set_has_no_more_ranges_than_a_line_takes, begin,
						end),
		cmocka_unit_test_setup_teardown(nothing_is_claimed_where_no_keywords_are_kept,
						begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
