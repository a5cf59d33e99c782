#include "tests/store/fixture.h"

static int64_t cases(struct fixture *f)
{
	struct store_counts c;

	OK(f, store_count(f->s, &c, &f->e));
	return c.cases;
}

static int open_two(struct fixture *f, bool second_fails)
{
	struct store *txn STORE_TXN = f->s;
	struct store_case c = a_case();
	int64_t number;

	if (store_begin(txn, &f->e) < 0 || store_case_open(txn, &c, &number, &f->e) < 0)
		return -1;
	c.merged_into = second_fails ? 99 : 0;
	if (store_case_open(txn, &c, &number, &f->e) < 0)
		return -1;
	return store_commit(txn, &f->e);
}

static void what_was_not_committed_is_not_there(void **state)
{
	struct fixture *f = *state;

	REFUSED(f, ERR_PERM, open_two(f, true));
	assert_int_equal(cases(f), 0);
	OK(f, open_two(f, false));
	assert_int_equal(cases(f), 2);
}

static void a_failed_statement_dooms_the_commit(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t number;

	begin(f);
	open_case(f, &c);
	c.merged_into = 99;
	REFUSED(f, ERR_PERM, store_case_open(f->s, &c, &number, &f->e));
	c.merged_into = 0;
	REFUSED(f, ERR_PERM, store_case_open(f->s, &c, &number, &f->e));
	REFUSED(f, ERR_PERM, store_commit(f->s, &f->e));
	assert_int_equal(cases(f), 0);
	begin(f); /* the next one is whole again */
	open_case(f, &c);
	commit(f);
	assert_int_equal(cases(f), 1);
}

static void changes_want_a_transaction(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_outbox *v;
	int64_t number;
	size_t n;

	REFUSED(f, ERR_BUG, store_case_open(f->s, &c, &number, &f->e));
	REFUSED(f, ERR_BUG, store_commit(f->s, &f->e));
	begin(f);
	REFUSED(f, ERR_BUG, store_begin(f->s, &f->e));
	REFUSED(f, ERR_BUG, store_outbox_claim(f->s, NOW, 1, &f->a, &v, &n, &f->e));
	open_case(f, &c); /* and the outer one goes on */
	commit(f);
	assert_int_equal(cases(f), 1);
}

static void texts_that_are_not_utf8_are_refused(void **state)
{
	static const struct span bad[] = { SPAN_LITERAL("a\0b"), SPAN_LITERAL("\xff"),
					   SPAN_LITERAL("\xed\xa0\x80"), SPAN_LITERAL("\xc3") };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct store_case c = a_case();
		int64_t number;

		c.subject = bad[i];
		begin(f);
		REFUSED(f, ERR_PERM, store_case_open(f->s, &c, &number, &f->e));
		store_rollback(f->s);
	}
	assert_int_equal(cases(f), 0);
}

static void what_was_committed_outlives_the_store(void **state)
{
	struct fixture *f = *state;
	struct span value;

	begin(f);
	OK(f, store_meta_set(f->s, "key", SPAN("one"), &f->e));
	OK(f, store_meta_set(f->s, "key", SPAN("t\0wo"), &f->e));
	commit(f);
	store_close(&f->s);
	fixture_open(f, STORE_WRITE);
	OK(f, store_meta_get(f->s, "key", &f->a, &value, &f->e));
	assert_true(span_eq(value, SPAN("t\0wo")));
	OK(f, store_meta_get(f->s, "other", &f->a, &value, &f->e));
	assert_null(value.p);
}

static void a_reader_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct span value;

	store_close(&f->s);
	fixture_open(f, STORE_READ);
	OK(f, store_meta_get(f->s, "key", &f->a, &value, &f->e));
	REFUSED(f, ERR_PERM, store_begin(f->s, &f->e));
	REFUSED(f, ERR_BUG, store_meta_set(f->s, "key", SPAN("one"), &f->e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_was_not_committed_is_not_there),
		STORE_TEST(a_failed_statement_dooms_the_commit),
		STORE_TEST(changes_want_a_transaction),
		STORE_TEST(texts_that_are_not_utf8_are_refused),
		STORE_TEST(what_was_committed_outlives_the_store),
		STORE_TEST(a_reader_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
