/* The conversation with an SMTP server that does not do what it should. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/net/smtp_talk.h"

enum {
	MAIL_BYTES = 60 << 10,
	ROOM = 2 << 10,
	WAIT_MS = 60 * 1000,
	TIMEOUT_S = 60,
	ENDLESS_BYTES = 200 << 10
};

/* It takes so many commands, of EHLO and those of a mail, and no byte more. */
struct server {
	int listens, fd;
	size_t takes;
	void *(*serves)(void *server);
	pthread_t thread;
};

static void say(const struct server *s, const char *text)
{
	assert_int_equal(write(s->fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void hear_line(const struct server *s)
{
	char c;

	do
		assert_int_equal(read(s->fd, &c, 1), 1);
	while (c != '\n');
}

static void *serve(void *ctx)
{
	static const char *const answers[] = { "250 here\r\n", "250 ok\r\n", "250 ok\r\n",
					       "354 go on\r\n" };
	struct server *s = ctx;

	s->fd = accept(s->listens, NULL, NULL);
	say(s, "220 here\r\n");
	for (size_t i = 0; i < s->takes; i++) {
		hear_line(s);
		say(s, answers[i]);
	}
	return NULL;
}

static void start(struct server *s, struct conf_server *ret_at)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);

	s->listens = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(setsockopt(s->listens, SOL_SOCKET, SO_RCVBUF, &(int){ ROOM }, sizeof(int)),
			 0);
	assert_int_equal(bind(s->listens, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(s->listens, 1), 0);
	assert_int_equal(getsockname(s->listens, (struct sockaddr *)&a, &n), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, s->serves ? s->serves : serve, s), 0);
	*ret_at = (struct conf_server){ .host = "127.0.0.1",
					.port = ntohs(a.sin_port),
					.tls = CONF_TLS_NONE,
					.auth = CONF_AUTH_NONE,
					.connect_timeout_s = TIMEOUT_S,
					.command_timeout_s = TIMEOUT_S };
}

static void stop(struct server *s, struct smtp_talk *t)
{
	smtp_talk_release(t);
	close(s->fd);
	close(s->listens);
}

static bool may_read(const struct smtp_talk *t, int ms)
{
	struct pollfd p = { .fd = connect_fd(t->connect), .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

static void open_talk(struct smtp_talk *t, struct server *s, size_t takes, struct conf_server *at)
{
	struct err e;

	s->takes = takes;
	start(s, at);
	smtp_talk_init(t, &(struct connect_options){ .server = at }, TIMEOUT_S, 256);
	if (smtp_talk_open(t, &(struct connect_options){ .server = t->server }, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(
	    setsockopt(connect_fd(t->connect), SOL_SOCKET, SO_SNDBUF, &(int){ ROOM }, sizeof(int)),
	    0);
}

static const struct smtp_mail no_body = {
	.from = SPAN_LITERAL("gw@example.test"),
	.to = SPAN_LITERAL("ann@a.test"),
};

/* Up to where the end of a mail may go out. */
static void send_a_mail(struct smtp_talk *t, struct server *s, struct conf_server *at,
			struct buf *body)
{
	struct smtp_mail mail = no_body;
	enum smtp_wants wants;
	struct err e;

	open_talk(t, s, 4, at);
	buf_init(body, MAIL_BYTES);
	while (!body->full)
		buf_adds(body, "and so on, and so on\r\n");
	mail.body = buf_span(body);
	for (wants = smtp_talk_mail(t, &mail, &e); wants == SMTP_WANTS_READ;
	     wants = smtp_talk_go_on(t, &e))
		assert_true(may_read(t, WAIT_MS));
	assert_int_equal(wants, SMTP_WANTS_LEAVE);
	pthread_join(s->thread, NULL);
}

/* And then as much of it as the server takes. */
static void end_a_mail(struct smtp_talk *t, struct server *s, struct conf_server *at,
		       struct buf *body)
{
	struct err e;

	send_a_mail(t, s, at, body);
	assert_int_equal(smtp_talk_leave(t, NULL, &e), SMTP_WANTS_WRITE);
}

/* A mail before was taken without being read: there is no room for a byte. */
static void fill(struct smtp_talk *t)
{
	while (connect_send_some(t->connect, "x", 1) > 0)
		;
}

/* What the server says while it takes nothing is heard; full: keep the connection so. */
static void hears_while_it_waits(struct server *s, struct smtp_talk *t, bool full)
{
	struct err e;

	for (int i = 0; i < 3; i++) {
		say(s, "250-as you say\r\n");
		assert_true(may_read(t, WAIT_MS));
		if (full)
			fill(t);
		assert_int_equal(smtp_talk_go_on(t, &e), SMTP_WANTS_WRITE);
		assert_false(may_read(t, 0));
	}
}

/* Else its loop would wake for that until the deadline. */
static void what_is_said_while_the_end_is_not_taken_is_read(void **state)
{
	struct server s = { 0 };
	struct conf_server at;
	struct smtp_talk t;
	struct buf body BUF_AUTO;
	struct err e;

	(void)state;
	end_a_mail(&t, &s, &at, &body);
	hears_while_it_waits(&s, &t, false);
	say(&s, "552 too much\r\n");
	assert_true(may_read(&t, WAIT_MS));
	assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_CLOSE);
	assert_int_equal(t.code, 552);
	stop(&s, &t);
}

/* Nobody has all of it yet. */
static void what_is_said_before_the_end_is_there_does_not_take_the_mail(void **state)
{
	struct server s = { 0 };
	struct conf_server at;
	struct smtp_talk t;
	struct buf body BUF_AUTO;
	struct err e;

	(void)state;
	end_a_mail(&t, &s, &at, &body);
	say(&s, "250 taken\r\n");
	assert_true(may_read(&t, WAIT_MS));
	assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_CLOSE);
	assert_int_equal(smtp_reply_classify(t.phase, t.code).class, SMTP_RETRY);
	stop(&s, &t);
}

/* The server takes what is left, and says nothing. */
static enum smtp_wants take_the_rest(const struct server *s, struct smtp_talk *t)
{
	enum smtp_wants wants;
	char taken[4 << 10];
	struct err e;

	assert_int_equal(
	    setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &(int){ 2 * MAIL_BYTES }, sizeof(int)), 0);
	while ((wants = smtp_talk_go_on(t, &e)) == SMTP_WANTS_WRITE) {
		struct pollfd ready[] = { { .fd = s->fd, .events = POLLIN },
					  { .fd = connect_fd(t->connect), .events = POLLOUT } };

		assert_true(poll(ready, 2, WAIT_MS) > 0);
		while (recv(s->fd, taken, sizeof(taken), MSG_DONTWAIT) > 0)
			;
	}
	return wants;
}

/* Broken off there it may have been taken: that it was not would send it once more. */
static void when_all_of_it_is_there_it_may_have_been_taken(void **state)
{
	struct server s = { 0 };
	struct conf_server at;
	struct smtp_talk t;
	struct buf body BUF_AUTO;
	struct err e;

	(void)state;
	end_a_mail(&t, &s, &at, &body);
	assert_int_equal(take_the_rest(&s, &t), SMTP_WANTS_READ);
	assert_int_equal(smtp_reply_classify(t.phase, t.code).class, SMTP_UNKNOWN);
	say(&s, "250 taken\r\n");
	assert_true(may_read(&t, WAIT_MS));
	assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_NEXT);
	assert_int_equal(smtp_reply_classify(t.phase, t.code).class, SMTP_SENT);
	stop(&s, &t);
}

static void what_is_said_while_commands_are_not_taken_is_read(void **state)
{
	struct server s = { 0 };
	struct conf_server at;
	struct smtp_talk t;
	struct err e;

	(void)state;
	open_talk(&t, &s, 1, &at);
	pthread_join(s.thread, NULL);
	fill(&t);
	assert_int_equal(smtp_talk_mail(&t, &no_body, &e), SMTP_WANTS_WRITE);
	hears_while_it_waits(&s, &t, true);
	close(s.fd);
	assert_true(may_read(&t, WAIT_MS));
	assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_CLOSE);
	close(s.listens);
	smtp_talk_release(&t);
}

/* Whoever reads faster than he speaks would read for ever; from the end on without a deadline. */
static void a_reply_without_end_is_not_read_to_its_end(void **state)
{
	struct server s = { 0 };
	struct conf_server at;
	struct smtp_talk t;
	struct buf body BUF_AUTO;
	struct err e;

	(void)state;
	send_a_mail(&t, &s, &at, &body);
	for (int bytes = 0; bytes < ENDLESS_BYTES; bytes += 10)
		say(&s, bytes % 20 ? "250-more\r\n" : "or what..\n");
	assert_true(may_read(&t, WAIT_MS));
	assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_CLOSE);
	assert_non_null(strstr(e.text, "a reply without end"));
	assert_true(may_read(&t, 0));
	stop(&s, &t);
}

static void *greet_for_long(void *ctx)
{
	struct server *s = ctx;

	s->fd = accept(s->listens, NULL, NULL);
	for (int bytes = 0; bytes < ENDLESS_BYTES; bytes += 10)
		if (send(s->fd, "220-hello\n", 10, MSG_NOSIGNAL) < 0)
			break;
	return NULL;
}

static void a_greeting_without_end_is_not_waited_for(void **state)
{
	struct server s = { .serves = greet_for_long };
	struct conf_server at;
	struct smtp_talk t;
	struct err e;

	(void)state;
	start(&s, &at);
	smtp_talk_init(&t, &(struct connect_options){ .server = &at }, TIMEOUT_S, 256);
	assert_int_equal(smtp_talk_open(&t, &(struct connect_options){ .server = &at }, &e), -1);
	assert_non_null(strstr(e.text, "a reply without end"));
	pthread_join(s.thread, NULL);
	stop(&s, &t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_while_the_end_is_not_taken_is_read),
		cmocka_unit_test(what_is_said_before_the_end_is_there_does_not_take_the_mail),
		cmocka_unit_test(what_is_said_while_commands_are_not_taken_is_read),
		cmocka_unit_test(a_reply_without_end_is_not_read_to_its_end),
		cmocka_unit_test(a_greeting_without_end_is_not_waited_for),
		cmocka_unit_test(when_all_of_it_is_there_it_may_have_been_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
