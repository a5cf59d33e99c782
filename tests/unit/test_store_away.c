#include "tests/store/fixture.h"

static void who_is_away_is_until_then(void **state)
{
	struct fixture *f = *state;
	struct store_away sam = { SPAN("sam"), NOW, NOW + 100, SPAN("tess") };
	struct store_away tess = { SPAN("tess"), NOW, NOW + 50, SPAN("") };
	struct store_away got, *v;
	size_t n;

	OK(f, store_away_set(f->s, &tess, &f->e));
	OK(f, store_away_set(f->s, &sam, &f->e));
	OK(f, store_away_get(f->s, SPAN("sam"), NOW, &f->a, &got, &f->e));
	assert_true(span_is(got.staff, "sam") && span_is(got.deputy, "tess"));
	assert_true(got.since_at == NOW && got.until_at == NOW + 100);
	OK(f, store_away_list(f->s, NOW, &f->a, &v, &n, &f->e));
	assert_true(n == 2 && span_is(v[0].staff, "tess") && span_is(v[1].staff, "sam"));
	OK(f, store_away_list(f->s, NOW + 50, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && span_is(v[0].staff, "sam"));
	OK(f, store_away_get(f->s, SPAN("tess"), NOW + 50, &f->a, &got, &f->e));
	assert_null(got.staff.p);
	OK(f, store_away_get(f->s, SPAN("uwe"), NOW, &f->a, &got, &f->e));
	assert_null(got.staff.p);
}

static void again_replaces_and_back_ends_it(void **state)
{
	struct fixture *f = *state;
	struct store_away sam = { SPAN("sam"), NOW, NOW + 100, SPAN("tess") };
	struct store_away got;

	OK(f, store_away_set(f->s, &sam, &f->e));
	sam.until_at = NOW + 10;
	sam.deputy = SPAN("");
	OK(f, store_away_set(f->s, &sam, &f->e));
	OK(f, store_away_get(f->s, SPAN("sam"), NOW + 9, &f->a, &got, &f->e));
	assert_true(got.until_at == NOW + 10 && !got.deputy.n);
	OK(f, store_away_end(f->s, SPAN("sam"), &f->e));
	OK(f, store_away_end(f->s, SPAN("sam"), &f->e));
	OK(f, store_away_get(f->s, SPAN("sam"), NOW, &f->a, &got, &f->e));
	assert_null(got.staff.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(who_is_away_is_until_then),
		STORE_TEST(again_replaces_and_back_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
