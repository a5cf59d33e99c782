/* Who did what is only added to, behind the back of the store, too. */
#include "tests/store/behind.h"

static void add(struct fixture *f, const char *who, const char *action, int64_t number, int64_t at)
{
	struct store_audit row = { .at = at,
				   .channel = AUDIT_MAIL,
				   .who = span_of(who),
				   .action = span_of(action),
				   .case_number = number,
				   .detail = SPAN("") };

	OK(f, store_audit_add(f->s, &row, &f->e));
}

static size_t count(struct fixture *f, struct store_audit_filter filter)
{
	struct store_audit *v;
	size_t n;

	filter.who.p = filter.who.p ? filter.who.p : "";
	filter.action.p = filter.action.p ? filter.action.p : "";
	OK(f, store_audit_list(f->s, &filter, &f->a, &v, &n, &f->e));
	for (size_t i = 1; i < n; i++)
		assert_true(v[i - 1].id > v[i].id);
	return n;
}

static void rows_are_found_by_each_filter(void **state)
{
	struct fixture *f = *state;

	add(f, "sam", "#close", 7, NOW);
	add(f, "tess", "case note", 7, NOW + 10);
	add(f, "sam", "case state", 8, NOW + 20);
	add(f, "sam", "casework", 0, NOW + 30);
	assert_int_equal(count(f, (struct store_audit_filter){ 0 }), 4);
	assert_int_equal(count(f, (struct store_audit_filter){ .limit = 3 }), 3);
	assert_int_equal(count(f, (struct store_audit_filter){ .who = SPAN("sam") }), 3);
	assert_int_equal(count(f, (struct store_audit_filter){ .action = SPAN("case") }), 2);
	assert_int_equal(count(f, (struct store_audit_filter){ .case_number = 7 }), 2);
	assert_int_equal(count(f, (struct store_audit_filter){ .since_at = NOW + 10 }), 3);
	assert_int_equal(count(f, (struct store_audit_filter){ .until_at = NOW + 10 }), 1);
}

static void no_row_is_changed_or_taken_away(void **state)
{
	static const char *const tries[] = { "UPDATE audit SET who = 'nobody'", "DELETE FROM audit",
					     "DELETE FROM audit WHERE id = 1",
					     "UPDATE audit SET id = 9" };
	struct fixture *f = *state;
	sqlite3 *db;

	add(f, "sam", "#close", 7, NOW);
	store_close(&f->s);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		assert_int_equal(sqlite3_exec(db, tries[i], 0, 0, 0), SQLITE_CONSTRAINT);
		assert_non_null(strstr(sqlite3_errmsg(db), "only added to"));
	}
	sqlite3_close(db);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(count(f, (struct store_audit_filter){ .who = SPAN("sam") }), 1);
}

static void an_address_has_one_pseudonym(void **state)
{
	struct fixture *f = *state;
	char a[STORE_PSEUDONYM_SIZE], b[STORE_PSEUDONYM_SIZE], c[STORE_PSEUDONYM_SIZE];

	OK(f, store_person_pseudonym(f->s, SPAN("Ann@Customer.test"), a, &f->e));
	OK(f, store_person_pseudonym(f->s, SPAN("ann@customer.test"), b, &f->e));
	OK(f, store_person_pseudonym(f->s, SPAN("bea@customer.test"), c, &f->e));
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	/* Another store has another key. */
	store_close(&f->s);
	fixture_forget(f);
	fixture_open(f, STORE_CREATE);
	OK(f, store_person_pseudonym(f->s, SPAN("ann@customer.test"), c, &f->e));
	assert_string_not_equal(a, c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(rows_are_found_by_each_filter),
		STORE_TEST(no_row_is_changed_or_taken_away),
		STORE_TEST(an_address_has_one_pseudonym),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
