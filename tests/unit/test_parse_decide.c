#include "tests/store/fixture.h"

#include "gatewayd/core/parse_task.h"

enum { MAILS = DECIDE_MAX + 40 };

/* How long each mail takes, and what fails. */
static struct {
	struct clock_fake at;
	int64_t each_ms;
	int64_t fails; /* this mail does; 0: none */
	int tries;
} run;

int mail_job_run(struct desk *d, const struct mail_job *job, struct err *e)
{
	(void)d;
	run.tries++;
	run.at.monotonic_ms += run.each_ms;
	return job->mail.id == run.fails ? err_set(e, ERR_PERM, "cannot be decided") : 0;
}

int mail_job_quarantine(struct desk *d, const struct store_mail *mail, const char *why,
			struct err *e)
{
	(void)d, (void)mail, (void)why, (void)e;
	return 0;
}

static void parse_all(struct parse_tasks *v, int n)
{
	for (int64_t id = 1; id <= n; id++) {
		struct store_mail mail = { .id = id };
		struct memory raw;

		memory_copy(&raw, SPAN("a mail"));
		parse_tasks_turn(v, parse_tasks_add(v, &mail, &raw), TASK_PARSED);
	}
}

/* How many of MAILS are decided in one turn; the others wait for the next, in their order. */
static int decided(struct fixture *f, int64_t each_ms, int64_t fails)
{
	struct clock clock = clock_fake(&run.at);
	struct desk d = { .store = f->s, .now = NOW, .arena = &f->a };
	struct parse_tasks tasks;
	enum decided what;
	size_t left;

	run.each_ms = each_ms;
	run.fails = fails;
	run.tries = 0;
	parse_tasks_init(&tasks, &clock);
	parse_all(&tasks, MAILS);
	OK(f, parse_tasks_decide(&d, &tasks, DECIDE_NOW, &what, &f->e));
	assert_int_equal(what, DECIDED_ALL);
	left = tasks.n;
	for (struct parse_task *t = tasks.first; t; t = t->next)
		assert_int_equal(t->state, TASK_PARSED);
	assert_true(!left || tasks.first->job.mail.id == (int64_t)(MAILS - left + 1));
	parse_tasks_release(&tasks);
	return MAILS - (int)left;
}

static void as_many_as_there_is_time_for_are_decided_together(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(decided(f, 0, 0), DECIDE_MAX);
	assert_int_equal(decided(f, 1, 0), DECIDE_MS);
	assert_int_equal(decided(f, 7, 0), 3);
	assert_int_equal(run.tries, 3);
	assert_int_equal(decided(f, 10 * DECIDE_MS, 0), 1);
}

/* Each of the group by itself then, which has no end before its own. */
static void one_that_cannot_be_decided_leaves_no_other_behind(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(decided(f, 0, 5), DECIDE_MAX);
	assert_int_equal(decided(f, 1, 5), DECIDE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(as_many_as_there_is_time_for_are_decided_together),
		STORE_TEST(one_that_cannot_be_decided_leaves_no_other_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
