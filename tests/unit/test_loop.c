/*
 * The loop of a role: what its callbacks may do to each other while it turns.
 */
#include "tests/unit/unit.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/loop.h"

/* Three pairs: we write to one end, the loop watches the other. */
enum { PAIRS = 3 };

struct fixture {
	struct loop *loop;
	struct clock_fake time;
	int ours[PAIRS], theirs[PAIRS];
	char said[64]; /* what ran, a letter each */
	int spare;
	struct loop_timer timers[4];
};

static void say(struct fixture *f, char what)
{
	f->said[strlen(f->said)] = what;
}

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	f.spare = -1;
	f.loop = loop_new(clock_fake(&f.time));
	for (int i = 0; i < PAIRS; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
			return -1;
		f.ours[i] = pair[0];
		f.theirs[i] = pair[1];
	}
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	loop_free(&f->loop);
	for (int i = 0; i < PAIRS; i++) {
		close(f->ours[i]);
		close(f->theirs[i]);
	}
	return 0;
}

static int turn(struct fixture *f)
{
	struct err e;

	return loop_turn(f->loop, 0, &e);
}

static void poke(const struct fixture *f, int i)
{
	assert_int_equal(write(f->ours[i], "x", 1), 1);
}

static void drain(int fd)
{
	char c;

	while (read(fd, &c, 1) == 1)
		;
}

/* Says which descriptor it was. */
static void hear(void *ctx, int fd, unsigned int events)
{
	struct fixture *f = ctx;

	for (int i = 0; i < PAIRS; i++)
		if (fd == f->theirs[i])
			say(f, (char)((events & LOOP_GONE ? 'A' : 'a') + i));
	drain(fd);
}

static void nothing_ready_nothing_runs(void **state)
{
	struct fixture *f = *state;

	loop_watch(f->loop, f->theirs[0], LOOP_READ, hear, f);
	assert_int_equal(turn(f), 0);
	poke(f, 0);
	assert_int_equal(turn(f), 1);
	assert_int_equal(turn(f), 0);
	assert_string_equal(f->said, "a");
}

static void hang_up_is_reported_whatever_is_watched(void **state)
{
	struct fixture *f = *state;

	loop_watch(f->loop, f->theirs[1], 0, hear, f);
	shutdown(f->ours[1], SHUT_RDWR);
	assert_int_equal(turn(f), 1);
	assert_string_equal(f->said, "B");
}

/* --- stale events --- */

/* The first to run forgets the others, whose events are there already. */
static void forget_others(void *ctx, int fd, unsigned int events)
{
	struct fixture *f = ctx;

	(void)events;
	say(f, '!');
	drain(fd);
	for (int i = 0; i < PAIRS; i++)
		if (fd != f->theirs[i])
			loop_forget(f->loop, f->theirs[i]);
}

static void an_event_of_a_descriptor_forgotten_in_this_turn_is_stale(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < PAIRS; i++) {
		loop_watch(f->loop, f->theirs[i], LOOP_READ, forget_others, f);
		poke(f, i);
	}
	assert_int_equal(turn(f), 1);
	assert_string_equal(f->said, "!");
	assert_int_equal(turn(f), 0);
}

/* Closes the others, and their numbers are given to new descriptors that nobody has written to. */
static void close_and_reuse(void *ctx, int fd, unsigned int events)
{
	struct fixture *f = ctx;

	(void)events;
	say(f, '!');
	drain(fd);
	for (int i = 0; i < PAIRS; i++) {
		if (fd == f->theirs[i])
			continue;
		loop_forget(f->loop, f->theirs[i]);
		assert_int_equal(dup2(f->spare, f->theirs[i]), f->theirs[i]);
		loop_watch(f->loop, f->theirs[i], LOOP_READ, hear, f);
	}
}

static void a_number_that_is_used_again_does_not_inherit_events(void **state)
{
	struct fixture *f = *state;
	int quiet[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, quiet), 0);
	f->spare = quiet[0];
	for (int i = 0; i < PAIRS; i++) {
		loop_watch(f->loop, f->theirs[i], LOOP_READ, close_and_reuse, f);
		poke(f, i);
	}
	assert_int_equal(turn(f), 1);
	assert_string_equal(f->said, "!");
	assert_int_equal(turn(f), 0);
	close(quiet[0]);
	close(quiet[1]);
}

static void forget_itself(void *ctx, int fd, unsigned int events)
{
	struct fixture *f = ctx;

	(void)events;
	say(f, '!');
	loop_forget(f->loop, fd);
}

static void a_callback_may_forget_itself_and_twice(void **state)
{
	struct fixture *f = *state;

	loop_watch(f->loop, f->theirs[0], LOOP_READ, forget_itself, f);
	poke(f, 0);
	assert_int_equal(turn(f), 1);
	assert_int_equal(turn(f), 0);
	loop_forget(f->loop, f->theirs[0]);
	loop_forget(f->loop, 1000000);
	loop_watch(f->loop, f->theirs[0], LOOP_READ, hear, f);
	assert_int_equal(turn(f), 1);
	assert_string_equal(f->said, "!a");
}

static void watch_another(void *ctx, int fd, unsigned int events)
{
	struct fixture *f = ctx;

	(void)events;
	say(f, '!');
	loop_watch(f->loop, f->theirs[1], LOOP_READ, hear, f);
	loop_watch(f->loop, fd, LOOP_READ, hear, f); /* itself, by another function */
}

static void watching_again_replaces_what_is_called(void **state)
{
	struct fixture *f = *state;

	loop_watch(f->loop, f->theirs[0], LOOP_READ, watch_another, f);
	poke(f, 0);
	poke(f, 1);
	assert_int_equal(turn(f), 1);
	assert_int_equal(turn(f), 2);
	f->said[1] = 'x';
	f->said[2] = 'x'; /* in either order */
	assert_string_equal(f->said, "!xx");
}

/* --- timers --- */

static void ring(void *ctx)
{
	struct fixture *f = ctx;

	say(f, (char)('0' + f->time.monotonic_ms / 10));
}

static void start(struct fixture *f, int i, int64_t in_ms, loop_timer_fn *fn)
{
	f->timers[i].fn = fn;
	f->timers[i].ctx = f;
	loop_timer_start(f->loop, &f->timers[i], in_ms);
}

static void timers_run_in_their_order_at_their_time(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(loop_next_ms(f->loop), INT64_MAX);
	start(f, 0, 30, ring);
	start(f, 1, 10, ring);
	start(f, 2, 20, ring);
	start(f, 3, -5, ring); /* now */
	assert_int_equal(loop_next_ms(f->loop), 0);
	for (f->time.monotonic_ms = 0; f->time.monotonic_ms <= 40; f->time.monotonic_ms += 10)
		turn(f);
	assert_string_equal(f->said, "0123");
	f->time.now = 1000; /* the wall clock has nothing to do with it */
	assert_int_equal(turn(f), 0);
}

static void of_two_at_one_time_the_first_started_runs_first(void **state)
{
	struct fixture *f = *state;
	static struct fixture other;

	memset(other.said, 0, sizeof(other.said));
	start(f, 0, 10, ring);
	f->timers[1] = (struct loop_timer){ .fn = ring, .ctx = &other };
	loop_timer_start(f->loop, &f->timers[1], 10);
	assert_ptr_equal(f->timers[0].next, &f->timers[1]);
	f->time.monotonic_ms = 10;
	assert_int_equal(turn(f), 2);
}

static void starting_again_moves_a_timer(void **state)
{
	struct fixture *f = *state;

	start(f, 0, 10, ring);
	start(f, 0, 30, ring);
	f->time.monotonic_ms = 20;
	assert_int_equal(turn(f), 0);
	f->time.monotonic_ms = 30;
	assert_int_equal(turn(f), 1);
	assert_false(f->timers[0].armed);
	loop_timer_stop(f->loop, &f->timers[0]); /* is not running: nothing happens */
	assert_int_equal(turn(f), 0);
}

static void stop_the_next(void *ctx)
{
	struct fixture *f = ctx;

	say(f, '!');
	loop_timer_stop(f->loop, &f->timers[1]);
	start(f, 2, 10, ring);
}

static void a_timer_that_is_due_sooner_is_not_moved(void **state)
{
	struct fixture *f = *state;

	start(f, 0, 100, ring);
	loop_timer_sooner(f->loop, &f->timers[0], 10);
	for (f->time.monotonic_ms = 1; f->time.monotonic_ms < 10; f->time.monotonic_ms++) {
		loop_timer_sooner(f->loop, &f->timers[0], 10);
		assert_int_equal(turn(f), 0);
	}
	assert_int_equal(turn(f), 1);
	loop_timer_sooner(f->loop, &f->timers[0], 10);
	assert_int_equal(f->timers[0].at_ms, 20);
}

static void a_timer_may_stop_one_that_is_due_and_start_another(void **state)
{
	struct fixture *f = *state;

	start(f, 0, 10, stop_the_next);
	start(f, 1, 10, ring);
	f->time.monotonic_ms = 10;
	assert_int_equal(turn(f), 1);
	f->time.monotonic_ms = 20;
	assert_int_equal(turn(f), 1);
	assert_string_equal(f->said, "!2");
}

static void ring_again(void *ctx)
{
	struct fixture *f = ctx;

	say(f, '!');
	if (strlen(f->said) < 3)
		start(f, 0, 10, ring_again);
}

static void a_timer_may_start_itself(void **state)
{
	struct fixture *f = *state;

	start(f, 0, 10, ring_again);
	f->time.monotonic_ms = 100; /* late: each counts from when it was started */
	assert_int_equal(turn(f), 1);
	f->time.monotonic_ms = 110;
	assert_int_equal(turn(f), 1);
	f->time.monotonic_ms = 130;
	assert_int_equal(turn(f), 1);
	f->time.monotonic_ms = 1000;
	assert_int_equal(turn(f), 0);
}

/* --- stopping --- */

static void end(void *ctx)
{
	struct fixture *f = ctx;

	say(f, '!');
	loop_stop(f->loop);
}

static void a_stop_ends_the_run_also_before_it(void **state)
{
	struct fixture *f = *state;
	struct err e;

	loop_stop(f->loop);
	assert_int_equal(loop_run(f->loop, &e), 0);
	start(f, 0, 0, end);
	assert_int_equal(loop_run(f->loop, &e), 0);
	assert_string_equal(f->said, "!");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_ready_nothing_runs),
		TEST(hang_up_is_reported_whatever_is_watched),
		TEST(an_event_of_a_descriptor_forgotten_in_this_turn_is_stale),
		TEST(a_number_that_is_used_again_does_not_inherit_events),
		TEST(a_callback_may_forget_itself_and_twice),
		TEST(watching_again_replaces_what_is_called),
		TEST(timers_run_in_their_order_at_their_time),
		TEST(of_two_at_one_time_the_first_started_runs_first),
		TEST(starting_again_moves_a_timer),
		TEST(a_timer_may_stop_one_that_is_due_and_start_another),
		TEST(a_timer_that_is_due_sooner_is_not_moved),
		TEST(a_timer_may_start_itself),
		TEST(a_stop_ends_the_run_also_before_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
