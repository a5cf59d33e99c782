/*
 * The rows of the outbox between the store, a sender and its results (core/delivery.h), where other
 * nodes may have their turn.
 */
#include "gatewayd/core/delivery.h"
#include "tests/unit/room.h"

static struct delivery *delivery;

static void came(void *ctx, struct peer *p)
{
	(void)ctx;
	delivery_peer_new(delivery, p);
}

static void gone(void *ctx, struct peer *p)
{
	(void)ctx;
	delivery_peer_gone(delivery, p);
}

/* What core's end is called. */
static struct peer *new_sender(int *ret_fd)
{
	*ret_fd = room_peer(ROLE_SENDER);
	return bench.peers;
}

static void begin_bench(struct fixture *f, struct conf *conf)
{
	room_begin(f, conf, came, gone);
	bench.holding.is_shared = true;
	delivery = delivery_new(&bench);
}

static void end_bench(void)
{
	bench_release(&bench);
	delivery_free(&delivery);
	room_end();
}

static void say_sent(struct fixture *f, struct peer *sender, int64_t row)
{
	OK(f, delivery_sent(delivery, sender,
			    &(struct talk_sent){ .row = row, .outcome = TALK_SENT, .code = 250 },
			    &f->e));
}

static int64_t queue_to(struct fixture *f, const char *recipient, const char *domain)
{
	struct store_outbox o = { .kind = SPAN("confirmation"),
				  .created_at = NOW,
				  .next_at = NOW,
				  .sent_at = INSTANT_NONE,
				  .sender = SPAN("us@help.example"),
				  .recipient = span_of(recipient),
				  .domain = span_of(domain) };
	int64_t id;

	begin(f);
	OK(f, store_outbox_add(f->s, &o, SPAN("Subject: x\r\n\r\n"), &id, &f->e));
	commit(f);
	return id;
}

static int64_t queue_one(struct fixture *f)
{
	return queue_to(f, "you@there.example", "there.example");
}

static enum outbox_state state_of(struct fixture *f, int64_t row)
{
	struct store_outbox o;

	OK(f, store_outbox_get(f->s, row, &f->a, &o, &f->e));
	return o.state;
}

/* As the loop has it: the turns of the others end before the next one. */
static void turns(bool others_have_it)
{
	bench.no_turn = others_have_it;
	delivery_wake(delivery);
	delivery_turn(delivery);
	bench_end_turn(&bench);
	arena_reset(&bench.arena);
}

/* A reload gives core a new sender, and the old one ends when it has told of its rows. */
static void what_was_sent_and_waits_for_a_turn_is_not_sent_again(void **state)
{
	struct conf conf = { .smtp.concurrency = 4, .hook_count = 1 };
	struct fixture *f = *state;
	struct peer *old;
	int old_fd, new_fd;
	int64_t row;

	begin_bench(f, &conf);
	row = queue_one(f);
	old = new_sender(&old_fd);
	turns(false);
	assert_true(delivery_busy(delivery));
	new_sender(&new_fd);
	say_sent(f, old, row);
	peer_let_go(old);
	turns(true);
	assert_false(delivery_busy(delivery));
	assert_int_equal(state_of(f, row), OUTBOX_SENDING);
	turns(false);
	assert_false(delivery_busy(delivery));
	assert_int_equal(state_of(f, row), OUTBOX_SENT);
	end_bench();
	close(old_fd);
	close(new_fd);
}

/* "gatewayctl outbox retry" in the meantime. */
static void what_was_queued_again_before_its_turn_is_not_sent_again(void **state)
{
	struct conf conf = { .smtp.concurrency = 4, .hook_count = 1 };
	struct fixture *f = *state;
	struct peer *sender;
	int64_t row;
	int fd;

	begin_bench(f, &conf);
	row = queue_one(f);
	sender = new_sender(&fd);
	turns(false);
	say_sent(f, sender, row);
	turns(true);
	begin(f);
	OK(f, store_outbox_result(f->s, row, OUTBOX_QUEUED, NOW, NOW, 0, SPAN(""), &f->e));
	commit(f);
	turns(true);
	assert_false(delivery_busy(delivery));
	turns(false);
	assert_false(delivery_busy(delivery));
	assert_int_equal(state_of(f, row), OUTBOX_SENT);
	end_bench();
	close(fd);
}

/* While another domain is slow claims begin behind the last row claimed: what is given back stands
 * before that, and before what is newer of its conversation. */
static void what_is_given_back_goes_before_what_is_newer(void **state)
{
	struct conf conf = { .smtp.concurrency = 1 };
	struct talk_lanes lanes = { .open = 1,
				    .most = 16,
				    .ms = 1,
				    .n = 1,
				    .slow = { { SPAN("slow.example"), 5000, 0 } } };
	struct fixture *f = *state;
	int64_t first, second, newer;
	struct peer *sender;
	int fd;

	begin_bench(f, &conf);
	sender = new_sender(&fd);
	delivery_lanes(delivery, sender, &lanes);
	first = queue_one(f);
	second = queue_to(f, "they@elsewhere.example", "elsewhere.example");
	turns(false);
	assert_int_equal(state_of(f, first), OUTBOX_SENDING);
	assert_int_equal(state_of(f, second), OUTBOX_SENDING);
	newer = queue_one(f);
	OK(f, delivery_back(delivery, sender, first, &f->e));
	turns(false);
	assert_int_equal(state_of(f, first), OUTBOX_SENDING);
	assert_int_equal(state_of(f, newer), OUTBOX_QUEUED);
	end_bench();
	close(fd);
}

/* Its row was not read again, unless somebody changed it since it was claimed. */
static void what_was_cancelled_on_its_way_is_sent_all_the_same(void **state)
{
	struct conf conf = { .smtp.concurrency = 4 };
	struct fixture *f = *state;
	int64_t cancelled, late, plain;
	struct store_outbox o;
	struct peer *sender;
	bool waits;
	int fd;

	begin_bench(f, &conf);
	bench.holding.is_shared = false;
	cancelled = queue_one(f);
	late = queue_one(f);
	plain = queue_one(f);
	sender = new_sender(&fd);
	turns(false);
	begin(f);
	OK(f, store_outbox_result(f->s, cancelled, OUTBOX_CANCELLED, NOW, NOW, 0, SPAN(""), &f->e));
	OK(f, store_outbox_told_late(f->s, late, NOW, &waits, &f->e));
	commit(f);
	for (int64_t row = cancelled; row <= plain; row++) {
		assert_int_equal(state_of(f, row),
				 row == cancelled ? OUTBOX_CANCELLED : OUTBOX_SENDING);
		OK(f, delivery_sent(
			  delivery, sender,
			  &(struct talk_sent){
			      .row = row, .outcome = TALK_SENT, .code = 250, .text = SPAN("ok") },
			  &f->e));
	}
	turns(false);
	for (int64_t row = cancelled; row <= plain; row++) {
		OK(f, store_outbox_get(f->s, row, &f->a, &o, &f->e));
		assert_int_equal(o.state, OUTBOX_SENT);
		assert_int_equal(o.last_code, 250);
	}
	end_bench();
	close(fd);
}

/* By another node, after a person had queued it again. */
static void what_was_sent_has_not_failed(void **state)
{
	struct conf conf = { .smtp.concurrency = 4 };
	struct fixture *f = *state;
	struct peer *sender;
	int64_t row;
	int fd;

	begin_bench(f, &conf);
	row = queue_one(f);
	sender = new_sender(&fd);
	turns(false);
	begin(f);
	OK(f, store_outbox_result(f->s, row, OUTBOX_FAILED, NOW, NOW, 550, SPAN("no"), &f->e));
	commit(f);
	say_sent(f, sender, row);
	turns(false);
	assert_int_equal(state_of(f, row), OUTBOX_SENT);
	end_bench();
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_was_sent_and_waits_for_a_turn_is_not_sent_again),
		STORE_TEST(what_was_queued_again_before_its_turn_is_not_sent_again),
		STORE_TEST(what_was_cancelled_on_its_way_is_sent_all_the_same),
		STORE_TEST(what_was_sent_has_not_failed),
		STORE_TEST(what_is_given_back_goes_before_what_is_newer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
