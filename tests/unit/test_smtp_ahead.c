/* Commands that go out with the end of the mail before (net/smtp_talk.h), over a connection that is
 * played. */
#include "tests/unit/unit.h"

#include "gatewayd/net/smtp.h"

static struct played {
	const char *offers;
	size_t room; /* bytes that it takes from now on */
	bool is_tls;
	struct buf record; /* made by TLS, for which there was no room */
	struct buf said;
	int sends;
	struct span replies; /* to be read */
	bool closed;
} played;

int connect_open(enum connect_protocol protocol, const struct connect_options *o,
		 struct connect **ret_connect, struct err *e)
{
	(void)protocol, (void)e;
	o->watch->command(o->watch->ctx, SPAN("EHLO here\r\n"));
	o->watch->line(o->watch->ctx, SPAN("250-there"));
	o->watch->line(o->watch->ctx, span_of(played.offers));
	*ret_connect = (struct connect *)(void *)&played;
	return 0;
}

void connect_close(struct connect **c)
{
	played.closed = true;
	*c = NULL;
}

ssize_t connect_recv(struct connect *c, void *p, size_t n)
{
	struct span part = span_sub(played.replies, 0, n);

	(void)c;
	if (!part.n)
		return CONNECT_AGAIN;
	memcpy(p, part.p, part.n);
	played.replies = span_sub(played.replies, part.n, SIZE_MAX);
	return (ssize_t)part.n;
}

/* What was given goes as it was, whatever the next call gives, and the result is about that. */
static ssize_t send_record(struct span bytes)
{
	ssize_t n;

	if (!played.record.n)
		buf_add(&played.record, bytes);
	n = (ssize_t)played.record.n;
	if ((size_t)n > played.room)
		return CONNECT_AGAIN;
	buf_add(&played.said, buf_span(&played.record));
	buf_clear(&played.record);
	played.room -= (size_t)n;
	played.sends++;
	return n;
}

ssize_t connect_send_some(struct connect *c, const void *p, size_t n)
{
	size_t part = n < played.room ? n : played.room;

	(void)c;
	if (played.is_tls)
		return send_record((struct span){ p, n });
	if (!part)
		return CONNECT_AGAIN;
	buf_add(&played.said, (struct span){ p, part });
	played.room -= part;
	played.sends++;
	return (ssize_t)part;
}

int connect_send(struct connect *c, const void *p, size_t n, int64_t deadline_ms)
{
	(void)deadline_ms;
	return connect_send_some(c, p, n) == (ssize_t)n ? 0 : -1;
}

int connect_fd(const struct connect *c)
{
	(void)c;
	return 7;
}

enum connect_ready connect_wait(struct connect *c, int wake_fd, int64_t deadline_ms)
{
	(void)c, (void)wake_fd, (void)deadline_ms;
	return CONNECT_STOPPED;
}

static const struct conf_server server = { .tls = CONF_TLS_NONE,
					   .auth = CONF_AUTH_NONE,
					   .command_timeout_s = 60,
					   .connect_timeout_s = 60 };
static const struct conf_server tls_server = { .tls = CONF_TLS_IMPLICIT,
					       .auth = CONF_AUTH_NONE,
					       .command_timeout_s = 60,
					       .connect_timeout_s = 60 };
static const struct smtp_mail mails[] = {
	{ .from = SPAN_LITERAL("gw@here.test"),
	  .to = SPAN_LITERAL("ann@a.test"),
	  .body = SPAN_LITERAL("Subject: 1\r\n\r\n.\r\n") },
	{ .from = SPAN_LITERAL("gw@here.test"),
	  .to = SPAN_LITERAL("bob@b.test"),
	  .body = SPAN_LITERAL("Subject: 2\r\n\r\n") },
};
#define COMMANDS(to) "MAIL FROM:<gw@here.test>\r\nRCPT TO:<" to ">\r\nDATA\r\n"
#define END	     "Subject: 1\r\n\r\n..\r\n.\r\n"
static const char taken[] = "250 taken\r\n", go_on[] = "250 ok\r\n250 ok\r\n354 go on\r\n";

static void said(const char *text)
{
	assert_string_equal(buf_cstr(&played.said), text);
	buf_clear(&played.said);
}

static void replies(const char *text)
{
	played.replies = span_of(text);
}

/* Up to where the end of the first mail may go out. */
static void begin_at(struct smtp_talk *t, const struct conf_server *at, const char *offers)
{
	const struct connect_options o = { .server = at };
	struct err e;

	played = (struct played){ .offers = offers,
				  .room = SIZE_MAX,
				  .is_tls = at->tls != CONF_TLS_NONE };
	buf_init(&played.said, 1000);
	buf_init(&played.record, 1000);
	smtp_talk_init(t, &o, 60, 256);
	assert_int_equal(smtp_talk_open(t, &o, &e), 0);
	t->offers.pipelining = true;
	assert_int_equal(smtp_talk_mail(t, &mails[0], &e), SMTP_WANTS_READ);
	t->offers.pipelining = strstr(offers, "PIPELINING") != NULL;
	said(COMMANDS("ann@a.test"));
	replies(go_on);
	assert_int_equal(smtp_talk_go_on(t, &e), SMTP_WANTS_LEAVE);
	played.sends = 0;
}

static void begin(struct smtp_talk *t, const char *offers)
{
	begin_at(t, &server, offers);
}

static void finish(struct smtp_talk *t)
{
	smtp_talk_release(t);
	assert_true(played.closed);
	buf_release(&played.said);
	buf_release(&played.record);
}

static void the_commands_of_the_next_go_with_the_end_of_a_mail(void **state)
{
	struct smtp_talk t;
	struct err e;

	(void)state;
	begin(&t, "250 PIPELINING");
	assert_int_equal(smtp_talk_leave(&t, &mails[1], &e), SMTP_WANTS_READ);
	assert_true(t.ahead);
	assert_int_equal(played.sends, 1);
	said(END COMMANDS("bob@b.test"));
	replies("250 taken\r\n250 ok\r\n250 ok\r\n354 go on\r\n");
	assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_NEXT);
	assert_int_equal(smtp_reply_classify(t.phase, t.code).class, SMTP_SENT);
	assert_int_equal(smtp_talk_mail(&t, &mails[1], &e), SMTP_WANTS_LEAVE);
	assert_int_equal(played.sends, 1);
	assert_int_equal(smtp_talk_leave(&t, NULL, &e), SMTP_WANTS_READ);
	assert_false(t.ahead);
	said("Subject: 2\r\n\r\n.\r\n");
	replies(taken);
	assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_NEXT);
	finish(&t);
	assert_int_equal(played.sends, 3); /* it may say QUIT */
}

/* In the middle of a mail QUIT would be a line of it. */
static void while_they_wait_for_their_mail_nothing_else_is_said(void **state)
{
	struct smtp_talk t;
	struct err e;

	(void)state;
	begin(&t, "250 PIPELINING");
	smtp_talk_leave(&t, &mails[1], &e);
	replies(taken);
	assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_NEXT);
	finish(&t);
	assert_int_equal(played.sends, 1);
}

static void without_pipelining_nothing_goes_ahead(void **state)
{
	struct smtp_talk t;
	struct err e;

	(void)state;
	begin(&t, "250 8BITMIME");
	assert_int_equal(smtp_talk_leave(&t, &mails[1], &e), SMTP_WANTS_READ);
	assert_false(t.ahead);
	said(END);
	finish(&t);
}

static void a_mail_that_was_refused_leaves_them_behind(void **state)
{
	struct smtp_talk t;
	struct err e;

	(void)state;
	begin(&t, "250 PIPELINING");
	smtp_talk_leave(&t, &mails[1], &e);
	replies("554 no\r\n");
	assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_CLOSE);
	assert_int_equal(smtp_reply_classify(t.phase, t.code).class, SMTP_FAILED);
	finish(&t);
	assert_int_equal(played.sends, 1);
}

/* However much the socket takes, the mail goes out once, and its reply is heard. */
static void what_there_is_no_room_for_is_not_said(void **state)
{
	static const char all[] = END COMMANDS("bob@b.test");
	size_t end = strlen(END);

	(void)state;
	for (size_t room = 0; room <= strlen(all); room++) {
		struct smtp_talk t;
		struct err e;
		bool in_end = room < end, whole = room == strlen(all);

		begin(&t, "250 PIPELINING");
		played.room = room;
		assert_int_equal(smtp_talk_leave(&t, &mails[1], &e),
				 in_end ? SMTP_WANTS_WRITE : SMTP_WANTS_READ);
		assert_int_equal(t.ahead, whole);
		assert_int_equal(t.cut, room > end && !whole);
		played.room = SIZE_MAX;
		if (in_end)
			assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_READ);
		replies(taken);
		assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_NEXT);
		assert_int_equal(played.said.n, in_end ? end : room);
		assert_memory_equal(played.said.p, all, played.said.n);
		played.sends = 0;
		finish(&t);
		assert_int_equal(played.sends, room <= end); /* QUIT */
	}
}

/* TLS cannot take back what it has: the end of a mail goes without what may be left unsaid. */
static void over_tls_what_there_is_no_room_for_is_not_said_either(void **state)
{
	static const char all[] = END COMMANDS("bob@b.test");
	size_t end = strlen(END);

	(void)state;
	for (size_t room = 0; room <= strlen(all); room++) {
		struct smtp_talk t;
		struct err e;
		bool in_end = room < end, whole = room == strlen(all);

		begin_at(&t, &tls_server, "250 PIPELINING");
		played.room = room;
		assert_int_equal(smtp_talk_leave(&t, &mails[1], &e),
				 in_end ? SMTP_WANTS_WRITE : SMTP_WANTS_READ);
		assert_int_equal(t.ahead, whole);
		assert_int_equal(t.cut, !in_end && !whole);
		played.room = SIZE_MAX;
		if (in_end)
			assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_READ);
		replies(taken);
		assert_int_equal(smtp_talk_go_on(&t, &e), SMTP_WANTS_NEXT);
		assert_int_equal(played.said.n, whole ? room : end);
		assert_memory_equal(played.said.p, all, played.said.n);
		played.sends = 0;
		finish(&t);
		assert_int_equal(played.sends, in_end); /* QUIT */
	}
}

/* The rest of a command that is cut cannot be said behind the reply. */
static void a_connection_with_half_a_command_takes_no_other_mail(void **state)
{
	static const struct smtp_lane_options o = { .connect.server = &server,
						    .final_timeout_s = 60 };
	struct smtp_lane *l = smtp_lane_new(&o);
	struct span body = mails[1].body;

	(void)state;
	played = (struct played){ .offers = "250 PIPELINING", .room = SIZE_MAX };
	buf_init(&played.said, 1000);
	assert_int_equal(smtp_lane_begin(l, "gw@here.test", "ann@a.test", body), SMTP_WANTS_OPEN);
	smtp_lane_open(l);
	assert_int_equal(smtp_lane_opened(l), SMTP_WANTS_READ);
	replies(go_on);
	assert_int_equal(smtp_lane_go_on(l), SMTP_WANTS_LEAVE);
	assert_true(smtp_lane_ahead(l, "gw@here.test", "bob@b.test", body));
	played.room = body.n + strlen(".\r\nMAIL");
	assert_int_equal(smtp_lane_leave(l), SMTP_WANTS_READ);
	replies(taken);
	assert_int_equal(smtp_lane_go_on(l), SMTP_WANTS_NEXT);
	assert_int_equal(smtp_lane_result(l)->class, SMTP_SENT);
	assert_true(played.closed);
	assert_int_equal(smtp_lane_follow(l), SMTP_WANTS_OPEN);
	smtp_lane_free(&l);
	buf_release(&played.said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_commands_of_the_next_go_with_the_end_of_a_mail),
		cmocka_unit_test(while_they_wait_for_their_mail_nothing_else_is_said),
		cmocka_unit_test(without_pipelining_nothing_goes_ahead),
		cmocka_unit_test(a_mail_that_was_refused_leaves_them_behind),
		cmocka_unit_test(a_connection_with_half_a_command_takes_no_other_mail),
		cmocka_unit_test(what_there_is_no_room_for_is_not_said),
		cmocka_unit_test(over_tls_what_there_is_no_room_for_is_not_said_either),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
