/* Mails that are claimed as they are added (store_outbox_claim_added()). */
#include "tests/store/fixture.h"

static void begin_with_room(struct fixture *f, size_t room)
{
	begin(f);
	store_outbox_claim_added(f->s, room);
}

static struct store_outbox *take(struct fixture *f, size_t *ret_n)
{
	struct store_outbox *v = NULL;

	*ret_n = 0;
	store_outbox_take_added(f->s, &f->a, &v, ret_n);
	return v;
}

static enum outbox_state state_of(struct fixture *f, int64_t id)
{
	struct store_outbox o;

	OK(f, store_outbox_get(f->s, id, &f->a, &o, &f->e));
	return o.state;
}

static void what_is_claimed_as_it_is_added_is_as_if_claimed_later(void **state)
{
	struct store_outbox o = { .kind = SPAN("confirmation"),
				  .created_at = NOW,
				  .next_at = NOW,
				  .sent_at = INSTANT_NONE,
				  .sender = SPAN("us@x"),
				  .recipient = SPAN("you@y.test"),
				  .message_id = SPAN("1@x"),
				  .automatic = true,
				  .domain = SPAN("y.test") };
	struct fixture *f = *state;
	struct store_outbox *v, stored;
	size_t n;

	begin_with_room(f, 1);
	OK(f, store_outbox_add(f->s, &o, SPAN("Subject: x\r\n\r\n"), &o.id, &f->e));
	assert_int_equal(store_outbox_added(f->s), 1);
	commit(f);
	v = take(f, &n);
	assert_int_equal(n, 1);
	OK(f, store_outbox_get(f->s, o.id, &f->a, &stored, &f->e));
	assert_true(stored.state == OUTBOX_SENDING && stored.attempts == 1);
	assert_true(stored.next_at == NOW && span_is(stored.recipient, "you@y.test"));
	assert_true(v->id == o.id && v->content == stored.content && v->automatic);
	assert_true(span_is(v->kind, "confirmation") && span_is(v->sender, "us@x") &&
		    span_is(v->recipient, "you@y.test") && span_is(v->domain, "y.test"));
	assert_true(v->late_at == INSTANT_NONE);
	/* This process has it: only its own result or recovery changes it. */
	OK(f, store_outbox_sending(f->s, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 1);
	begin(f);
	OK(f, store_outbox_unclaim(f->s, o.id, &f->e));
	commit(f);
	OK(f, store_outbox_get(f->s, o.id, &f->a, &stored, &f->e));
	assert_true(stored.state == OUTBOX_QUEUED && stored.attempts == 0);
	take(f, &n);
	assert_int_equal(n, 0);
}

static void what_is_later_kept_back_or_too_much_is_not_claimed(void **state)
{
	struct store_outbox held = { .kind = SPAN("confirmation"),
				     .state = OUTBOX_SUPPRESSED,
				     .created_at = NOW,
				     .next_at = NOW,
				     .sent_at = INSTANT_NONE },
			    hook = held;
	struct fixture *f = *state;
	int64_t first, later, second, third;
	struct store_outbox *v;
	size_t n;

	hook.state = OUTBOX_QUEUED;
	hook.hook = SPAN("chat");
	begin_with_room(f, 2);
	first = queue_mail(f, 0, NOW, "a@x");
	later = queue_mail(f, 0, NOW + 1, "b@x");
	OK(f, store_outbox_add(f->s, &held, SPAN("Subject: x\r\n\r\n"), &held.id, &f->e));
	OK(f, store_outbox_add(f->s, &hook, SPAN("{}"), &hook.id, &f->e));
	second = queue_mail(f, 0, NOW, "c@x");
	third = queue_mail(f, 0, NOW, "d@x");
	commit(f);
	assert_int_equal(state_of(f, later), OUTBOX_QUEUED);
	assert_int_equal(state_of(f, held.id), OUTBOX_SUPPRESSED);
	assert_int_equal(state_of(f, hook.id), OUTBOX_QUEUED);
	assert_int_equal(state_of(f, third), OUTBOX_QUEUED);
	v = take(f, &n);
	assert_true(n == 2 && v[0].id == first && v[1].id == second);
	begin(f); /* it was for that transaction alone */
	assert_int_equal(state_of(f, queue_mail(f, 0, NOW, "e@x")), OUTBOX_QUEUED);
	commit(f);
}

static void what_was_not_added_after_all_is_not_claimed(void **state)
{
	struct fixture *f = *state;
	int64_t first, again;
	struct store_outbox *v;
	size_t n;

	begin_with_room(f, 9);
	queue_mail(f, 0, NOW, "a@x");
	store_rollback(f->s);
	take(f, &n);
	assert_int_equal(n, 0);
	begin_with_room(f, 9);
	first = queue_mail(f, 0, NOW, "a@x");
	OK(f, store_mark(f->s, &f->e));
	queue_mail(f, 0, NOW, "b@x");
	OK(f, store_back_to_mark(f->s, &f->e));
	again = queue_mail(f, 0, NOW, "c@x");
	commit(f);
	v = take(f, &n);
	assert_true(n == 2 && v[0].id == first && v[1].id == again);
}

static void what_is_claimed_and_what_was_added_is_in_one_order(void **state)
{
	struct fixture *f = *state;
	int64_t added, older, newer;
	struct store_outbox *v;
	size_t n;

	begin(f);
	older = queue_mail(f, 0, NOW - 1, "a@x");
	commit(f);
	begin_with_room(f, 1);
	added = queue_mail(f, 0, NOW, "b@x");
	newer = queue_mail(f, 0, NOW, "c@x");
	OK(f, store_outbox_claim(f->s, SPAN(""), NOW, 9, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 2);
	commit(f);
	store_outbox_take_added(f->s, &f->a, &v, &n);
	assert_true(n == 3 && v[0].id == older && v[1].id == added && v[2].id == newer);
}

/* Both are sent by the commit of who goes on with it. */
static void what_is_deferred_is_taken_when_it_stands(void **state)
{
	struct fixture *f = *state;
	int64_t added, joined, older;
	struct store_outbox *v;
	size_t n;

	begin(f);
	older = queue_mail(f, 0, NOW - 1, "a@x");
	commit(f);
	begin_with_room(f, 9);
	added = queue_mail(f, 0, NOW, "b@x");
	OK(f, store_defer(f->s, &f->e));
	take(f, &n);
	assert_int_equal(n, 0);
	begin(f);
	joined = queue_mail(f, 0, NOW, "c@x");
	OK(f, store_outbox_claim(f->s, SPAN(""), NOW, 9, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v->id == older);
	commit(f);
	store_outbox_take_added(f->s, &f->a, &v, &n);
	assert_true(n == 3 && v[0].id == older && v[1].id == added && v[2].id == joined);
	begin_with_room(f, 9);
	queue_mail(f, 0, NOW, "d@x");
	OK(f, store_defer(f->s, &f->e));
	begin(f);
	store_rollback(f->s);
	take(f, &n);
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_is_claimed_as_it_is_added_is_as_if_claimed_later),
		STORE_TEST(what_is_later_kept_back_or_too_much_is_not_claimed),
		STORE_TEST(what_was_not_added_after_all_is_not_claimed),
		STORE_TEST(what_is_claimed_and_what_was_added_is_in_one_order),
		STORE_TEST(what_is_deferred_is_taken_when_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
