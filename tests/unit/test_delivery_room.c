/* What is claimed for a sender as it is decided (delivery_room()). */
#include "gatewayd/core/parse_group.h"
#include "gatewayd/wire/channel.h"
#include "tests/unit/delivery.h"

/* As rooms.c has it: decided, with what may be claimed at once, and deferred. */
static int64_t decide_one(struct fixture *f)
{
	int64_t row;

	begin(f);
	store_outbox_claim_added(f->s, delivery_room(delivery));
	row = add_to(f, "they@there.example", "there.example");
	OK(f, store_defer(f->s, &f->e));
	delivery_join(delivery);
	return row;
}

static int take_row(void *ctx, struct wire_in *in, struct err *e)
{
	int64_t **next = ctx;
	struct talk_send send;

	if (in->type == MSG_SEND_AREA) {
		wire_close_fds(in);
		return 0;
	}
	if (talk_send_get(in, &send, e) < 0)
		return -1;
	if (send.fd >= 0)
		close(send.fd);
	*(*next)++ = send.row;
	return 0;
}

static void what_is_decided_is_written_once_and_handed_out_behind_what_is_older(void **state)
{
	struct conf conf = { .smtp.concurrency = 4 };
	struct fixture *f = *state;
	struct wire its = { 0 };
	int64_t got[4] = { 0 }, *next = got, older, row;
	bool open;
	int fd;

	begin_bench(f, &conf);
	bench.holding.is_shared = false;
	assert_int_equal(delivery_room(delivery), 0); /* no sender */
	new_sender(&fd);
	message_wire(&its, fd, ROLE_SENDER, ROLE_CORE);
	assert_int_equal(delivery_room(delivery), 0); /* nobody knows what waits */
	turns(false);
	assert_true(delivery_room(delivery) > 1);
	older = queue_one(f);
	row = decide_one(f);
	assert_int_equal(state_of(f, row), OUTBOX_SENDING); /* before any claim */
	assert_int_equal(turn(), 1);
	peers_flush(&bench);
	OK(f, channel_serve(&its, LOOP_READ, take_row, &next, &open, &f->e));
	assert_true(next == got + 2 && got[0] == older && got[1] == row);
	end_bench();
	wire_release(&its);
}

static void nothing_goes_before_what_waits(void **state)
{
	struct conf conf = { .smtp.concurrency = 1 };
	struct fixture *f = *state;
	struct peer *sender;
	int64_t first;
	size_t room;
	int fd;

	begin_bench(f, &conf);
	bench.holding.is_shared = false;
	sender = new_sender(&fd);
	turns(false);
	room = delivery_room(delivery);
	assert_true(room > 0);
	bench.holding.is_shared = true; /* others look, too */
	assert_int_equal(delivery_room(delivery), 0);
	bench.holding.is_shared = false;
	bench.health.v[CONCERN_SMTP].bad = true;
	assert_int_equal(delivery_room(delivery), 0);
	bench.health.v[CONCERN_SMTP].bad = false;
	delivery_lanes(delivery, sender,
		       &(struct talk_lanes){ .open = 1,
					     .most = 16,
					     .ms = 1,
					     .n = 1,
					     .slow = { { SPAN("slow.example"), 5000, 0 } } });
	assert_int_equal(delivery_room(delivery), 0);
	delivery_lanes(delivery, sender, &(struct talk_lanes){ .open = 1, .most = 16, .ms = 1 });
	turns(false);
	assert_int_equal(delivery_room(delivery), room);
	first = queue_one(f);
	for (size_t i = 0; i < room; i++)
		queue_one(f);
	turns(false);
	say_sent(f, sender, first); /* there is room, and one that waits */
	assert_int_equal(delivery_room(delivery), 0);
	bench.stopping = true;
	assert_int_equal(delivery_room(delivery), 0);
	bench.stopping = false;
	end_bench();
	close(fd);
}

/* Twice what its lanes take at once. */
static void what_is_decided_is_of_what_the_sender_may_have(void **state)
{
	struct conf conf = { .smtp.concurrency = 1 };
	struct fixture *f = *state;
	int64_t older, waits, row;
	int fd;

	begin_bench(f, &conf);
	bench.holding.is_shared = false;
	new_sender(&fd);
	turns(false);
	assert_int_equal(delivery_room(delivery), 2);
	older = queue_one(f);
	waits = queue_one(f);
	row = decide_one(f);
	turn();
	assert_int_equal(state_of(f, row), OUTBOX_SENDING);
	assert_int_equal(state_of(f, older), OUTBOX_SENDING);
	assert_int_equal(state_of(f, waits), OUTBOX_QUEUED);
	assert_int_equal(delivery_room(delivery), 0);
	end_bench();
	close(fd);
}

/* The n rows before *first, which is set behind them. */
static void say_n_sent(struct fixture *f, struct peer *sender, int64_t *first, int n)
{
	for (; n > 0; n--)
		say_sent(f, sender, (*first)++);
	turn();
}

/* When the sender has not enough for its lanes. */
static void many_are_claimed_at_once(void **state)
{
	struct conf conf = { .smtp.concurrency = 2 };
	struct fixture *f = *state;
	struct peer *sender;
	int64_t sent, last = 0;
	int fd;

	begin_bench(f, &conf);
	bench.holding.is_shared = false;
	sender = new_sender(&fd);
	sent = queue_one(f);
	for (int i = 1; i < 24; i++)
		last = queue_one(f);
	turns(false);
	say_n_sent(f, sender, &sent, 4);
	assert_int_equal(state_of(f, sent + 7), OUTBOX_SENDING); /* it may have eight now */
	assert_int_equal(state_of(f, sent + 8), OUTBOX_QUEUED);
	say_n_sent(f, sender, &sent, 2);
	assert_int_equal(state_of(f, sent + 5), OUTBOX_SENDING);
	assert_int_equal(state_of(f, sent + 6), OUTBOX_QUEUED); /* six are enough */
	say_n_sent(f, sender, &sent, 2);
	assert_int_equal(state_of(f, sent + 7), OUTBOX_SENDING); /* four are not */
	assert_int_equal(state_of(f, sent + 8), OUTBOX_QUEUED);
	say_n_sent(f, sender, &sent, 1);
	assert_int_equal(state_of(f, sent + 7), OUTBOX_QUEUED);
	delivery_lanes(delivery, sender,
		       &(struct talk_lanes){ .open = 2,
					     .most = 2,
					     .ms = 1,
					     .n = 1,
					     .slow = { { SPAN("slow.example"), 5000, 0 } } });
	say_n_sent(f, sender, &sent, 1); /* what it has may be slow */
	assert_int_equal(state_of(f, sent + 7), OUTBOX_SENDING);
	assert_int_equal(state_of(f, last), OUTBOX_QUEUED);
	end_bench();
	close(fd);
}

/* It was claimed for a sender that ended before its commit. */
static void what_nobody_was_given_is_queued_again(void **state)
{
	struct conf conf = { .smtp.concurrency = 4 };
	struct fixture *f = *state;
	struct peer *sender;
	int64_t row;
	int fd;

	begin_bench(f, &conf);
	bench.holding.is_shared = false;
	sender = new_sender(&fd);
	turns(false);
	row = decide_one(f);
	assert_int_equal(state_of(f, row), OUTBOX_SENDING);
	peer_let_go(sender);
	turn();
	assert_false(delivery_busy(delivery));
	assert_int_equal(state_of(f, row), OUTBOX_QUEUED);
	close(fd);
	new_sender(&fd);
	turns(false);
	assert_true(delivery_busy(delivery));
	assert_int_equal(state_of(f, row), OUTBOX_SENDING);
	end_bench();
	close(fd);
}

/* What is parsed has a commit soon, for which results wait (core/gather.h). */
static void while_a_child_has_a_mail_a_commit_is_to_come(void **state)
{
	struct conf conf = { .smtp.concurrency = 4 };
	const struct store_mail mail = { .id = 1, .location = { SPAN("support"), 1, 1 } };
	const struct memory none = { 0 };
	struct fixture *f = *state;
	struct parse_group group;
	struct parse_tasks tasks;
	struct parse_task *t;
	bool any;

	begin_bench(f, &conf);
	parse_group_init(&group, &bench);
	parse_tasks_init(&tasks, &bench.clock);
	t = parse_tasks_add(&tasks, &mail, &none);
	OK(f, parse_group_decide(&group, &tasks, false, &any, &f->e));
	assert_false(bench.decides);
	parse_tasks_turn(&tasks, t, TASK_AT_CHILD);
	OK(f, parse_group_decide(&group, &tasks, false, &any, &f->e));
	assert_true(bench.decides);
	parse_tasks_turn(&tasks, t, TASK_WAITING);
	OK(f, parse_group_decide(&group, &tasks, false, &any, &f->e));
	assert_false(bench.decides);
	parse_tasks_release(&tasks);
	parse_group_release(&group);
	end_bench();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_is_decided_is_written_once_and_handed_out_behind_what_is_older),
		STORE_TEST(nothing_goes_before_what_waits),
		STORE_TEST(what_is_decided_is_of_what_the_sender_may_have),
		STORE_TEST(many_are_claimed_at_once),
		STORE_TEST(what_nobody_was_given_is_queued_again),
		STORE_TEST(while_a_child_has_a_mail_a_commit_is_to_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
