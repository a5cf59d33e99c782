/* What goes to webhooks is claimed by itself, and mails never wait for it. */
#include "tests/store/fixture.h"

static int64_t queue_post(struct fixture *f, const char *hook, int64_t at, const char *id)
{
	struct store_outbox o = { .kind = SPAN("hook"),
				  .recipient = span_of(hook),
				  .message_id = span_of(id),
				  .created_at = at,
				  .next_at = at,
				  .sent_at = INSTANT_NONE,
				  .automatic = true,
				  .hook = span_of(hook) };
	int64_t row;

	OK(f, store_outbox_add(f->s, &o, SPAN("{}"), &row, &f->e));
	return row;
}

static size_t claim(struct fixture *f, const char *hook, int limit, struct store_outbox **ret_v)
{
	size_t n;

	begin(f);
	OK(f, store_outbox_claim(f->s, span_of(hook), NOW, limit, &f->a, ret_v, &n, &f->e));
	commit(f);
	return n;
}

static void each_claims_its_own(void **state)
{
	struct fixture *f = *state;
	struct store_outbox *v;
	int64_t at;

	begin(f);
	queue_post(f, "b", NOW - 9, "1");
	queue_mail(f, 0, NOW - 5, "2");
	queue_post(f, "a", NOW, "3");
	queue_post(f, "a", NOW - 1, "4");
	queue_post(f, "a", NOW + 1, "5");
	commit(f);
	OK(f, store_outbox_next(f->s, SPAN(""), &at, &f->e));
	assert_int_equal(at, NOW - 5);
	OK(f, store_outbox_next(f->s, SPAN("a"), &at, &f->e));
	assert_int_equal(at, NOW - 1);
	OK(f, store_outbox_next(f->s, SPAN("c"), &at, &f->e));
	assert_int_equal(at, INSTANT_NONE);
	assert_int_equal(claim(f, "a", 9, &v), 2);
	assert_true(span_is(v[0].message_id, "4") && span_is(v[0].hook, "a"));
	assert_int_equal(claim(f, "", 9, &v), 1);
	assert_true(span_is(v[0].message_id, "2") && !v[0].hook.n);
	assert_int_equal(claim(f, "b", 9, &v), 1);
}

static void what_was_under_way_is_queued_again_by_kind(void **state)
{
	struct fixture *f = *state;
	struct store_outbox *v;
	struct store_counts counts;
	size_t n;

	begin(f);
	queue_post(f, "a", NOW, "1");
	queue_mail(f, 0, NOW, "2");
	commit(f);
	claim(f, "a", 9, &v);
	claim(f, "", 9, &v);
	OK(f, store_count(f->s, &counts, &f->e));
	assert_true(counts.outbox_sending == 1 && counts.outbox_queued == 0);
	OK(f, store_outbox_recover(f->s, true, NOW, &n, &f->e));
	assert_int_equal(n, 1);
	assert_int_equal(claim(f, "", 9, &v), 0);
	assert_int_equal(claim(f, "a", 9, &v), 1);
	OK(f, store_outbox_recover(f->s, false, NOW, &n, &f->e));
	assert_int_equal(n, 1);
	assert_int_equal(claim(f, "a", 9, &v), 0);
}

static void what_is_too_old_fails_and_is_counted(void **state)
{
	struct fixture *f = *state;
	struct store_counts counts;
	struct store_hook *v;
	size_t n;

	begin(f);
	queue_post(f, "a", NOW - 100, "1");
	queue_post(f, "a", NOW - 99, "2");
	queue_post(f, "b", NOW - 200, "3");
	queue_mail(f, 0, NOW - 200, "4");
	commit(f);
	OK(f, store_outbox_expire(f->s, SPAN("a"), NOW - 100, SPAN("refused"), &n, &f->e));
	assert_int_equal(n, 1);
	OK(f, store_outbox_hooks(f->s, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 2);
	assert_true(span_is(v[0].name, "a") && v[0].waiting == 1 && v[0].failed == 1 &&
		    v[0].oldest_at == NOW - 99);
	assert_true(span_is(v[1].name, "b") && v[1].waiting == 1 && v[1].failed == 0);
	OK(f, store_count(f->s, &counts, &f->e));
	assert_true(counts.outbox_queued == 1 && counts.outbox_failed == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(each_claims_its_own),
		STORE_TEST(what_was_under_way_is_queued_again_by_kind),
		STORE_TEST(what_is_too_old_fails_and_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
