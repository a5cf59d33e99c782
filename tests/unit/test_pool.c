#include "tests/unit/net_unit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/sender/pool_inside.h"
#include "gatewayd/wire/talk.h"

static struct job *job(void)
{
	struct job *j = mem_alloc(sizeof(*j));

	*j = (struct job){ .from = mem_strdup("gw@example.test"),
			   .to = mem_strdup("ann@a.test"),
			   .domain = mem_strdup("a.test") };
	return j;
}

static void on_news(void *ctx)
{
	(void)ctx;
}

static void while_it_drains_there_is_nothing_to_look_for(void **state)
{
	static const struct smtp_lane_options none;
	struct loop *loop = loop_new(clock_real());
	struct err e;
	struct pool *p = pool_new(&none, 16, loop, on_news, NULL, &e); /* no threads are started */

	(void)state;
	assert_non_null(p);
	assert_int_equal(pool_tick(p), -1);
	pool_drain(p);
	assert_true(pool_give(p, job()));
	assert_int_equal(pool_tick(p), -1);
	assert_true(pool_is_done(p));
	pool_free(&p);
	loop_free(&loop);
}

/* --- a server, and a pool that is broken off while a reply is awaited --- */

/* Behind the beginning of an end, at which a pool waits for a second: one that is to be heard in
 * it, and one that is not to come before. */
enum { EARLY_MS = 50, LATE_MS = 800 };

struct server {
	int listens;
	const char *late; /* the command whose reply comes so long after it */
	int late_ms;
	atomic_bool heard;   /* that command came */
	atomic_bool ending;  /* the pool is told to end, for which the server waits */
	int datas, hangs_up; /* behind the reply to so many DATA; 0: never */
	bool mail_ended;
};

static void say(int fd, const char *line)
{
	assert_int_equal(write(fd, line, strlen(line)), (ssize_t)strlen(line));
}

static void answer(struct server *s, int fd, const char *line)
{
	static const char *const answers[][2] = {
		{ "EHLO", "250 here\r\n" }, { "DATA", "354 go\r\n" },  { "MAIL", "250 ok\r\n" },
		{ "RCPT", "250 ok\r\n" },   { ".\r\n", "250 ok\r\n" },
	};

	s->datas += strcmp(line, "DATA\r\n") == 0;
	s->mail_ended = s->mail_ended || strcmp(line, ".\r\n") == 0;
	if (strncmp(line, s->late, strlen(s->late)) == 0) {
		atomic_store(&s->heard, true);
		while (!atomic_load(&s->ending))
			poll(NULL, 0, 1);
		poll(NULL, 0, s->late_ms);
	}
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		if (strncmp(line, answers[i][0], strlen(answers[i][0])) == 0)
			say(fd, answers[i][1]);
}

static void *serve(void *ctx)
{
	struct server *s = ctx;
	int fd = accept(s->listens, NULL, NULL);
	FILE *f = fdopen(fd, "r");
	char line[256];

	assert_non_null(f);
	say(fd, "220 here\r\n");
	while ((!s->hangs_up || s->datas < s->hangs_up) && fgets(line, sizeof(line), f))
		answer(s, fd, line);
	fclose(f);
	return NULL;
}

static int listen_at(struct server *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);

	s->listens = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listens, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(s->listens, 1), 0);
	assert_int_equal(getsockname(s->listens, (struct sockaddr *)&a, &n), 0);
	return ntohs(a.sin_port);
}

static bool take_result(struct pool *p, enum smtp_class *ret_class)
{
	bool found = false;
	struct job *j;

	while ((j = pool_take(p)) != NULL) {
		if (j->word == POOL_RESULT)
			*ret_class = j->result.class;
		found = found || j->word == POOL_RESULT;
		job_free(&j);
	}
	return found;
}

static struct conf_server server_at(int port)
{
	return (struct conf_server){ .host = "127.0.0.1",
				     .port = port,
				     .tls = CONF_TLS_NONE,
				     .auth = CONF_AUTH_NONE,
				     .connect_timeout_s = 60,
				     .command_timeout_s = 60 };
}

#define MAIL "Subject: x\r\n\r\nx\r\n"

static void give(struct pool *p, int64_t row)
{
	struct job *j = job();

	j->row = row;
	memory_copy(&j->message, SPAN(MAIL));
	assert_true(pool_give(p, j));
}

/* So many mails went back. */
static int take_back(struct pool *p)
{
	struct job *j;
	int n = 0;

	while ((j = pool_take(p)) != NULL) {
		n += j->word == POOL_BACK;
		job_free(&j);
	}
	return n;
}

/* The server does not greet: one mail has no connection yet, and one waits behind it. */
static void what_was_not_begun_goes_back_at_the_end(void **state)
{
	struct server s = { .late = "none" };
	struct conf_server to = server_at(listen_at(&s));
	struct smtp_lane_options o = { .connect.server = &to, .final_timeout_s = 60 };
	struct loop *loop = loop_new(clock_real());
	struct err e;
	struct pool *p = pool_new(&o, 1, loop, on_news, NULL, &e);

	(void)state;
	assert_int_equal(pool_start(p, &e), 0);
	give(p, 1);
	give(p, 2);
	assert_true(pool_join(p));
	assert_int_equal(take_back(p), 2);
	assert_true(pool_is_done(p));
	pool_free(&p);
	loop_free(&loop);
	close(s.listens);
}

/* What became of a mail. */
static enum smtp_class broken_off_at(const char *command, int late_ms, bool *ret_ended)
{
	struct server s = { .late = command, .late_ms = late_ms };
	struct conf_server to = server_at(listen_at(&s));
	struct smtp_lane_options o = { .connect.server = &to, .final_timeout_s = 60 };
	struct err e;
	struct loop *loop = loop_new(clock_real());
	struct pool *p = pool_new(&o, 1, loop, on_news, NULL, &e);
	enum smtp_class class = SMTP_FAILED;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, serve, &s), 0);
	assert_int_equal(pool_start(p, &e), 0);
	give(p, 1);
	while (!atomic_load(&s.heard))
		assert_true(loop_turn(loop, 1, &e) >= 0);
	atomic_store(&s.ending, true);
	assert_true(pool_join(p));
	take_result(p, &class);
	pool_free(&p);
	loop_free(&loop);
	pthread_join(thread, NULL);
	close(s.listens);
	*ret_ended = s.mail_ended;
	return class;
}

static void a_reply_that_comes_at_the_last_moment_is_heard(void **state)
{
	bool ended;

	(void)state;
	assert_int_equal(broken_off_at(".", EARLY_MS, &ended), SMTP_SENT);
	assert_true(ended);
}

static void what_is_broken_off_before_its_end_is_not_ended(void **state)
{
	bool ended;

	(void)state;
	assert_int_equal(broken_off_at("DATA", LATE_MS, &ended), SMTP_RETRY);
	assert_false(ended);
}

static enum smtp_class send_row(struct pool *p, struct loop *loop, int64_t row)
{
	enum smtp_class class = SMTP_FAILED;
	struct err e;

	give(p, row);
	while (!take_result(p, &class))
		assert_true(loop_turn(loop, 1, &e) >= 0);
	return class;
}

/* So many of its mails were sent before, from FIRST_OUT on. */
enum { FIRST_OUT = 1000 };
static void have_out(struct pool *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pool_out_note(
		    p, &(struct job){ .row = FIRST_OUT + (int64_t)i, .result.class = SMTP_SENT });
}

/* The end of the second mail waits until others are written down, and then there is none. */
static void a_mail_whose_connection_ends_before_it_may_is_over(void **state)
{
	struct server s = { .late = "none", .hangs_up = 2 };
	struct conf_server to = server_at(listen_at(&s));
	struct smtp_lane_options o = { .connect.server = &to, .final_timeout_s = 60 };
	struct loop *loop = loop_new(clock_real());
	struct err e;
	struct pool *p = pool_new(&o, 1, loop, on_news, NULL, &e);
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, serve, &s), 0);
	assert_int_equal(pool_start(p, &e), 0);
	assert_int_equal(send_row(p, loop, 1), SMTP_SENT);
	have_out(p, TALK_OUT - 1);
	assert_int_equal(send_row(p, loop, 2), SMTP_RETRY);
	pool_written(p, 1);
	for (int64_t i = 0; i < TALK_OUT - 1; i++)
		pool_written(p, FIRST_OUT + i);
	assert_false(pool_is_done(p));
	pool_written(p, 2);
	assert_true(pool_is_done(p));
	assert_true(pool_join(p));
	pool_free(&p);
	loop_free(&loop);
	pthread_join(thread, NULL);
	close(s.listens);
}

static bool is_held(struct pool *p, struct loop *loop, int64_t row)
{
	struct err e;

	give(p, row);
	while (p->lane[0].job && !p->lane[0].leaves)
		assert_true(loop_turn(loop, 1, &e) >= 0);
	p->lanes.ms = 0; /* a reply is due then, however long the machine took for the others */
	return p->lane[0].job != NULL;
}

/* Mails that were sent, and core has not written down: when it dies they go out once more. */
static void no_more_is_out_than_may_be_sent_twice(void **state)
{
	static const struct {
		size_t out;
		bool held;
	} cases[] = { { TALK_OUT - 1, false }, { TALK_OUT, true }, { TALK_OUT + 1, true } };
	struct server s = { .late = "none" };
	struct conf_server to = server_at(listen_at(&s));
	struct smtp_lane_options o = { .connect.server = &to, .final_timeout_s = 60 };
	struct loop *loop = loop_new(clock_real());
	struct err e;
	struct pool *p = pool_new(&o, 1, loop, on_news, NULL, &e);
	enum smtp_class class;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, serve, &s), 0);
	assert_int_equal(pool_start(p, &e), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		have_out(p, cases[i].out);
		assert_int_equal(is_held(p, loop, 1), cases[i].held);
		assert_int_equal(pool_held(p), cases[i].held);
		for (size_t k = 0; k < cases[i].out; k++)
			pool_written(p, FIRST_OUT + (int64_t)k);
		while (!take_result(p, &class))
			assert_true(loop_turn(loop, 1, &e) >= 0);
		assert_int_equal(class, SMTP_SENT);
		assert_false(pool_is_done(p));
		pool_written(p, 1);
		assert_true(pool_is_done(p));
	}
	assert_true(pool_join(p));
	pool_free(&p);
	loop_free(&loop);
	pthread_join(thread, NULL);
	close(s.listens);
}

/* --- what core hears, and when --- */

/* As a sender tells of its pool: in its next turn. */
struct teller {
	struct loop *loop;
	struct pool *pool;
	struct loop_timer news;
	int results;
	bool had_begun; /* the second mail, when the first one's result was told */
};

static void tell(void *ctx)
{
	struct teller *t = ctx;
	enum smtp_class class;

	if (!take_result(t->pool, &class))
		return;
	assert_int_equal(class, SMTP_SENT);
	t->had_begun = t->had_begun || (t->results == 0 && t->pool->lane[0].job);
	t->results++;
}

static void tell_soon(void *ctx)
{
	struct teller *t = ctx;

	loop_timer_sooner(t->loop, &t->news, 0);
}

static void turn_until(struct teller *t, int results)
{
	struct err e;

	while (t->results < results)
		assert_true(loop_turn(t->loop, 1, &e) >= 0);
}

/* Core then writes it down while the next mail is begun. */
static void a_result_is_told_before_the_next_mail_begins(void **state)
{
	struct server s = { .late = "none" };
	struct conf_server to = server_at(listen_at(&s));
	struct smtp_lane_options o = { .connect.server = &to, .final_timeout_s = 60 };
	struct teller t = { .loop = loop_new(clock_real()), .news = { .fn = tell, .ctx = &t } };
	struct err e;
	pthread_t thread;

	(void)state;
	t.pool = pool_new(&o, 1, t.loop, tell_soon, &t, &e);
	assert_int_equal(pthread_create(&thread, NULL, serve, &s), 0);
	assert_int_equal(pool_start(t.pool, &e), 0);
	give(t.pool, 1);
	give(t.pool, 2);
	turn_until(&t, 1);
	assert_false(t.had_begun);
	pool_written(t.pool, 1);
	turn_until(&t, 2);
	assert_true(pool_join(t.pool));
	pool_free(&t.pool);
	loop_free(&t.loop);
	pthread_join(thread, NULL);
	close(s.listens);
}

/* By a sender before this one, which has no server to ask; but of another mail with that number. */
static void what_was_taken_before_is_told_and_not_sent(void **state)
{
	struct smtp_lane_options o = { .final_timeout_s = 60 };
	struct loop *loop = loop_new(clock_real());
	struct err e;
	struct pool *p = pool_new(&o, 1, loop, on_news, NULL, &e);
	struct taken taken;
	struct job *j = job();
	enum smtp_class class;
	int fd, code;

	(void)state;
	assert_int_equal(taken_open(NULL, &fd, &e), 0);
	assert_int_equal(taken_map(&taken, fd, &e), 0);
	pool_know_taken(p, &taken);
	taken_put(&taken, 1, taken_mark(j->to, SPAN(MAIL), 0), SMTP_SENT, 250);
	taken_put(&taken, 2, taken_mark(j->to, SPAN("another"), 0), SMTP_SENT, 250);
	job_free(&j);
	give(p, 1);
	j = pool_take(p);
	assert_int_equal(j->word, POOL_RESULT);
	assert_int_equal(j->result.class, SMTP_SENT);
	assert_int_equal(j->result.code, 250);
	assert_false(pool_is_done(p));
	pool_written(p, 1);
	assert_true(pool_is_done(p));
	assert_false(taken_find(&taken, 1, taken_mark(j->to, SPAN(MAIL), 0), &class, &code));
	job_free(&j);
	give(p, 2);
	assert_null(pool_take(p));
	assert_int_equal(p->lanes.out_count, 1);
	assert_true(pool_join(p));
	pool_free(&p);
	taken_release(&taken);
	close(fd);
	loop_free(&loop);
}

/* What is sent and not written down is there for the next one, and only that. */
static void what_a_server_takes_is_kept_until_it_is_written_down(void **state)
{
	static const enum smtp_class classes[] = { SMTP_SENT, SMTP_RETRY, SMTP_FAILED,
						   SMTP_UNKNOWN };
	struct loop *loop = loop_new(clock_real());
	struct smtp_lane_options o = { .final_timeout_s = 60 };
	struct err e;
	struct pool *p = pool_new(&o, 1, loop, on_news, NULL, &e);
	struct taken taken;
	char to[] = "a@b.test";
	int fd, code;

	(void)state;
	assert_int_equal(taken_open(NULL, &fd, &e), 0);
	assert_int_equal(taken_map(&taken, fd, &e), 0);
	pool_know_taken(p, &taken);
	for (size_t i = 0; i < 4; i++) {
		struct job j = { .row = 1, .to = to, .result.class = classes[i] };
		bool is_kept = classes[i] == SMTP_SENT || classes[i] == SMTP_UNKNOWN;
		enum smtp_class class;

		pool_out_note(p, &j);
		assert_int_equal(taken_find(&taken, 1, taken_mark(to, SPAN_NONE, 0), &class, &code),
				 is_kept);
		if (is_kept)
			assert_int_equal(class, classes[i]);
		pool_written(p, 1);
		assert_false(taken_find(&taken, 1, taken_mark(to, SPAN_NONE, 0), &class, &code));
	}
	assert_true(pool_join(p));
	pool_free(&p);
	taken_release(&taken);
	close(fd);
	loop_free(&loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_taken_before_is_told_and_not_sent),
		cmocka_unit_test(what_a_server_takes_is_kept_until_it_is_written_down),
		cmocka_unit_test(while_it_drains_there_is_nothing_to_look_for),
		cmocka_unit_test(a_reply_that_comes_at_the_last_moment_is_heard),
		cmocka_unit_test(what_is_broken_off_before_its_end_is_not_ended),
		cmocka_unit_test(a_mail_whose_connection_ends_before_it_may_is_over),
		cmocka_unit_test(no_more_is_out_than_may_be_sent_twice),
		cmocka_unit_test(what_was_not_begun_goes_back_at_the_end),
		cmocka_unit_test(a_result_is_told_before_the_next_mail_begins),
	};

	return cmocka_run_group_tests(tests, net_begin, net_end);
}
