/*
 * The rows of the outbox between the store, a sender and its results (core/delivery.h), where other
 * nodes may have their turn.
 */
#include "tests/unit/delivery.h"

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

/* --- how many results are one commit --- */

enum {
	ROWS = 32, /* so many are one, however many more may come, of these: */
	CONNECTIONS = 2 * ROWS / TALK_OUT,
	GATHERED_MS = 1000 /* by then whoever waited for others waits no more */
};

/* A sender with so many rows, which says how its server fares. */
static struct peer *sender_with_rows(struct fixture *f, int64_t reply_ms, int64_t ret_rows[ROWS],
				     int *ret_fd)
{
	const struct talk_lanes lanes = { .open = CONNECTIONS,
					  .most = CONNECTIONS,
					  .ms = reply_ms };
	struct peer *sender;

	bench.holding.is_shared = false;
	for (size_t i = 0; i < ROWS; i++)
		ret_rows[i] = queue_one(f);
	sender = new_sender(ret_fd);
	delivery_lanes(delivery, sender, &lanes);
	turns(false);
	return sender;
}

static void say_sent_while(struct fixture *f, struct peer *sender, const int64_t *rows, size_t n,
			   uint32_t awaited, uint32_t held)
{
	for (size_t i = 0; i < n; i++)
		OK(f, delivery_sent(delivery, sender,
				    &(struct talk_sent){ .row = rows[i],
							 .outcome = TALK_SENT,
							 .code = 250,
							 .text = SPAN("ok"),
							 .awaited = awaited,
							 .held = held },
				    &f->e));
}

static void say_some_sent(struct fixture *f, struct peer *sender, const int64_t *rows, size_t n,
			  uint32_t held)
{
	say_sent_while(f, sender, rows, n, 0, held);
}

static size_t count_sent(struct fixture *f, const int64_t rows[ROWS])
{
	size_t n = 0;

	for (size_t i = 0; i < ROWS; i++)
		n += state_of(f, rows[i]) == OUTBOX_SENT;
	return n;
}

/* Those that are armed now and due within so many milliseconds. */
static void run_timers_of(struct fixture *f, int64_t ms)
{
	int64_t until = clock_wait_ms() + ms;

	while (loop_next_ms(bench.loop) <= until)
		assert_true(loop_turn(bench.loop, -1, &f->e) >= 0);
}

/* Nine connections have a mail whose end they hold back, and four of these may let it go. */
static void what_a_quick_server_will_soon_have_is_waited_for(void **state)
{
	struct conf conf = { .smtp.concurrency = ROWS };
	struct fixture *f = *state;
	struct clock_fake time = { .now = NOW }; /* what is waited for does not come too late */
	int64_t rows[ROWS];
	struct peer *sender;
	int fd;

	begin_bench(f, &conf);
	bench.clock = clock_fake(&time);
	sender = sender_with_rows(f, 0, rows, &fd);
	say_some_sent(f, sender, rows, 5, 9);
	assert_int_equal(turn(), 0);
	assert_int_equal(count_sent(f, rows), 0);
	say_some_sent(f, sender, rows + 5, 4, 9);
	assert_int_equal(turn(), 1);
	assert_int_equal(count_sent(f, rows), 9);
	run_timers_of(f, GATHERED_MS);
	assert_int_equal(turn(), 0); /* nothing is waited for any more */
	end_bench();
	close(fd);
}

/* However quick the server is. */
static void results_that_come_at_once_are_one_commit(void **state)
{
	static const int64_t reply_ms[] = { 0, 2, 200 };
	struct conf conf = { .smtp.concurrency = ROWS };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(reply_ms) / sizeof(*reply_ms); i++) {
		int64_t rows[ROWS];
		struct peer *sender;
		int fd;

		begin_bench(f, &conf);
		sender = sender_with_rows(f, reply_ms[i], rows, &fd);
		say_some_sent(f, sender, rows, ROWS, 0);
		assert_int_equal(turn(), 1);
		assert_int_equal(count_sent(f, rows), ROWS);
		end_bench();
		close(fd);
	}
}

/* The sender has the other half out meanwhile, and one row more than those here. */
static void half_of_what_may_be_out_is_written_down_whatever_may_come(void **state)
{
	struct conf conf = { .smtp.concurrency = ROWS };
	struct fixture *f = *state;
	struct clock_fake time = { .now = NOW };
	int64_t rows[ROWS];
	struct peer *sender;
	int fd;

	begin_bench(f, &conf);
	bench.clock = clock_fake(&time);
	queue_one(f);
	sender = sender_with_rows(f, 0, rows, &fd);
	say_sent_while(f, sender, rows, ROWS - 1, ROWS, 0);
	assert_int_equal(turn(), 0);
	say_sent_while(f, sender, rows + ROWS - 1, 1, ROWS, 0);
	assert_int_equal(turn(), 1);
	assert_int_equal(count_sent(f, rows), ROWS);
	end_bench();
	close(fd);
}

/* For so long after the first and the last of them; ms: that replies take. */
static void what_may_come_is_not_waited_for_for_long(void **state)
{
	static const int64_t cases[][3] = {
		{ 0, 4, 20 }, { 1, 4, 20 }, { 160, 10, 40 }, { 1000, 20, 80 }
	};
	struct conf conf = { .smtp.concurrency = ROWS };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct clock_fake time = { .now = NOW };
		int64_t rows[ROWS], last = cases[i][1], first = cases[i][2], at;
		struct peer *sender;
		size_t n = 0;
		int fd;

		begin_bench(f, &conf);
		bench.clock = clock_fake(&time);
		queue_one(f);
		sender = sender_with_rows(f, cases[i][0], rows, &fd);
		for (at = 0; at < first; at += last - 1) {
			time.monotonic_ms = at;
			say_sent_while(f, sender, rows + n++, 1, ROWS, 0);
			assert_int_equal(turn(), 0);
		}
		time.monotonic_ms = first;
		assert_int_equal(turn(), 1);
		assert_int_equal(count_sent(f, rows), n);
		say_sent_while(f, sender, rows + n, 1, ROWS, 0);
		time.monotonic_ms += last - 1;
		assert_int_equal(turn(), 0);
		time.monotonic_ms++;
		assert_int_equal(turn(), 1);
		say_some_sent(f, sender, rows + n + 1, ROWS - n - 1, 0); /* the next has its own */
		assert_int_equal(turn(), 1);
		end_bench();
		close(fd);
	}
}

/* Mails are parsed, whose commit comes soon; where other nodes decide, too, it comes by itself. */
static void results_wait_for_the_commit_of_what_is_decided(void **state)
{
	struct conf conf = { .smtp.concurrency = ROWS };
	struct fixture *f = *state;
	struct clock_fake time = { .now = NOW };
	int64_t rows[ROWS];
	struct peer *sender;
	int fd;

	begin_bench(f, &conf);
	bench.clock = clock_fake(&time);
	queue_one(f);
	sender = sender_with_rows(f, 0, rows, &fd);
	bench.decides = true;
	say_some_sent(f, sender, rows, 1, 0);
	time.monotonic_ms = 19;
	assert_int_equal(turn(), 0);
	time.monotonic_ms = 20;
	assert_int_equal(turn(), 1);
	say_some_sent(f, sender, rows + 1, 1, 0);
	bench.holding.has_others = true;
	assert_int_equal(turn(), 1);
	bench.holding.has_others = false;
	say_some_sent(f, sender, rows + 2, 1, 0);
	bench.decides = false;
	assert_int_equal(turn(), 1);
	assert_int_equal(count_sent(f, rows), 3);
	end_bench();
	close(fd);
}

/* They are all that may be out: else a mail that takes long to parse would hold up the sender. */
static void results_that_the_sender_waits_for_do_not_wait_for_what_is_decided(void **state)
{
	const struct talk_lanes lanes = { .open = ROWS / TALK_OUT, .most = ROWS / TALK_OUT };
	struct conf conf = { .smtp.concurrency = ROWS };
	struct fixture *f = *state;
	struct clock_fake time = { .now = NOW };
	int64_t rows[ROWS];
	struct peer *sender;
	int fd;

	begin_bench(f, &conf);
	bench.clock = clock_fake(&time);
	queue_one(f);
	sender = sender_with_rows(f, 0, rows, &fd);
	delivery_lanes(delivery, sender, &lanes);
	bench.decides = true;
	say_some_sent(f, sender, rows, ROWS - 1, 0);
	assert_int_equal(turn(), 0);
	say_some_sent(f, sender, rows + ROWS - 1, 1, 1);
	assert_int_equal(turn(), 1);
	assert_int_equal(count_sent(f, rows), ROWS);
	end_bench();
	close(fd);
}

static int take_sent(void *ctx, struct peer *p, struct wire_in *in, struct err *e)
{
	struct talk_sent sent;

	(void)ctx;
	return talk_sent_get(in, &sent, e) < 0 ? -1 : delivery_sent(delivery, p, &sent, e);
}

/* What came while it was decided is read before its commit. */
static void what_was_decided_and_what_was_sent_are_one_commit(void **state)
{
	struct conf conf = { .smtp.concurrency = ROWS };
	struct fixture *f = *state;
	struct wire its = { 0 };
	int64_t rows[ROWS], decided;
	int fd;

	begin_bench(f, &conf);
	bench.rooms.frame = take_sent;
	sender_with_rows(f, 0, rows, &fd);
	message_wire(&its, fd, ROLE_SENDER, ROLE_CORE);
	OK(f, talk_sent_put(
		  &its,
		  &(struct talk_sent){
		      .row = rows[0], .outcome = TALK_SENT, .code = 250, .text = SPAN("ok") },
		  &f->e));
	begin(f);
	decided = add_to(f, "they@there.example", "there.example");
	OK(f, store_defer(f->s, &f->e));
	delivery_join(delivery);
	assert_int_equal(turn(), 1);
	assert_int_equal(state_of(f, rows[0]), OUTBOX_SENT);
	assert_int_equal(state_of(f, decided), OUTBOX_SENDING);
	end_bench();
	wire_release(&its);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_was_sent_and_waits_for_a_turn_is_not_sent_again),
		STORE_TEST(what_was_queued_again_before_its_turn_is_not_sent_again),
		STORE_TEST(what_was_cancelled_on_its_way_is_sent_all_the_same),
		STORE_TEST(what_was_sent_has_not_failed),
		STORE_TEST(what_is_given_back_goes_before_what_is_newer),
		STORE_TEST(what_a_quick_server_will_soon_have_is_waited_for),
		STORE_TEST(half_of_what_may_be_out_is_written_down_whatever_may_come),
		STORE_TEST(what_may_come_is_not_waited_for_for_long),
		STORE_TEST(results_that_come_at_once_are_one_commit),
		STORE_TEST(results_wait_for_the_commit_of_what_is_decided),
		STORE_TEST(results_that_the_sender_waits_for_do_not_wait_for_what_is_decided),
		STORE_TEST(what_was_decided_and_what_was_sent_are_one_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
