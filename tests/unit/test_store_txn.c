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

/* What each of them writes names a row that is not there. */
static int names_nothing(struct fixture *f, int which)
{
	struct store_case c = a_case();
	struct store_note note = { .case_number = 99, .kind = NOTE_INBOUND, .at = NOW };
	struct store_event event = { .case_number = 99, .at = NOW };
	struct store_deadline clock = { .case_number = 99 };
	struct store_storm storm = { .case_number = 99 };
	int64_t id;

	switch (which) {
	case 0: c.merged_into = 99; return store_case_open(f->s, &c, &id, &f->e);
	case 1: return store_note_add(f->s, &note, &id, &f->e);
	case 2: return store_event_add(f->s, &event, &f->e);
	case 3: return store_deadline_put(f->s, &clock, &f->e);
	case 4: return store_storm_put(f->s, 5, &storm, &f->e);
	case 5: return store_mail_finish(f->s, 1, MAIL_CASE, SPAN(""), 99, 0, &f->e);
	case 6: return store_mail_finish(f->s, 1, MAIL_NOTE, SPAN(""), 0, 99, &f->e);
	default: return 1;
	}
}

/* By a file at once; by a server, which is not waited for, with the COMMIT at the latest. */
static void what_names_no_row_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "");
	struct store_case c = a_case();

	begin(f);
	keep(f, &m, SPAN("raw"));
	commit(f);
	for (int i = 0; i < 7; i++) {
		begin(f);
		open_case(f, &c);
		if (names_nothing(f, i) == 0)
			assert_true(f->schema.name[0]);
		REFUSED(f, ERR_PERM, store_commit(f->s, &f->e));
		if (!f->schema.name[0]) /* and without a transaction */
			REFUSED(f, ERR_PERM, names_nothing(f, i));
	}
	assert_int_equal(cases(f), 0);
	assert_int_equal(names_nothing(f, 7), 1);
}

static void verbs_of_several_statements_want_a_transaction(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_mail m = a_mail(1, "");
	struct store_article article = { .path = SPAN("x") };
	struct store_attachment attachment = { .note_id = 1 };
	struct store_outbox row = { .next_at = NOW }, *v;
	int64_t id;
	bool is_new;
	size_t n;

	REFUSED(f, ERR_BUG, store_mail_keep(f->s, &m, SPAN("x"), &id, &is_new, &f->e));
	REFUSED(f, ERR_BUG, store_case_update(f->s, &c, &f->e));
	REFUSED(f, ERR_BUG, store_attachment_add(f->s, &attachment, SPAN("x"), &id, &f->e));
	REFUSED(f, ERR_BUG, store_outbox_add(f->s, &row, SPAN("x"), &id, &f->e));
	REFUSED(f, ERR_BUG, store_outbox_claim(f->s, SPAN(""), NOW, 1, &f->a, &v, &n, &f->e));
	REFUSED(f, ERR_BUG,
		store_outbox_result(f->s, 1, OUTBOX_SENT, NOW, 0, 250, SPAN("x"), &f->e));
	REFUSED(f, ERR_BUG, store_article_put(f->s, &article, &f->e));
	REFUSED(f, ERR_BUG, store_article_sweep(f->s, &n, &f->e));
	REFUSED(f, ERR_BUG, store_case_index(f->s, 1, SPAN(""), SPAN("x"), &f->e));
	REFUSED(f, ERR_BUG, store_commit(f->s, &f->e));
}

static void one_transaction_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();

	begin(f);
	REFUSED(f, ERR_BUG, store_begin(f->s, &f->e));
	open_case(f, &c); /* and the outer one goes on */
	commit(f);
	assert_int_equal(cases(f), 1);
}

static void a_verb_of_one_statement_is_a_transaction_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_mail m = a_mail(1, ""), got;
	int64_t id, number;

	begin(f);
	id = keep(f, &m, SPAN("raw"));
	commit(f);
	OK(f, store_mail_attempt(f->s, id, 1, &f->e));
	c.merged_into = 99;
	REFUSED(f, ERR_PERM, store_case_open(f->s, &c, &number, &f->e));
	c.merged_into = 0; /* what failed outside of a transaction dooms nothing */
	OK(f, store_case_open(f->s, &c, &number, &f->e));
	store_rollback(f->s);
	store_close(&f->s);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(cases(f), 1);
	OK(f, store_mail_get(f->s, id, &f->a, &got, &f->e));
	assert_int_equal(got.attempts, 1);
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
	REFUSED(f, ERR_PERM, store_meta_set(f->s, "key", SPAN("one"), &f->e));
}

/* How the second of two with one commit ends, and what became of the first then. */
static void two_with_one_commit_stand_or_fall_together(void **state)
{
	static const struct {
		bool commits, is_doomed;
		enum store_deferred became;
		int64_t cases;
	} ends[] = { { true, false, STORE_DEFERRED_STANDS, 2 },
		     { false, false, STORE_DEFERRED_LOST, 2 },
		     { true, true, STORE_DEFERRED_LOST, 2 } };
	struct fixture *f = *state;
	struct store_case c = a_case();

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		c.merged_into = 0;
		begin(f);
		open_case(f, &c);
		OK(f, store_defer(f->s, &f->e));
		assert_int_equal(store_deferred(f->s, &f->e), STORE_DEFERRED_OPEN);
		store_rollback(f->s); /* nobody is in it */
		begin(f);
		open_case(f, &c);
		c.merged_into = ends[i].is_doomed ? 99 : 0;
		if (ends[i].is_doomed)
			REFUSED(f, ERR_PERM, store_case_open(f->s, &c, &(int64_t){ 0 }, &f->e));
		if (!ends[i].commits)
			store_rollback(f->s);
		else
			assert_int_equal(store_commit(f->s, &f->e), ends[i].is_doomed ? -1 : 0);
		assert_int_equal(store_deferred(f->s, &f->e), ends[i].became);
		assert_int_equal(cases(f), ends[i].cases);
	}
	REFUSED(f, ERR_BUG, store_defer(f->s, &f->e));
}

static void what_fails_beside_the_deferred_dooms_it(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();

	begin(f);
	open_case(f, &c);
	OK(f, store_defer(f->s, &f->e));
	c.subject = SPAN("\xff"); /* no UTF-8 */
	REFUSED(f, ERR_PERM, store_case_open(f->s, &c, &(int64_t){ 0 }, &f->e));
	c = a_case();
	begin(f);
	REFUSED(f, ERR_PERM, store_case_open(f->s, &c, &(int64_t){ 0 }, &f->e));
	REFUSED(f, ERR_PERM, store_commit(f->s, &f->e));
	assert_int_equal(store_deferred(f->s, &f->e), STORE_DEFERRED_LOST);
	assert_int_equal(cases(f), 0);
}

static void what_failed_is_not_deferred(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();

	begin(f);
	c.merged_into = 99;
	REFUSED(f, ERR_PERM, store_case_open(f->s, &c, &(int64_t){ 0 }, &f->e));
	REFUSED(f, ERR_PERM, store_defer(f->s, &f->e));
	c.merged_into = 0;
	begin(f);
	open_case(f, &c);
	commit(f);
	assert_int_equal(cases(f), 1);
}

/* --- what is not heard of at once --- */

static int finish_unheard(struct fixture *f, int64_t mail)
{
	struct store *txn STORE_TXN = f->s;
	struct store_case c = a_case();
	int64_t number;

	if (store_begin(txn, &f->e) < 0)
		return -1;
	store_unheard(txn);
	if (store_case_open(txn, &c, &number, &f->e) < 0 ||
	    store_mail_finish(txn, mail, MAIL_CASE, SPAN("why"), number, 0, &f->e) < 0)
		return -1;
	return store_commit(txn, &f->e);
}

static void what_is_unheard_is_said_by_the_commit(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "one");
	int64_t id;

	begin(f);
	id = keep(f, &m, SPAN("raw"));
	commit(f);
	REFUSED(f, ERR_PERM, finish_unheard(f, id + 1));
	assert_non_null(strstr(f->e.text, "no mail 2"));
	assert_int_equal(cases(f), 0);
	OK(f, finish_unheard(f, id));
	assert_int_equal(cases(f), 1);
	/* The next one is heard. */
	begin(f);
	REFUSED(f, ERR_PERM, store_mail_finish(f->s, id + 1, MAIL_CASE, SPAN("why"), 1, 0, &f->e));
	commit(f);
}

static void what_is_unheard_is_said_before_it_is_deferred(void **state)
{
	struct fixture *f = *state;

	begin(f);
	store_unheard(f->s);
	if (store_mail_finish(f->s, 9, MAIL_CASE, SPAN("why"), 0, 0, &f->e) == 0)
		REFUSED(f, ERR_PERM, store_defer(f->s, &f->e));
	else
		store_rollback(f->s);
	begin(f);
	assert_int_equal(cases(f), 0);
	commit(f);
}

static int recover_unheard(struct fixture *f, int64_t mail, int64_t case_number)
{
	struct store_event event = an_event(case_number);
	struct store *txn STORE_TXN = f->s;
	size_t n;

	if (store_begin(txn, &f->e) < 0)
		return -1;
	store_unheard(txn);
	if (store_mail_finish(txn, mail, MAIL_CASE, SPAN("why"), case_number, 0, &f->e) < 0 ||
	    store_outbox_recover(txn, false, NOW, &n, &f->e) < 0 ||
	    store_event_add(txn, &event, &f->e) < 0)
		return -1;
	return store_commit(txn, &f->e);
}

/* Whoever counts what it changed has no place for the failure. */
static void what_failed_unheard_and_was_counted_is_not_committed(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_mail m = a_mail(1, "one");
	struct store_event *v;
	int64_t id, number;
	size_t n;

	begin(f);
	number = open_case(f, &c);
	id = keep(f, &m, SPAN("raw"));
	commit(f);
	OK(f, recover_unheard(f, id, number));
	REFUSED(f, ERR_PERM, recover_unheard(f, id + 1, number));
	OK(f, store_event_list(f->s, number, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 1);
}

static int mark_unheard(struct fixture *f, int64_t mail)
{
	struct store *txn STORE_TXN = f->s;

	if (store_begin(txn, &f->e) < 0)
		return -1;
	store_unheard(txn);
	if (store_mail_finish(txn, mail, MAIL_CASE, SPAN("why"), 0, 0, &f->e) < 0)
		return -1;
	(void)store_mark(txn, &f->e);
	return store_commit(txn, &f->e);
}

/* It is no statement that fails then. */
static void what_failed_unheard_before_a_mark_is_not_committed(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "one");
	int64_t id;

	begin(f);
	id = keep(f, &m, SPAN("raw"));
	commit(f);
	OK(f, mark_unheard(f, id));
	REFUSED(f, ERR_PERM, mark_unheard(f, id + 1));
	OK(f, mark_unheard(f, id));
}

/* As what an erasure would do is tried. */
static void what_a_mark_takes_back_was_not_decided(void **state)
{
	struct fixture *f = *state;
	struct store_mail one = a_mail(1, "one"), two = a_mail(2, "two");

	begin(f);
	one.id = keep(f, &one, SPAN("raw"));
	two.id = keep(f, &two, SPAN("other"));
	OK(f, store_mail_finish(f->s, one.id, MAIL_CASE, SPAN(""), 0, 0, &f->e));
	OK(f, store_mark(f->s, &f->e));
	OK(f, store_mail_finish(f->s, two.id, MAIL_DROPPED, SPAN(""), 0, 0, &f->e));
	OK(f, store_back_to_mark(f->s, &f->e));
	commit(f);
	assert_int_equal(store_mail_decided(f->s)[MAIL_CASE], 1);
	assert_int_equal(store_mail_decided(f->s)[MAIL_DROPPED], 0);
}

/* Copies that came together. */
static void bytes_that_are_there_are_found_unheard(void **state)
{
	struct fixture *f = *state;
	struct store_mail one = a_mail(1, "one"), two = a_mail(2, "one"), three = a_mail(3, "one");
	struct buf raw BUF_AUTO;

	begin(f);
	keep(f, &one, SPAN("the same bytes"));
	commit(f);
	begin(f);
	store_unheard(f->s);
	keep(f, &two, SPAN("the same bytes"));
	three.id = keep(f, &three, SPAN("others"));
	two.id =
	    keep(f, &(struct store_mail){ .location = { SPAN("support"), 7, 4 } }, SPAN("others"));
	commit(f);
	buf_init(&raw, 100);
	OK(f, store_mail_raw(f->s, three.id, &raw, &f->e));
	OK(f, store_mail_raw(f->s, two.id, &raw, &f->e));
	assert_true(span_is(buf_span(&raw), "othersothers"));
}

static void storm_is(struct fixture *f, int64_t key, int64_t count)
{
	struct store_storm storm;

	OK(f, store_storm_get(f->s, key, &storm, &f->e));
	assert_int_equal(storm.count, count);
}

/* Whether it is known that there was none, of this key or of another, or not. */
static void a_storm_is_written_whatever_was_asked_before(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_storm storm = { .count = 1, .last_at = NOW, .told_at = NOW };

	begin(f);
	storm.case_number = open_case(f, &c);
	storm_is(f, 7, 0);
	for (; storm.count < 4; storm.count++)
		OK(f, store_storm_put(f->s, 7, &storm, &f->e));
	storm_is(f, 7, 3);
	storm_is(f, -8, 0);
	OK(f, store_storm_put(f->s, 7, &storm, &f->e));
	storm_is(f, -8, 0);
	OK(f, store_storm_put(f->s, -8, &storm, &f->e));
	commit(f);
	begin(f);
	storm.count = 9;
	OK(f, store_storm_put(f->s, -8, &storm, &f->e));
	commit(f);
	storm_is(f, 7, 4);
	storm_is(f, -8, 9);
}

static void put_storm(struct fixture *f, int64_t number, int64_t key, int64_t count, int64_t at)
{
	struct store_storm storm = { number, count, at, NOW };

	OK(f, store_storm_put(f->s, key, &storm, &f->e));
}

/* It is as if it had not been, and what is put behind it is written. */
static void a_storm_goes_with_its_transaction(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t number;

	begin(f);
	number = open_case(f, &c);
	put_storm(f, number, 7, 1, NOW);
	commit(f);
	begin(f);
	put_storm(f, number, 8, 1, NOW);
	put_storm(f, number, 7, 2, NOW);
	store_rollback(f->s);
	storm_is(f, 7, 1);
	storm_is(f, 8, 0);
	begin(f);
	put_storm(f, number, 8, 6, NOW);
	commit(f);
	storm_is(f, 8, 6);
	begin(f);
	put_storm(f, number, 9, 3, NOW);
	OK(f, store_mark(f->s, &f->e));
	put_storm(f, number, 10, 4, NOW);
	storm_is(f, 10, 4);
	OK(f, store_back_to_mark(f->s, &f->e));
	storm_is(f, 10, 0);
	put_storm(f, number, 10, 5, NOW);
	commit(f);
	storm_is(f, 7, 1);
	storm_is(f, 8, 6);
	storm_is(f, 10, 5);
	storm_is(f, 9, 3);
}

static int64_t key_of(int64_t i)
{
	return (i % 2 ? 1 : -1) * (i << 40 | i % 3);
}

/* Keys that end alike, more than there is room for at first, and what is left when old ones go. */
static void storms_are_found_among_many(void **state)
{
	enum { MANY = 3000 };
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t number;

	begin(f);
	number = open_case(f, &c);
	for (int64_t i = 1; i <= MANY; i++)
		put_storm(f, number, key_of(i), i, NOW + i);
	commit(f);
	for (int64_t i = 1; i <= MANY; i++)
		storm_is(f, key_of(i), i);
	store_close(&f->s);
	fixture_open(f, STORE_WRITE);
	storm_is(f, key_of(MANY), MANY);
	OK(f, store_storm_sweep(f->s, NOW + MANY, &f->e));
	storm_is(f, key_of(MANY), MANY);
	storm_is(f, key_of(1), 0);
	put_storm(f, number, key_of(1), 9, NOW);
	OK(f, store_person_compact(f->s, true, &f->e));
	put_storm(f, number, key_of(MANY), 8, NOW);
	storm_is(f, key_of(MANY), 8);
	storm_is(f, key_of(1), 9);
	OK(f, store_person_forget_case(f->s, number, &f->e));
	storm_is(f, key_of(1), 0);
	put_storm(f, number, key_of(1), 2, NOW);
	storm_is(f, key_of(1), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_was_not_committed_is_not_there),
		STORE_TEST(a_failed_statement_dooms_the_commit),
		STORE_TEST(what_names_no_row_is_refused),
		STORE_TEST(verbs_of_several_statements_want_a_transaction),
		STORE_TEST(one_transaction_at_a_time),
		STORE_TEST(a_verb_of_one_statement_is_a_transaction_of_its_own),
		STORE_TEST(texts_that_are_not_utf8_are_refused),
		STORE_TEST(what_was_committed_outlives_the_store),
		STORE_TEST(a_reader_changes_nothing),
		STORE_TEST(two_with_one_commit_stand_or_fall_together),
		STORE_TEST(what_fails_beside_the_deferred_dooms_it),
		STORE_TEST(what_failed_is_not_deferred),
		STORE_TEST(what_is_unheard_is_said_by_the_commit),
		STORE_TEST(what_is_unheard_is_said_before_it_is_deferred),
		STORE_TEST(what_failed_unheard_and_was_counted_is_not_committed),
		STORE_TEST(what_failed_unheard_before_a_mark_is_not_committed),
		STORE_TEST(what_a_mark_takes_back_was_not_decided),
		STORE_TEST(bytes_that_are_there_are_found_unheard),
		STORE_TEST(a_storm_is_written_whatever_was_asked_before),
		STORE_TEST(a_storm_goes_with_its_transaction),
		STORE_TEST(storms_are_found_among_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
