#include "tests/unit/unit.h"

#include "gatewayd/base/mem.h"
#include "gatewayd/poller/poll_list.h"

static struct handoff posts;
static struct poll_sender sender;
static struct poll_fetch fetch;
static struct poll_pipe pipe_;
static struct poll_list list;

static int begin(void **state)
{
	const struct poll_fetch_limits limits = { 1000, 8, 8, 1000 };
	struct err e;

	(void)state;
	assert_int_equal(handoff_init(&posts, &e), 0);
	sender = (struct poll_sender){ .posts = &posts };
	poll_fetch_init(&fetch, &sender, &limits);
	return 0;
}

static struct poll_post *next_post(void)
{
	return (struct poll_post *)handoff_take(&posts);
}

static int end(void **state)
{
	(void)state;
	assert_null(next_post());
	poll_pipe_clear(&pipe_);
	poll_list_release(&list);
	poll_fetch_release(&fetch);
	handoff_release(&posts);
	return 0;
}

/* A look at a folder with the mails 1 to n. */
static void look(size_t n)
{
	uint32_t *uids = mem_alloc_n(n + 1, sizeof(*uids));

	for (size_t k = 0; k < n; k++)
		uids[k] = (uint32_t)k + 1;
	poll_list_begin(&list, uids, n, &sender, &fetch);
}

/* How many mails the next step asks for; it goes under way.  0: there is none. */
static size_t send_next(bool busy)
{
	struct poll_step *s = poll_list_next(&list, &pipe_, &fetch, busy);

	if (!s)
		return 0;
	assert_int_equal(s->kind, POLL_STEP_LIST);
	poll_pipe_add(&pipe_, s);
	return s->n;
}

/* The server describes those of the first step that are not below `from`.  Whether core answers. */
static bool described(uint32_t from)
{
	struct poll_step *s = poll_pipe_take(&pipe_);
	bool any;

	for (size_t k = 0; k < s->n; k++)
		s->mails[k].present = s->mails[k].uid >= from;
	any = poll_list_answered(&list, s, &sender, &fetch);
	poll_step_free(&s);
	return any;
}

static void assert_told(size_t n, bool first, bool last)
{
	struct poll_post *p = next_post();

	assert_non_null(p);
	assert_int_equal(p->kind, POLL_FOLDER);
	assert_int_equal(p->n, n);
	assert_int_equal(p->first, first);
	assert_int_equal(p->last, last);
	assert_int_equal(poll_list_goes_on(&list), !last);
	assert_int_equal(fetch.look_on, !last);
	poll_post_free(&p);
}

static void core_is_told_of_each_piece(void **state)
{
	(void)state;
	look(200);
	assert_true(poll_list_goes_on(&list));
	assert_int_equal(send_next(false), 64);
	assert_int_equal(send_next(false), 128);
	assert_int_equal(send_next(false), 0); /* two are under way */
	assert_true(described(1));
	assert_told(64, true, false);
	assert_int_equal(send_next(false), 8);
	assert_true(described(1));
	assert_told(128, false, false);
	assert_true(described(1));
	assert_told(8, false, true);
	assert_int_equal(send_next(false), 0);
}

static void an_empty_folder_is_told_at_once(void **state)
{
	(void)state;
	look(0);
	assert_told(0, true, true);
	assert_int_equal(send_next(false), 0);
}

/* A fetch waits behind one piece, and that is no large one. */
static void pieces_are_small_while_there_is_something_to_fetch(void **state)
{
	static const size_t sizes[] = { 64, 128, 256, 256, 256 };

	(void)state;
	look(100000);
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		assert_int_equal(send_next(true), sizes[k]);
		assert_int_equal(send_next(true), 0);
		assert_true(described(1));
		assert_told(sizes[k], k == 0, false);
	}
	assert_int_equal(send_next(false), 2048);
	assert_int_equal(send_next(true), 0);
	assert_int_equal(send_next(false), 2048);
}

static void core_does_not_answer_what_is_all_gone(void **state)
{
	struct poll_post *p;

	(void)state;
	look(65);
	assert_int_equal(send_next(false), 64);
	assert_int_equal(send_next(false), 1);
	assert_false(described(65));
	assert_told(0, true, false);
	assert_true(described(65));
	assert_told(1, false, true);
	assert_int_equal(fetch.troubles.n, 64); /* until a look does not find them */
	look(0);
	assert_int_equal(fetch.troubles.n, 0);
	p = next_post();
	poll_post_free(&p);
}

/* The session ends at the first step that is under way, with these words. */
static void died(const char *words)
{
	struct poll_step *s = poll_pipe_take(&pipe_);
	struct err e;

	err_set(&e, ERR_TEMP, "%s", words);
	poll_list_died(&list, s, &pipe_, &fetch, &e);
	poll_step_free(&s);
	poll_pipe_clear(&pipe_);
	poll_list_release(&list);
	poll_fetch_forget(&fetch);
}

static void pass(size_t n, bool first, bool last)
{
	assert_int_equal(send_next(false), n);
	assert_true(described(1));
	assert_told(n, first, last);
}

static void what_a_session_died_at_goes_in_small_pieces_alone(void **state)
{
	(void)state;
	look(100);
	assert_int_equal(send_next(false), 64);
	assert_int_equal(send_next(false), 36);
	died("closed");
	look(100);
	assert_true(poll_list_is_risky(&list, &fetch));
	assert_int_equal(send_next(true), 0); /* what came before is fetched first */
	pass(8, true, false);
	assert_int_equal(send_next(false), 7);
	assert_true(pipe_.first->alone);
	assert_int_equal(send_next(false), 0);
	died("closed"); /* at 9 to 15 */
	look(100);
	assert_false(poll_list_is_risky(&list, &fetch));
	assert_int_equal(send_next(true), 8);
	assert_false(pipe_.first->alone);
	assert_int_equal(send_next(false), 0); /* not beside it */
	assert_true(described(1));
	assert_told(8, true, false);
	for (size_t k = 0; k < 7; k++)
		pass(1, false, false);
	assert_false(poll_list_is_risky(&list, &fetch));
	pass(85, false, true);
	look(100); /* it did not die: that is over */
	assert_int_equal(send_next(false), 64);
	assert_int_equal(send_next(false), 36);
}

/* Until core is told of all but one. */
static void the_one_at_which_a_session_dies_waits_and_comes_last(void **state)
{
	struct trouble *one;

	(void)state;
	look(3);
	assert_int_equal(send_next(false), 3);
	died("closed");
	look(3);
	pass(1, true, false);
	assert_int_equal(send_next(false), 1);
	died("closed"); /* at 2 */
	assert_int_equal(fetch.troubles.n, 1);
	one = fetch.troubles.v;
	assert_int_equal(one->uid, 2);
	assert_string_equal(one->words, "the session ends where it is described: closed");
	look(3);
	pass(2, true, true);
	assert_int_equal(fetch.troubles.n, 1);
	one->until_ms = 0; /* it is due */
	look(3);
	pass(2, true, false);
	assert_true(poll_list_is_risky(&list, &fetch));
	assert_int_equal(send_next(true), 0);
	assert_int_equal(send_next(false), 1);
	assert_int_equal(pipe_.first->mails[0].uid, 2);
	assert_true(pipe_.first->alone);
	died("closed");
	assert_int_equal(one->tries, 2);
}

static void several_of_them_go_one_by_one(void **state)
{
	(void)state;
	for (uint32_t uid = 1; uid <= 2; uid++) {
		assert_false(troubles_add(&fetch.troubles, uid, "closed", 0));
		troubles_undescribed(&fetch.troubles, uid);
	}
	look(3);
	pass(1, true, false);
	pass(1, false, false);
	pass(1, false, true);
}

static void a_busy_server_blames_no_mail(void **state)
{
	(void)state;
	look(1);
	assert_int_equal(send_next(false), 1);
	died("NO [THROTTLED] slow down");
	assert_int_equal(fetch.troubles.n, 0);
	look(1);
	assert_false(poll_list_is_risky(&list, &fetch));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(core_is_told_of_each_piece, begin, end),
		cmocka_unit_test_setup_teardown(an_empty_folder_is_told_at_once, begin, end),
		cmocka_unit_test_setup_teardown(pieces_are_small_while_there_is_something_to_fetch,
						begin, end),
		cmocka_unit_test_setup_teardown(core_does_not_answer_what_is_all_gone, begin, end),
		cmocka_unit_test_setup_teardown(what_a_session_died_at_goes_in_small_pieces_alone,
						begin, end),
		cmocka_unit_test_setup_teardown(
		    the_one_at_which_a_session_dies_waits_and_comes_last, begin, end),
		cmocka_unit_test_setup_teardown(several_of_them_go_one_by_one, begin, end),
		cmocka_unit_test_setup_teardown(a_busy_server_blames_no_mail, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
