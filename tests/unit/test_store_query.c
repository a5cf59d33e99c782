/* A verb and its statement must fit together; this test is below store.h. */
#include "store/query.h"

#include "tests/store/fixture.h"

/* The key is a text, the value bytes. */
static void bind(struct query *q, int count)
{
	if (count > 0)
		query_name(q, "kind");
	for (int i = 1; i < count; i++)
		query_blob(q, SPAN("value"));
}

static void each_parameter_must_be_bound(void **state)
{
	struct fixture *f = *state;

	for (int bound = 0; bound <= 3; bound++) {
		struct query q QUERY_AUTO;

		f->e.class = ERR_NONE;
		query_open(&q, f->s, SQL_META_SET, &f->e); /* has two */
		bind(&q, bound);
		assert_int_equal(query_run(&q), bound == 2 ? 0 : -1);
		assert_int_equal(f->e.class, bound == 2 ? ERR_NONE : ERR_BUG);
	}
}

static void a_verb_that_forgot_a_parameter_writes_nothing(void **state)
{
	struct fixture *f = *state;
	struct query q QUERY_AUTO = { 0 };
	struct span value;

	begin(f);
	query_open(&q, f->s, SQL_META_SET, &f->e);
	bind(&q, 1);
	REFUSED(f, ERR_BUG, query_run(&q));
	REFUSED(f, ERR_BUG, store_meta_set(f->s, "kind", SPAN("value"), &f->e));
	REFUSED(f, ERR_BUG, store_commit(f->s, &f->e));
	OK(f, store_meta_get(f->s, "kind", &f->a, &value, &f->e));
	assert_int_equal(value.n, 0);
}

/* Two rows of three columns: number, tag, mark. */
static void open_rows(struct query *q, struct fixture *f)
{
	query_open(q, f->s, SQL_EPOCH_LIST, &f->e);
	query_limit(q, 2);
}

static void read_columns(struct query *q, int count)
{
	for (int i = 0; i < count; i++)
		(void)query_borrow_bytes(q);
}

static void each_column_of_a_row_must_be_read(void **state)
{
	struct fixture *f = *state;

	for (int count = 0; count <= 4; count++) {
		struct query ended QUERY_AUTO, stepped QUERY_AUTO = { 0 };
		bool fits = count == 0 || count == 3; /* a row may be there to be counted */

		open_rows(&ended, f);
		assert_int_equal(query_step(&ended), 1);
		read_columns(&ended, count);
		if (fits)
			OK(f, query_end_row(&ended));
		else
			REFUSED(f, ERR_BUG, query_end_row(&ended));
		query_close(&ended);
		open_rows(&stepped, f);
		assert_int_equal(query_step(&stepped), 1);
		read_columns(&stepped, count);
		if (fits)
			assert_int_equal(query_step(&stepped), 1);
		else
			REFUSED(f, ERR_BUG, query_step(&stepped));
	}
}

static void read_two(struct query *q, struct arena *a, void *ret_row)
{
	(void)a;
	(void)ret_row;
	read_columns(q, 2);
}

static void a_reader_that_is_shifted_is_refused(void **state)
{
	struct fixture *f = *state;
	struct query one QUERY_AUTO, list QUERY_AUTO = { 0 };
	int64_t row, *v;
	size_t n;

	open_rows(&one, f);
	REFUSED(f, ERR_BUG, query_one(&one, read_two, &f->a, &row));
	open_rows(&one, f);
	REFUSED(f, ERR_BUG, query_one_of(&one, "migration", 1, read_two, &f->a, &row));
	open_rows(&one, f);
	REFUSED(f, ERR_BUG, query_one_int(&one, &row));
	open_rows(&list, f);
	REFUSED(f, ERR_BUG, QUERY_LIST(&list, read_two, &f->a, &v, &n));
}

/* The rest of its row cannot be read, and the verb says why: that is no misfit. */
static void bytes_that_do_not_fit_end_their_row(void **state)
{
	struct fixture *f = *state;
	struct query q QUERY_AUTO = { 0 };
	struct buf small BUF_AUTO;

	buf_init(&small, 1);
	open_rows(&q, f);
	assert_int_equal(query_step(&q), 1);
	(void)query_get_int(&q);
	REFUSED(f, ERR_PERM, query_get_bytes(&q, &small));
}

/* Rows that a transaction writes which counts mails of two mailboxes in turns. */
static int64_t rows_of_counts(struct fixture *f, int turns)
{
	const struct store_seen one = { .seen = 1 };
	int64_t before = f->s->ops->changed(f->s->engine);

	begin(f);
	for (int i = 0; i < turns; i++) {
		OK(f, store_seen_add(f->s, SPAN("one"), &one, &f->e));
		OK(f, store_seen_add(f->s, SPAN("two"), &one, &f->e));
	}
	commit(f);
	return f->s->ops->changed(f->s->engine) - before;
}

static void mails_of_mailboxes_in_turns_are_a_row_each(void **state)
{
	struct fixture *f = *state;
	int64_t once = rows_of_counts(f, 1);

	assert_true(once >= 2);
	assert_int_equal(rows_of_counts(f, 100), once);
}

/* In a transaction of its own with what is behind it. */
#define OUTBOX_ROW(state)                                                                        \
	"INSERT INTO content (id, sha256, size, bytes) VALUES (1, sha256(''), 0, '');"           \
	"INSERT INTO outbox (content, kind, sender, recipient, message_id, subject, automatic, " \
	"created_at, state) VALUES (1, '', '', '', '', '', 0, 0, '" state "');"

/* Of PostgreSQL: its columns have types that say it, and outbox a trigger, not CHECKs. */
static void what_may_not_stand_in_a_column_is_refused(void **state)
{
	static const char *const refused[] = {
		"INSERT INTO content (sha256) VALUES ('of 11 bytes')",
		"INSERT INTO shown (sha256) VALUES ('of 11 bytes')",
		"INSERT INTO mail (identity) VALUES ('of 11 bytes')",
		"INSERT INTO mail (state) VALUES ('other')",
		"INSERT INTO cases (state) VALUES ('other')",
		"INSERT INTO note (kind) VALUES ('other')",
		"INSERT INTO deadline (state) VALUES ('other')",
		"INSERT INTO outbox (state) VALUES ('other')",
		"INSERT INTO slice (coding) VALUES ('other')",
		OUTBOX_ROW("queued"),
		OUTBOX_ROW("sent"),
		OUTBOX_ROW("failed") "UPDATE outbox SET state = 'queued'",
		OUTBOX_ROW("failed") "UPDATE outbox SET state = 'sent'",
		OUTBOX_ROW("failed") "UPDATE outbox SET state = 'queued', next_at = 1;"
				     "UPDATE outbox SET next_at = NULL",
		"UPDATE standing SET identity = 'of 11 bytes'",
		"UPDATE standing SET id = 2",
		"UPDATE tally SET id = 2",
	};
	struct fixture *f = *state;
	PGconn *c = f->schema.name[0] ? PQconnectdb(f->schema.address) : NULL;

	for (size_t i = 0; c && i < sizeof(refused) / sizeof(*refused); i++) {
		PGresult *r = PQexec(c, refused[i]);

		assert_string_equal(PQresultErrorField(r, PG_DIAG_SQLSTATE), "23514");
		PQclear(r);
	}
	PQfinish(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(each_parameter_must_be_bound),
		STORE_TEST(a_verb_that_forgot_a_parameter_writes_nothing),
		STORE_TEST(each_column_of_a_row_must_be_read),
		STORE_TEST(a_reader_that_is_shifted_is_refused),
		STORE_TEST(bytes_that_do_not_fit_end_their_row),
		STORE_TEST(mails_of_mailboxes_in_turns_are_a_row_each),
		STORE_TEST(what_may_not_stand_in_a_column_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
