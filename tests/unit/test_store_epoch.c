#include "tests/store/fixture.h"

static void an_epoch_ends_at_its_mark_and_another_begins(void **state)
{
	struct fixture *f = *state;
	struct store_epoch *before, *after;
	uint8_t one[STORE_TAG_SIZE], two[STORE_TAG_SIZE];
	size_t n;

	OK(f, store_identity(f->s, one, &f->e));
	OK(f, store_epoch_list(f->s, &f->a, &before, &n, &f->e));
	assert_int_equal(n, 2);
	assert_true(before[0].has_tag && before[0].mark == INT64_MAX);
	assert_true(!before[1].has_tag && before[1].mark == 0);
	begin(f);
	OK(f, store_epoch_begin(f->s, 7, &f->e));
	commit(f);
	begin(f);
	OK(f, store_epoch_begin(f->s, 5, &f->e));
	commit(f);
	OK(f, store_epoch_list(f->s, &f->a, &after, &n, &f->e));
	assert_int_equal(n, 4);
	assert_int_equal(after[0].mark, INT64_MAX);
	assert_int_equal(after[1].mark, 5);
	assert_int_equal(after[2].mark, 5); /* what was lost is lost for all that is older */
	assert_int_equal(after[3].mark, 0);
	assert_memory_equal(after[2].tag, before[0].tag, STORE_TAG_SIZE);
	assert_memory_not_equal(after[0].tag, after[1].tag, STORE_TAG_SIZE);
	OK(f, store_identity(f->s, two, &f->e));
	assert_memory_equal(one, two, STORE_TAG_SIZE);
}

static void an_epoch_that_was_lost_is_known_again(void **state)
{
	struct fixture *f = *state;
	struct store_epoch lost = { .has_tag = true, .tag = "fifteen letters", .mark = 3 }, *v;
	size_t n;

	begin(f);
	OK(f, store_epoch_add(f->s, &lost, &f->e));
	OK(f, store_epoch_add(f->s, &lost, &f->e));
	OK(f, store_epoch_begin(f->s, 4, &f->e));
	commit(f);
	OK(f, store_epoch_list(f->s, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 4);
	assert_int_equal(v[1].mark, 3);
	assert_memory_equal(v[1].tag, lost.tag, STORE_TAG_SIZE);
}

static void the_newest_epochs_are_remembered(void **state)
{
	struct fixture *f = *state;
	struct store_epoch *v;
	size_t n;

	REFUSED(f, ERR_BUG, store_epoch_begin(f->s, 1, &f->e));
	begin(f);
	for (int i = 0; i < STORE_EPOCHS_MAX + 3; i++)
		OK(f, store_epoch_begin(f->s, i, &f->e));
	commit(f);
	OK(f, store_epoch_list(f->s, &f->a, &v, &n, &f->e));
	assert_int_equal(n, STORE_EPOCHS_MAX);
	assert_int_equal(v[0].mark, INT64_MAX);
	assert_int_equal(v[1].mark, STORE_EPOCHS_MAX + 2);
}

static void the_last_number_stays_the_last(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t number;

	OK(f, store_last_case(f->s, &number, &f->e));
	assert_int_equal(number, 0);
	begin(f);
	open_case(f, &c);
	open_case(f, &c);
	commit(f);
	OK(f, store_last_case(f->s, &number, &f->e));
	assert_int_equal(number, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(an_epoch_ends_at_its_mark_and_another_begins),
		STORE_TEST(an_epoch_that_was_lost_is_known_again),
		STORE_TEST(the_newest_epochs_are_remembered),
		STORE_TEST(the_last_number_stays_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
