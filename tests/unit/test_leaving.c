/*
 * Workers of before a reload (gatewayd/parent/leaving.h): who ends by itself is left alone, who
 * does not is killed in time.
 */
#include "tests/unit/unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gatewayd/parent/leaving.h"

struct fixture {
	struct loop *loop;
	struct clock_fake time;
	struct leaving leaving;
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){ 0 };
	f.loop = loop_new(clock_fake(&f.time));
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	leaving_release(&f->leaving);
	loop_free(&f->loop);
	return 0;
}

/* One that ends when it is asked, or hears nothing. */
static pid_t worker(bool deaf)
{
	sigset_t set;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(deaf ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return pid;
}

static void add(struct fixture *f, pid_t pid)
{
	leaving_add(&f->leaving, f->loop, pid, f->time.monotonic_ms);
}

static void after(struct fixture *f, int64_t ms)
{
	struct err e;

	f->time.monotonic_ms += ms;
	while (loop_turn(f->loop, 0, &e) > 0)
		;
}

/* The signal that it ended with. */
static int ended(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WTERMSIG(status);
}

static bool lives(pid_t pid)
{
	return waitpid(pid, NULL, WNOHANG) == 0;
}

static void who_ends_is_left_alone(void **state)
{
	struct fixture *f = *state;
	pid_t pid = worker(false);

	add(f, pid);
	assert_int_equal(ended(pid), SIGTERM);
	leaving_gone(&f->leaving, pid);
	assert_int_equal(f->leaving.n, 0);
	after(f, LEAVING_MS);
}

static void who_does_not_is_killed(void **state)
{
	struct fixture *f = *state;
	pid_t first = worker(true), second = worker(true);

	add(f, first);
	after(f, 1000);
	add(f, second); /* of a reload soon after */
	after(f, LEAVING_MS - 1001);
	assert_true(lives(first));
	after(f, 1);
	assert_int_equal(ended(first), SIGKILL);
	leaving_gone(&f->leaving, first);
	after(f, 999);
	assert_true(lives(second));
	after(f, 1);
	assert_int_equal(ended(second), SIGKILL);
	leaving_gone(&f->leaving, second);
	assert_false(f->leaving.kill.armed);
}

static void only_who_is_late(void **state)
{
	struct fixture *f = *state;
	pid_t quick = worker(false), slow = worker(true);

	add(f, quick);
	add(f, slow);
	assert_int_equal(ended(quick), SIGTERM);
	leaving_gone(&f->leaving, quick);
	after(f, LEAVING_MS);
	assert_int_equal(ended(slow), SIGKILL);
}

static void at_the_end_nobody_is_left(void **state)
{
	struct fixture *f = *state;
	pid_t first = worker(true), second = worker(true);

	add(f, first);
	add(f, second);
	leaving_kill(&f->leaving);
	assert_int_equal(ended(first), SIGKILL);
	leaving_gone(&f->leaving, first);
	assert_int_equal(f->leaving.n, 1);
	leaving_kill(&f->leaving);
	assert_int_equal(ended(second), SIGKILL);
	leaving_gone(&f->leaving, second);
	assert_int_equal(f->leaving.n, 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(who_ends_is_left_alone),
		TEST(who_does_not_is_killed),
		TEST(only_who_is_late),
		TEST(at_the_end_nobody_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
