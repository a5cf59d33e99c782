#include "tests/store/fixture.h"

static int64_t a_number(struct fixture *f)
{
	struct store_case c = a_case();
	int64_t number;

	begin(f);
	number = open_case(f, &c);
	commit(f);
	return number;
}

static void what_is_due_comes_first_and_once(void **state)
{
	struct fixture *f = *state;
	int64_t number = a_number(f), at;
	struct store_reminder late = { 0, number, SPAN("sam"), NOW + 20, SPAN("call") };
	struct store_reminder soon = { 0, number, SPAN("tess"), NOW + 10, SPAN("") };
	struct store_reminder *v;
	size_t n;

	OK(f, store_reminder_next(f->s, &at, &f->e));
	assert_true(at == INSTANT_NONE);
	OK(f, store_reminder_add(f->s, &late, &f->e));
	OK(f, store_reminder_add(f->s, &soon, &f->e));
	OK(f, store_reminder_next(f->s, &at, &f->e));
	assert_true(at == NOW + 10);
	OK(f, store_reminder_due(f->s, NOW + 9, 10, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, store_reminder_due(f->s, NOW + 20, 1, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && span_is(v[0].staff, "tess") && v[0].case_number == number);
	OK(f, store_reminder_done(f->s, v[0].id, &f->e));
	assert_int_equal(store_reminder_done(f->s, v[0].id, &f->e), -1);
	OK(f, store_reminder_due(f->s, NOW + 20, 10, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && span_is(v[0].text, "call") && v[0].due_at == NOW + 20);
}

static void those_of_one_are_dropped(void **state)
{
	struct fixture *f = *state;
	int64_t number = a_number(f), count;
	struct store_reminder r = { 0, number, SPAN("sam"), NOW, SPAN("") };
	struct store_reminder *v;
	size_t n;

	OK(f, store_reminder_add(f->s, &r, &f->e));
	OK(f, store_reminder_add(f->s, &r, &f->e));
	r.staff = SPAN("tess");
	OK(f, store_reminder_add(f->s, &r, &f->e));
	OK(f, store_reminder_drop(f->s, number, SPAN("sam"), &count, &f->e));
	assert_int_equal(count, 2);
	OK(f, store_reminder_drop(f->s, number + 1, SPAN("tess"), &count, &f->e));
	assert_int_equal(count, 0);
	OK(f, store_reminder_due(f->s, NOW, 10, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && span_is(v[0].staff, "tess"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_is_due_comes_first_and_once),
		STORE_TEST(those_of_one_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
