/* Mails whose number nobody asks for, which may be added together (store/gathered.h). */
#include "tests/store/fixture.h"

enum { MANY = 70, LARGE = 200 * 1024, TOO_LARGE = 300 * 1024 };

static struct store_outbox a_row(const char *message_id)
{
	return (struct store_outbox){ .kind = SPAN("confirmation"),
				      .created_at = NOW,
				      .next_at = NOW,
				      .sent_at = INSTANT_NONE,
				      .sender = SPAN("us@x"),
				      .recipient = SPAN("you@y.test"),
				      .message_id = span_of(message_id),
				      .domain = SPAN("y.test") };
}

static int add(struct fixture *f, const char *message_id, struct span message)
{
	struct store_outbox o = a_row(message_id);

	return store_outbox_add(f->s, &o, message, NULL, &f->e);
}

static void begin_unheard(struct fixture *f)
{
	begin(f);
	store_unheard(f->s);
}

static void queue(struct fixture *f, const char *message_id)
{
	OK(f, add(f, message_id, SPAN("Subject: x\r\n\r\nwords\r\n")));
}

/* Oldest first: "a b c". */
static const char *queued(struct fixture *f)
{
	struct store_outbox_filter all = { .state = -1, .limit = STORE_LIST_MAX };
	struct store_outbox *v;
	char *text = arena_cstr(&f->a, SPAN(""));
	size_t n;

	OK(f, store_outbox_list(f->s, &all, &f->a, &v, &n, &f->e));
	while (n--)
		text = arena_printf(&f->a, "%s%s" SPAN_FMT, text, *text ? " " : "",
				    SPAN_ARG(v[n].message_id));
	return text;
}

static void assert_message(struct fixture *f, const char *message_id, struct span message)
{
	struct store_outbox o;
	struct buf got BUF_AUTO;

	buf_init(&got, SIZE_MAX);
	OK(f, store_outbox_by_message_id(f->s, span_of(message_id), &f->a, &o, &f->e));
	assert_true(o.id > 0 && span_is(o.kind, "confirmation") && span_is(o.sender, "us@x"));
	assert_true(span_is(o.recipient, "you@y.test") && span_is(o.domain, "y.test"));
	OK(f, store_outbox_message(f->s, o.id, &got, &f->e));
	assert_true(span_eq(buf_span(&got), message));
}

static void who_looks_finds_what_was_added_before(void **state)
{
	struct fixture *f = *state;
	struct store_outbox *v, o;
	struct span *ids;
	int64_t at;
	size_t n;

	begin_unheard(f);
	OK(f, store_outbox_next(f->s, SPAN(""), &at, &f->e));
	assert_true(at == INSTANT_NONE);
	queue(f, "a");
	OK(f, store_outbox_next(f->s, SPAN(""), &at, &f->e));
	assert_true(at == NOW);
	queue(f, "b");
	assert_string_equal(queued(f), "a b");
	queue(f, "c");
	OK(f, store_outbox_by_message_id(f->s, SPAN("c"), &f->a, &o, &f->e));
	assert_true(o.id > 0);
	queue(f, "d");
	OK(f, store_outbox_ids(f->s, 0, SPAN("you@y.test"), &f->a, &ids, &n, &f->e));
	OK(f, store_outbox_get(f->s, o.id + 1, &f->a, &o, &f->e));
	assert_true(span_is(o.message_id, "d"));
	queue(f, "e");
	OK(f, store_outbox_claim(f->s, SPAN(""), NOW, 9, &f->a, &v, &n, &f->e));
	assert_true(n == 5 && span_is(v[4].message_id, "e"));
	commit(f);
	assert_string_equal(queued(f), "a b c d e");
	assert_message(f, "e", SPAN("Subject: x\r\n\r\nwords\r\n"));
}

static void all_are_added_in_their_order(void **state)
{
	struct fixture *f = *state;
	struct store_outbox asked = a_row("c");

	begin_unheard(f);
	queue(f, "a");
	queue(f, "b");
	OK(f, store_outbox_add(f->s, &asked, SPAN("m"), &asked.id, &f->e));
	assert_int_equal(asked.id, 3);
	queue(f, "d");
	commit(f);
	assert_string_equal(queued(f), "a b c d");
}

static struct span bytes_of(struct fixture *f, size_t n, char with)
{
	char *p = arena_alloc(&f->a, n);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(with + (int)(i % 7));
	return (struct span){ p, n };
}

static void more_than_fit_together_are_all_added(void **state)
{
	struct fixture *f = *state;
	const char *names = "";

	begin_unheard(f);
	for (int i = 0; i < MANY; i++) {
		const char *name = arena_printf(&f->a, "m%d", i);

		names = arena_printf(&f->a, "%s%s%s", names, i ? " " : "", name);
		OK(f, add(f, name, bytes_of(f, 100 + (size_t)i, 'A')));
	}
	OK(f, add(f, "large", bytes_of(f, LARGE, 'B')));
	OK(f, add(f, "larger", bytes_of(f, LARGE, 'C')));
	queue(f, "small");
	OK(f, add(f, "too_large", bytes_of(f, TOO_LARGE, 'D')));
	queue(f, "last");
	commit(f);
	assert_string_equal(queued(f),
			    arena_printf(&f->a, "%s large larger small too_large last", names));
	assert_message(f, "m0", bytes_of(f, 100, 'A'));
	assert_message(f, "m69", bytes_of(f, 169, 'A'));
	assert_message(f, "large", bytes_of(f, LARGE, 'B'));
	assert_message(f, "larger", bytes_of(f, LARGE, 'C'));
	assert_message(f, "too_large", bytes_of(f, TOO_LARGE, 'D'));
	assert_message(f, "last", SPAN("Subject: x\r\n\r\nwords\r\n"));
}

static void what_is_rolled_back_was_not_added(void **state)
{
	struct fixture *f = *state;

	begin_unheard(f);
	queue(f, "a");
	store_rollback(f->s);
	begin_unheard(f);
	queue(f, "b");
	commit(f);
	assert_string_equal(queued(f), "b");
}

/* What was added before the mark stays, however late it is added. */
static void what_is_behind_a_mark_goes_back_to_it(void **state)
{
	struct fixture *f = *state;
	struct store_outbox *v = NULL;
	size_t n = 0;

	begin_unheard(f);
	store_outbox_claim_added(f->s, 9);
	queue(f, "a");
	OK(f, store_mark(f->s, &f->e));
	store_unheard(f->s);
	queue(f, "b");
	OK(f, store_back_to_mark(f->s, &f->e));
	store_unheard(f->s);
	queue(f, "c");
	commit(f);
	assert_string_equal(queued(f), "a c");
	store_outbox_take_added(f->s, &f->a, &v, &n);
	assert_int_equal(n, 2);
}

static void what_is_deferred_is_in_it(void **state)
{
	struct fixture *f = *state;
	struct store_outbox *v = NULL;
	size_t n = 0;

	begin_unheard(f);
	queue(f, "a");
	OK(f, store_defer(f->s, &f->e));
	begin(f);
	store_rollback(f->s);
	assert_string_equal(queued(f), "");
	begin_unheard(f);
	store_outbox_claim_added(f->s, 9);
	queue(f, "b");
	OK(f, store_defer(f->s, &f->e));
	assert_int_equal(store_outbox_added(f->s), 1);
	begin(f);
	commit(f);
	store_outbox_take_added(f->s, &f->a, &v, &n);
	assert_true(n == 1 && v->state == OUTBOX_SENDING && v->content > 0);
	assert_string_equal(queued(f), "b");
}

/* SQL refuses it: its text has a NUL. */
static int add_bad(struct fixture *f)
{
	struct store_outbox bad = a_row("bad");

	bad.subject = SPAN("a\0b");
	return store_outbox_add(f->s, &bad, SPAN("m"), NULL, &f->e);
}

/* Ends as `end` does it, with what was refused in the transaction. */
static int end_with_bad(struct fixture *f, int (*end)(struct store *s, struct err *e))
{
	struct store *txn STORE_TXN = f->s;

	if (store_begin(txn, &f->e) < 0)
		return -1;
	store_unheard(txn);
	if (add_bad(f) < 0 || add(f, "a", SPAN("m")) < 0)
		return -1;
	return end(txn, &f->e);
}

static void what_fails_late_dooms_the_transaction(void **state)
{
	struct fixture *f = *state;

	REFUSED(f, ERR_PERM, end_with_bad(f, store_commit));
	REFUSED(f, ERR_PERM, end_with_bad(f, store_defer));
	REFUSED(f, ERR_PERM, end_with_bad(f, store_mark));
	assert_string_equal(queued(f), "");
	begin_unheard(f);
	queue(f, "b");
	commit(f);
	assert_string_equal(queued(f), "b");
}

/* Who did not say that it may fail later. */
static void what_is_heard_is_added_at_once(void **state)
{
	struct store_outbox sent = a_row("sent");
	struct fixture *f = *state;

	begin(f);
	REFUSED(f, ERR_PERM, add_bad(f));
	store_rollback(f->s);
	begin_unheard(f);
	OK(f, store_defer(f->s, &f->e));
	begin(f); /* it was said of what is deferred alone */
	REFUSED(f, ERR_PERM, add_bad(f));
	store_rollback(f->s);
	sent.state = OUTBOX_SENT;
	begin_unheard(f);
	REFUSED(f, ERR_BUG, store_outbox_add(f->s, &sent, SPAN("m"), NULL, &f->e));
	store_rollback(f->s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(who_looks_finds_what_was_added_before),
		STORE_TEST(all_are_added_in_their_order),
		STORE_TEST(more_than_fit_together_are_all_added),
		STORE_TEST(what_is_rolled_back_was_not_added),
		STORE_TEST(what_is_behind_a_mark_goes_back_to_it),
		STORE_TEST(what_is_deferred_is_in_it),
		STORE_TEST(what_fails_late_dooms_the_transaction),
		STORE_TEST(what_is_heard_is_added_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
