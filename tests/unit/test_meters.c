/*
 * What core counts of the store for `metrics`, where other nodes may have their turn.
 */
#include "tests/unit/room.h"

static void begin_bench(struct fixture *f, struct conf *conf)
{
	room_begin(f, conf, NULL, NULL);
	bench.holding.is_shared = true;
}

static void end_bench(void)
{
	bench_release(&bench);
	room_end();
}

static void happens(struct fixture *f, int64_t number, const char *type, const char *data)
{
	struct store_event ev = { .case_number = number,
				  .at = NOW,
				  .type = span_of(type),
				  .actor = SPAN("timer"),
				  .data = span_of(data) };

	begin(f);
	OK(f, store_event_add(f->s, &ev, &f->e));
	commit(f);
}

static void breach(struct fixture *f, int64_t number)
{
	happens(f, number, "alarm", "{\"alarm\": \"breach\"}");
}

static uint64_t missed(struct fixture *f, bool others_have_it)
{
	bench.no_turn = others_have_it;
	OK(f, meters_follow(&bench, &f->e));
	assert_false(bench.owns_turn);
	return bench.meters.missed;
}

/* In which there may be events of lower numbers than those that can be read. */
static void events_are_not_followed_in_the_turn_of_another_node(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct conf conf = { 0 };
	int64_t number;

	number = open_case(f, &c);
	breach(f, number);
	begin_bench(f, &conf);
	OK(f, meters_begin(&bench, &f->e));
	assert_false(bench.owns_turn);
	breach(f, number);
	assert_int_equal(missed(f, true), 0);
	assert_int_equal(missed(f, false), 1);
	assert_int_equal(missed(f, false), 1);
	end_bench();
}

/* What tells nothing that is counted is not read as JSON. */
static void mails_that_were_held_back_are_counted(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct conf conf = { 0 };
	int64_t number;

	number = open_case(f, &c);
	begin_bench(f, &conf);
	OK(f, meters_begin(&bench, &f->e));
	happens(f, number, "mail", "{\"row\":1,\"reason\":\"confirmation suppressed: a loop\"}");
	happens(f, number, "mail", "{\"row\":2,\"reason\":\"confirmation sent suppressed: 1\"}");
	happens(f, number, "mail", "no JSON, sent");
	happens(f, number, "opened", "no JSON");
	OK(f, meters_follow(&bench, &f->e));
	assert_int_equal(bench.meters.suppressed, 1);
	assert_int_equal(bench.meters.missed, 0);
	happens(f, number, "mail", "no JSON, suppressed: x");
	assert_int_equal(meters_follow(&bench, &f->e), -1);
	end_bench();
}

static int64_t decided_view(const char *state)
{
	json_t *j = meters_view(&bench);
	int64_t n = json_int(json_object_get(j, "decided"), state, -1);

	json_decref(j);
	return n;
}

static void what_this_process_decided_is_told(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "a@x");
	struct conf conf = { 0 };

	begin_bench(f, &conf);
	begin(f);
	OK(f,
	   store_mail_finish(f->s, keep(f, &m, SPAN("raw")), MAIL_DROPPED, SPAN(""), 0, 0, &f->e));
	assert_int_equal(decided_view("dropped"), 0);
	commit(f);
	assert_int_equal(decided_view("dropped"), 1);
	assert_int_equal(decided_view("case"), 0);
	end_bench();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(events_are_not_followed_in_the_turn_of_another_node),
		STORE_TEST(mails_that_were_held_back_are_counted),
		STORE_TEST(what_this_process_decided_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
