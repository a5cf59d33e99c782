/* A server that is told of a mail before it has replied to the one before (sender/pool.h). */
#include "tests/unit/net_unit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/sender/lanes_inside.h"
#include "gatewayd/sender/pool_inside.h"

enum { WAIT_MS = 60 * 1000, ROWS = 5 };

/* What it says at the first time to the end of row 2, and to the commands of row 3 that went ahead;
 * "": it hangs up, NULL: it says nothing any more. */
struct says {
	const char *name, *end, *mail, *recipient;
};

struct server {
	int listens, fd, port;
	struct says says;
	atomic_int connections;
	int row;	/* of the mail under way */
	bool has_ended; /* row 2 */
	int recipients[ROWS];
	char in[4096];
	size_t n;
	pthread_t thread;
};

/* The next line, or NULL at the end of the connection. */
static char *line_of(struct server *s, char line[512])
{
	char *end;
	ssize_t got;

	while ((end = memchr(s->in, '\n', s->n)) == NULL) {
		got = recv(s->fd, s->in + s->n, sizeof(s->in) - s->n, 0);
		if (got <= 0)
			return NULL;
		s->n += (size_t)got;
	}
	assert_true((size_t)(end - s->in) < 511);
	memcpy(line, s->in, (size_t)(end - s->in));
	line[end - s->in] = '\0';
	s->n -= (size_t)(end + 1 - s->in);
	memmove(s->in, end + 1, s->n);
	return line;
}

static void say(struct server *s, const char *text)
{
	send(s->fd, text, strlen(text), MSG_NOSIGNAL);
}

/* False: it hangs up. */
static bool answer(struct server *s, const char *text)
{
	if (!text)
		return true;
	say(s, text);
	return *text != '\0';
}

/* The commands of row 3 come before the reply. */
static bool end_of_row_2(struct server *s)
{
	char line[512];

	s->has_ended = true;
	for (int k = 0; k < 3; k++)
		if (!line_of(s, line))
			return false;
	if (!answer(s, s->says.end) || !s->says.end || *s->says.end != '2')
		return s->says.end == NULL;
	if (!answer(s, s->says.mail) || *s->says.mail != '2')
		return false;
	s->row = 3;
	s->recipients[3]++;
	if (!answer(s, s->says.recipient) || *s->says.recipient != '2')
		return false;
	say(s, "354 go\r\n");
	return true;
}

static bool on_line(struct server *s, const char *line)
{
	const char *at = strstr(line, "RCPT TO:<p");

	if (strcmp(line, ".\r") == 0) {
		if (s->row == 2 && !s->has_ended)
			return end_of_row_2(s);
		say(s, "250 taken\r\n");
	} else if (strncmp(line, "EHLO", 4) == 0) {
		say(s, "250-here\r\n250 PIPELINING\r\n");
	} else if (strcmp(line, "DATA\r") == 0) {
		say(s, "354 go\r\n");
	} else if (at) {
		s->row = at[strlen("RCPT TO:<p")] - '0';
		s->recipients[s->row]++;
		say(s, "250 ok\r\n");
	} else if (strncmp(line, "MAIL", 4) == 0) {
		say(s, "250 ok\r\n");
	}
	return true;
}

static void *serve(void *ctx)
{
	struct server *s = ctx;
	char line[512];

	while ((s->fd = accept(s->listens, NULL, NULL)) >= 0) {
		atomic_fetch_add(&s->connections, 1);
		s->n = 0;
		say(s, "220 here\r\n");
		while (line_of(s, line) && on_line(s, line))
			;
		close(s->fd);
	}
	return NULL;
}

static void server_start(struct server *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);

	s->listens = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listens, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(s->listens, 8), 0);
	assert_int_equal(getsockname(s->listens, (struct sockaddr *)&a, &n), 0);
	s->port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_stop(struct server *s)
{
	shutdown(s->listens, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->listens);
}

/* --- a pool of one lane --- */

struct sending {
	struct server server;
	struct conf_server to;
	struct smtp_lane_options options;
	struct loop *loop;
	struct pool *pool;
	enum smtp_class class[ROWS];
	bool ended[ROWS], back[ROWS];
	bool looks; /* at what takes too long */
};

static void on_news(void *ctx)
{
	(void)ctx;
}

static void give(struct sending *t, int row)
{
	struct job *j = mem_alloc(sizeof(*j));
	char to[] = "p?@a.test";

	to[1] = (char)('0' + row);
	*j = (struct job){ .row = row,
			   .from = mem_strdup("gw@example.test"),
			   .to = mem_strdup(to),
			   .domain = mem_strdup("a.test") };
	memory_copy(&j->message, SPAN("Subject: x\r\n\r\nx\r\n"));
	assert_true(pool_give(t->pool, j));
}

static void take(struct sending *t)
{
	struct job *j;

	while ((j = pool_take(t->pool)) != NULL) {
		t->ended[j->row] = j->word == POOL_RESULT;
		t->back[j->row] = j->word == POOL_BACK;
		t->class[j->row] = j->result.class;
		pool_written(t->pool, j->row);
		job_free(&j);
	}
}

/* Until row has ended, or has come back. */
static void run(struct sending *t, int row)
{
	int64_t until_ms = clock_wait_ms() + WAIT_MS;
	struct err e;

	while (!t->ended[row] && !t->back[row]) {
		assert_true(clock_wait_ms() < until_ms);
		assert_true(loop_turn(t->loop, 1, &e) >= 0);
		if (t->looks)
			pool_tick(t->pool);
		take(t);
	}
}

/* Row 1 has told that the server is quick; row 3 waits behind row 2. */
static void begin(struct sending *t, const struct says *says)
{
	struct err e;

	*t = (struct sending){ .server.says = *says, .loop = loop_new(clock_real()) };
	server_start(&t->server);
	t->to = (struct conf_server){ .host = "127.0.0.1",
				      .port = t->server.port,
				      .tls = CONF_TLS_NONE,
				      .auth = CONF_AUTH_NONE,
				      .connect_timeout_s = 60,
				      .command_timeout_s = 60 };
	t->options = (struct smtp_lane_options){ .connect.server = &t->to, .final_timeout_s = 60 };
	t->pool = pool_new(&t->options, 1, t->loop, on_news, NULL, &e);
	assert_int_equal(pool_start(t->pool, &e), 0);
	give(t, 1);
	run(t, 1);
	assert_int_equal(t->class[1], SMTP_SENT);
	t->pool->lanes.ms = t->pool->lanes.domains[0].ms = 1;
	give(t, 2);
	give(t, 3);
}

static void finish(struct sending *t)
{
	assert_true(pool_join(t->pool));
	take(t);
	assert_true(pool_is_done(t->pool));
	pool_free(&t->pool);
	loop_free(&t->loop);
	server_stop(&t->server);
}

static void each_mail_has_its_own_result_whatever_went_ahead(void **state)
{
	static const char ok[] = "250 ok\r\n", gone[] = "";
	static const struct {
		struct says says;
		enum smtp_class row_2, row_3;
		int connections;
		bool goes_on; /* to go ahead */
	} rows[] = {
		{ { "all is taken", ok, ok, ok }, SMTP_SENT, SMTP_SENT, 1, true },
		{ { "the mail before is refused", "554 no\r\n", ok, ok },
		  SMTP_FAILED,
		  SMTP_SENT,
		  2,
		  true },
		{ { "its reply is lost", gone, ok, ok }, SMTP_UNKNOWN, SMTP_SENT, 2, false },
		{ { "the recipient is refused", ok, ok, "550 nobody\r\n" },
		  SMTP_SENT,
		  SMTP_FAILED,
		  1,
		  true },
		{ { "it may not be", ok, "503 not now\r\n", ok }, SMTP_SENT, SMTP_SENT, 2, false },
		{ { "it hangs up", ok, gone, ok }, SMTP_SENT, SMTP_SENT, 2, false },
		{ { "it hangs up later", ok, ok, gone }, SMTP_SENT, SMTP_SENT, 2, false },
		{ { "a word too many", "250 ok\r\n250 hello\r\n", ok, ok },
		  SMTP_SENT,
		  SMTP_SENT,
		  2,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sending t;

		begin(&t, &rows[i].says);
		run(&t, 2);
		run(&t, 3);
		if (t.class[2] != rows[i].row_2 || t.class[3] != rows[i].row_3 ||
		    atomic_load(&t.server.connections) != rows[i].connections ||
		    (t.pool->ahead_from_ms == 0) != rows[i].goes_on)
			fail_msg("%s: %s, %s, %d connections, ahead again at %lld",
				 rows[i].says.name, smtp_class_name(t.class[2]),
				 smtp_class_name(t.class[3]), t.server.connections,
				 (long long)t.pool->ahead_from_ms);
		finish(&t);
		assert_int_equal(t.server.recipients[2], 1);
	}
}

static const struct says nothing = { .end = NULL };

/* Another lane, or core, has it meanwhile; its commands are no other mail's. */
static void nothing_waits_behind_a_mail_that_hangs(void **state)
{
	struct sending t;

	(void)state;
	begin(&t, &nothing);
	t.looks = true;
	run(&t, 3);
	assert_true(t.back[3]);
	assert_false(t.ended[2]);
	say(&t.server, "250 taken\r\n");
	run(&t, 2);
	assert_int_equal(t.class[2], SMTP_SENT);
	give(&t, 4);
	run(&t, 4);
	assert_int_equal(t.class[4], SMTP_SENT);
	assert_int_equal(atomic_load(&t.server.connections), 2);
	finish(&t);
}

static void what_was_broken_off_takes_none_with_it(void **state)
{
	struct sending t;

	(void)state;
	begin(&t, &nothing);
	t.looks = true;
	run(&t, 3);
	finish(&t);
	assert_int_equal(t.class[2], SMTP_UNKNOWN);
	assert_true(t.back[3]);
}

/* A server that did not bear it lately, or is slow. */
static void not_every_server_is_told_ahead(void **state)
{
	(void)state;
	for (int slow = 0; slow < 2; slow++) {
		struct sending t;
		struct err e;

		begin(&t, &nothing);
		if (slow)
			t.pool->lanes.ms = t.pool->lanes.domains[0].ms = 150;
		else
			t.pool->ahead_from_ms = INT64_MAX;
		while (!pool_awaits_end(&t.pool->lane[0]))
			assert_true(loop_turn(t.loop, 1, &e) >= 0);
		assert_null(t.pool->lane[0].next);
		shutdown(t.server.fd, SHUT_RDWR);
		run(&t, 3);
		assert_int_equal(t.class[2], SMTP_UNKNOWN);
		assert_int_equal(t.class[3], SMTP_SENT);
		finish(&t);
	}
}

static void at_the_end_what_went_ahead_goes_back(void **state)
{
	static const struct says says = { .end = "250 ok\r\n",
					  .mail = "250 ok\r\n",
					  .recipient = "250 ok\r\n" };
	struct sending t;
	struct err e;

	(void)state;
	begin(&t, &says);
	while (!t.pool->lane[0].next)
		assert_true(loop_turn(t.loop, 1, &e) >= 0);
	pool_drain(t.pool);
	run(&t, 3);
	assert_true(t.back[3]);
	assert_true(t.ended[2]);
	assert_int_equal(t.class[2], SMTP_SENT);
	finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mail_has_its_own_result_whatever_went_ahead),
		cmocka_unit_test(nothing_waits_behind_a_mail_that_hangs),
		cmocka_unit_test(what_was_broken_off_takes_none_with_it),
		cmocka_unit_test(not_every_server_is_told_ahead),
		cmocka_unit_test(at_the_end_what_went_ahead_goes_back),
	};

	return cmocka_run_group_tests(tests, net_begin, net_end);
}
