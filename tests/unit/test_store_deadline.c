#include "tests/store/fixture.h"

static struct store_deadline deadline(int64_t number, const char *clock, int64_t due_at,
				      int64_t alarm_at)
{
	return (struct store_deadline){
		.case_number = number,
		.clock = span_of(clock),
		.target = SPAN("2h"),
		.rule = SPAN("package standard"),
		.state = DEADLINE_RUNNING,
		.started_at = NOW,
		.due_at = due_at,
		.met_at = INSTANT_NONE,
		.alarm_at = alarm_at,
	};
}

static void put(struct fixture *f, int64_t number, const char *clock, int64_t due_at,
		int64_t alarm_at)
{
	struct store_deadline d = deadline(number, clock, due_at, alarm_at);

	OK(f, store_deadline_put(f->s, &d, &f->e));
}

static void put_state(struct fixture *f, int64_t number, enum deadline_state state)
{
	struct store_deadline d = deadline(number, "initial", NOW + 90, NOW);

	d.state = state;
	OK(f, store_deadline_put(f->s, &d, &f->e));
}

/* The case numbers, as a text. */
static const char *numbers(struct fixture *f, const struct store_deadline *v, size_t n)
{
	struct buf out;
	const char *text;

	buf_init(&out, 1000);
	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%s%d", i ? " " : "", (int)v[i].case_number);
	text = arena_cstr(&f->a, buf_span(&out));
	buf_release(&out);
	return text;
}

static void a_deadline_is_replaced_by_its_key(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_deadline d = { .clock = SPAN("initial"),
				    .target = SPAN("1 business day"),
				    .rule = SPAN("kind technical"),
				    .state = DEADLINE_BREACHED,
				    .started_at = NOW,
				    .due_at = NOW + 7,
				    .met_at = NOW + 9,
				    .alarm_at = NOW + 8 },
			      *v;
	size_t n;

	begin(f);
	d.case_number = open_case(f, &c);
	put(f, d.case_number, "next", NOW, NOW);
	put(f, d.case_number, "initial", NOW, NOW);
	OK(f, store_deadline_put(f->s, &d, &f->e));
	d.alarm_at = INSTANT_NONE;
	OK(f, store_deadline_put(f->s, &d, &f->e));
	commit(f);
	OK(f, store_deadline_list(f->s, d.case_number, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 2);
	assert_true(span_is(v[0].clock, "initial") && span_is(v[1].clock, "next"));
	assert_true(span_is(v[0].target, "1 business day") && span_is(v[0].rule, "kind technical"));
	assert_true(v[0].state == DEADLINE_BREACHED && v[0].started_at == NOW);
	assert_true(v[0].due_at == NOW + 7 && v[0].met_at == NOW + 9);
	assert_true(v[0].alarm_at == INSTANT_NONE);
	begin(f);
	d.case_number = 99;
	REFUSED(f, ERR_PERM, store_deadline_put(f->s, &d, &f->e));
}

static void a_case_begins_with_all_its_clocks(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_deadline *v;
	size_t n;

	begin(f);
	for (int open = 0; open < 2; open++) {
		int64_t number;

		c.state = open ? CASE_OPEN : CASE_CLOSED;
		number = open_case(f, &c);
		struct store_deadline all[] = { deadline(number, "initial", NOW + 5, NOW + 4),
						deadline(number, "next", NOW + 9, NOW + 8),
						deadline(number, "resolution", NOW + 7, NOW + 6) };

		OK(f, store_deadline_begin(f->s, all, &f->e));
		OK(f, store_deadline_list(f->s, number, &f->a, &v, &n, &f->e));
		assert_int_equal(n, STORE_DEADLINE_CLOCKS);
		for (size_t i = 0; i < n; i++) {
			assert_true(span_eq(v[i].clock, all[i].clock));
			assert_true(v[i].due_at == all[i].due_at &&
				    v[i].alarm_at == all[i].alarm_at);
			assert_true(v[i].met_at == INSTANT_NONE && v[i].started_at == NOW);
		}
		commit(f);
		begin(f);
		REFUSED(f, ERR_PERM, store_deadline_begin(f->s, all, &f->e));
		store_rollback(f->s);
		begin(f);
	}
	commit(f);
	OK(f, store_deadline_unmet(f->s, 0, 9, &f->a, &v, &n, &f->e));
	assert_string_equal(numbers(f, v, n), "2 2 2");
}

static bool are_same(const struct store_deadline *a, const struct store_deadline *b)
{
	return span_eq(a->target, b->target) && span_eq(a->rule, b->rule) && a->state == b->state &&
	       a->started_at == b->started_at && a->due_at == b->due_at && a->met_at == b->met_at &&
	       a->alarm_at == b->alarm_at;
}

/* Whatever it is that changed of a clock, to nothing and from it, too. */
static void each_field_of_a_clock_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_deadline all[STORE_DEADLINE_CLOCKS], *v;
	int64_t number, *const times[] = { &all[1].started_at, &all[1].due_at, &all[1].met_at,
					   &all[1].alarm_at };
	enum { TIMES = sizeof(times) / sizeof(*times) };
	size_t n;

	begin(f);
	number = open_case(f, &c);
	all[0] = deadline(number, "initial", NOW + 5, NOW + 4);
	all[1] = deadline(number, "next", NOW + 9, NOW + 8);
	all[2] = deadline(number, "resolution", NOW + 7, NOW + 6);
	OK(f, store_deadline_begin(f->s, all, &f->e));
	for (int i = 0; i < 2 * TIMES + 4; i++) {
		if (i < 2 * TIMES)
			*times[i / 2] = *times[i / 2] == INSTANT_NONE ? NOW + 70 : INSTANT_NONE;
		else if (i == 2 * TIMES)
			all[1].target = SPAN("4h");
		else if (i == 2 * TIMES + 1)
			all[1].rule = SPAN("contract");
		else if (i == 2 * TIMES + 2)
			all[1].state = DEADLINE_WARNED;
		OK(f, store_deadline_put_all(f->s, all, &f->e));
		commit(f);
		begin(f);
		OK(f, store_deadline_list(f->s, number, &f->a, &v, &n, &f->e));
		assert_int_equal(n, STORE_DEADLINE_CLOCKS);
		for (size_t k = 0; k < n; k++)
			assert_true(are_same(&v[k], &all[k]));
	}
	commit(f);
}

static void count_clocks(struct fixture *f, int64_t number, size_t wanted)
{
	struct store_deadline *v;
	size_t n;

	commit(f); /* what is written is known within a transaction */
	begin(f);
	OK(f, store_deadline_list(f->s, number, &f->a, &v, &n, &f->e));
	assert_int_equal(n, wanted);
	assert_true(span_is(v[0].clock, "initial"));
}

static void a_clock_that_never_counted_has_no_row_but_for_the_first(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_deadline all[STORE_DEADLINE_CLOCKS], *v;
	int64_t number;
	size_t n;

	begin(f);
	number = open_case(f, &c);
	all[0] = deadline(number, "initial", INSTANT_NONE, INSTANT_NONE);
	all[1] = deadline(number, "next", INSTANT_NONE, INSTANT_NONE);
	all[2] = deadline(number, "resolution", INSTANT_NONE, INSTANT_NONE);
	all[0].state = all[1].state = all[2].state = DEADLINE_NONE;
	OK(f, store_deadline_begin(f->s, all, &f->e));
	count_clocks(f, number, 1);
	OK(f, store_deadline_put_all(f->s, all, &f->e));
	count_clocks(f, number, 1);
	all[2].state = DEADLINE_RUNNING;
	OK(f, store_deadline_put_all(f->s, all, &f->e));
	count_clocks(f, number, 2);
	all[2].state = DEADLINE_NONE;
	OK(f, store_deadline_put_all(f->s, all, &f->e));
	count_clocks(f, number, 2);
	OK(f, store_deadline_list(f->s, number, &f->a, &v, &n, &f->e));
	assert_true(span_is(v[1].clock, "resolution") && v[1].state == DEADLINE_NONE);
	commit(f);
}

static void due_are_those_whose_alarm_has_come(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_deadline *v;
	int64_t at = 0;
	size_t n;

	OK(f, store_deadline_next(f->s, &at, &f->e));
	assert_true(at == INSTANT_NONE);
	begin(f);
	for (int i = 0; i < 4; i++)
		open_case(f, &c);
	put(f, 1, "initial", NOW + 100, NOW + 1);
	put(f, 2, "initial", NOW + 50, NOW);
	put(f, 3, "initial", NOW - 50, INSTANT_NONE);
	put(f, 4, "initial", NOW + 70, NOW - 10);
	commit(f);
	OK(f, store_deadline_due(f->s, NOW, 0, &f->a, &v, &n, &f->e));
	assert_string_equal(numbers(f, v, n), "4 2");
	OK(f, store_deadline_due(f->s, NOW, 1, &f->a, &v, &n, &f->e));
	assert_string_equal(numbers(f, v, n), "4");
	OK(f, store_deadline_next(f->s, &at, &f->e));
	assert_int_equal(at, NOW - 10);
}

static void open_ones_come_by_due_time_and_those_without_last(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_deadline *v;
	size_t n;

	begin(f);
	for (int i = 0; i < 4; i++)
		c.number = open_case(f, &c);
	put(f, 1, "initial", INSTANT_NONE, INSTANT_NONE);
	put(f, 2, "initial", NOW + 50, NOW);
	put(f, 3, "initial", NOW + 20, NOW);
	put(f, 4, "initial", NOW + 10, NOW);
	OK(f, store_deadline_open(f->s, 0, 0, &f->a, &v, &n, &f->e));
	assert_string_equal(numbers(f, v, n), "4 3 2 1");
	c.state = CASE_RESOLVED;
	OK(f, store_case_update(f->s, &c, &f->e));
	OK(f, store_deadline_open(f->s, 0, 2, &f->a, &v, &n, &f->e));
	assert_string_equal(numbers(f, v, n), "3 2");
	put(f, 4, "initial", NOW + 10, NOW); /* again, and another */
	put(f, 4, "next", NOW + 10, NOW);    /* of a case that is not open */
	OK(f, store_deadline_open(f->s, 0, 0, &f->a, &v, &n, &f->e));
	assert_string_equal(numbers(f, v, n), "3 2 1");
	c.state = CASE_WAITING;
	OK(f, store_case_update(f->s, &c, &f->e));
	OK(f, store_deadline_open(f->s, 0, 0, &f->a, &v, &n, &f->e));
	assert_string_equal(numbers(f, v, n), "4 4 3 2 1");
	put_state(f, 3, DEADLINE_MET); /* nothing is to be done */
	put_state(f, 2, DEADLINE_NONE);
	put_state(f, 1, DEADLINE_BREACHED);
	OK(f, store_deadline_open(f->s, 0, 0, &f->a, &v, &n, &f->e));
	assert_string_equal(numbers(f, v, n), "4 4 1");
	commit(f);
}

/* However it stands; what was met too late is listed, and is met. */
static void what_is_not_met_comes_by_due_time(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_deadline late, *v;
	struct store_deadline_tally *t;
	size_t n;

	begin(f);
	for (int i = 0; i < 5; i++)
		c.number = open_case(f, &c);
	put(f, 1, "initial", INSTANT_NONE, INSTANT_NONE);
	put_state(f, 2, DEADLINE_NONE);
	put(f, 3, "initial", NOW + 80, NOW);
	late = deadline(4, "initial", NOW + 10, NOW);
	late.state = DEADLINE_BREACHED;
	OK(f, store_deadline_put(f->s, &late, &f->e));
	late.case_number = 5;
	late.met_at = NOW + 20;
	OK(f, store_deadline_put(f->s, &late, &f->e));
	OK(f, store_deadline_unmet(f->s, 0, 0, &f->a, &v, &n, &f->e));
	assert_string_equal(numbers(f, v, n), "4 3 2");
	OK(f, store_deadline_open(f->s, 0, 0, &f->a, &v, &n, &f->e));
	assert_string_equal(numbers(f, v, n), "4 5 3 1");
	OK(f, store_deadline_tally(f->s, NOW + 50, NOW + 100, 0, &f->a, &t, &n, &f->e));
	assert_int_equal(n, 1);
	assert_true(t[0].passed == 1 && t[0].near == 2);
	commit(f);
}

static void states_have_the_names_of_the_contract(void **state)
{
	static const char *const names[] = { "none", "running", "met", "warned", "breached" };

	(void)state;
	for (int i = 0; i < DEADLINE_STATE_COUNT; i++)
		assert_string_equal(deadline_state_name((enum deadline_state)i), names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_deadline_is_replaced_by_its_key),
		STORE_TEST(a_case_begins_with_all_its_clocks),
		STORE_TEST(each_field_of_a_clock_is_replaced),
		STORE_TEST(a_clock_that_never_counted_has_no_row_but_for_the_first),
		STORE_TEST(due_are_those_whose_alarm_has_come),
		STORE_TEST(open_ones_come_by_due_time_and_those_without_last),
		STORE_TEST(what_is_not_met_comes_by_due_time),
		cmocka_unit_test(states_have_the_names_of_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
