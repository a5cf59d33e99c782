/* A process that writes is killed at any moment; what it said was committed must be there. */
#include "tests/store/fixture.h"

#include <signal.h>
#include <sys/wait.h>

enum {
	ROUNDS = 25,
	MAILS = 5, /* a transaction */
};

/* One transaction: mails, the case of them, and what is to be sent. */
static void write_once(struct fixture *f, uint32_t n)
{
	struct store_case c = a_case();
	int64_t number, note;

	begin(f);
	number = open_case(f, &c);
	note = add_note(f, number, NOTE_INBOUND, "");
	for (uint32_t i = 0; i < MAILS; i++) {
		struct store_mail m = a_mail(n * MAILS + i + 1, "");
		int64_t id;

		m.location.mailbox = SPAN("crash");
		memcpy(m.identity, &m.location.uid, sizeof(m.location.uid));
		id = keep(f, &m, (struct span){ (const char *)&m.location.uid, 4 });
		OK(f, store_mail_finish(f->s, id, MAIL_NOTE, SPAN("x"), number, note, &f->e));
	}
	queue_mail(f, number, NOW, "");
	commit(f);
}

/* Tells the number of each transaction after its commit, until it is killed. */
static void child(struct fixture *f, int out, uint32_t first)
{
	struct store_outbox *v;
	size_t n;

	f->s = NULL;
	fixture_open(f, STORE_WRITE);
	for (uint32_t i = first;; i++) {
		write_once(f, i);
		if (i % 4 == 0) {
			begin(f);
			OK(f, store_outbox_claim(f->s, SPAN(""), NOW, 2, &f->a, &v, &n, &f->e));
			commit(f);
		}
		if (write(out, &i, sizeof(i)) != sizeof(i))
			_exit(1);
	}
}

/* Runs a child until it has told `commits`, kills it, and gives back the last number told. */
static uint32_t run_and_kill(struct fixture *f, uint32_t first, int commits)
{
	uint32_t told = 0, last = 0;
	int pipes[2];
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(pipes[0]);
		child(f, pipes[1], first);
	}
	close(pipes[1]);
	for (int i = 0; i < commits; i++) {
		assert_int_equal(read(pipes[0], &told, sizeof(told)), sizeof(told));
		last = told;
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	while (read(pipes[0], &told, sizeof(told)) == sizeof(told))
		last = told;
	close(pipes[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return last;
}

static void mail_is_there(struct fixture *f, uint32_t uid)
{
	struct store_mail m = a_mail(uid, "");
	struct store_mail_place at;
	struct buf raw BUF_AUTO;

	buf_init(&raw, 100);
	m.location.mailbox = SPAN("crash");
	OK(f, store_mail_at(f->s, &m, &at, &f->e));
	assert_true(at.id > 0 && at.state == MAIL_NOTE);
	OK(f, store_mail_raw(f->s, at.id, &raw, &f->e));
	assert_true(raw.n == 4 && memcmp(raw.p, &uid, 4) == 0);
}

static void what_was_acknowledged_outlives_a_kill(void **state)
{
	struct fixture *f = *state;
	uint32_t next = 0;

	store_close(&f->s);
	for (int round = 0; round < ROUNDS; round++) {
		uint32_t last = run_and_kill(f, next, 1 + round % 7);
		struct store_counts c;
		size_t sending;

		fixture_open(f, STORE_WRITE);
		OK(f, store_count(f->s, &c, &f->e));
		assert_true(c.cases >= last + 1 && c.cases <= last + 2);
		assert_int_equal(c.mails, c.cases * MAILS); /* all of a transaction or nothing */
		for (uint32_t uid = next * MAILS + 1; uid <= (last + 1) * MAILS; uid++)
			mail_is_there(f, uid);
		begin(f);
		OK(f, store_outbox_recover(f->s, false, NOW, &sending, &f->e));
		commit(f);
		OK(f, store_count(f->s, &c, &f->e));
		assert_int_equal(c.outbox_queued, c.cases);
		next = (uint32_t)c.cases;
		store_close(&f->s);
	}
	fixture_open(f, STORE_READ);
}

/* The numbers go on after a crash: a case number that a customer may have seen is not used again.
 */
static void numbers_are_not_used_again(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t first;

	begin(f);
	first = open_case(f, &c);
	commit(f);
	store_close(&f->s);
	fixture_open(f, STORE_WRITE);
	begin(f);
	assert_true(open_case(f, &c) > first);
	store_rollback(f->s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_was_acknowledged_outlives_a_kill),
		STORE_TEST(numbers_are_not_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
