#include "tests/unit/unit.h"

#include "gatewayd/core/served.h"
#include "gatewayd/wire/setup_poller.h"

static struct conf_mailbox boxes[] = {
	{ .name = "sales", .server = { .host = "imap.a.test", .port = 993 } },
	{ .name = "support", .server = { .host = "imap.b.test", .port = 993 } },
	{ .name = "billing", .server = { .host = "imap.a.test", .port = 993 } },
	{ .name = "old", .server = { .host = "imap.a.test", .port = 143 } },
};
static const struct conf conf = { .mailboxes = boxes,
				  .mailbox_count = sizeof(boxes) / sizeof(*boxes) };

static void a_poller_speaks_of_the_mailboxes_of_its_server(void **state)
{
	static const struct {
		const char *mailbox;
		bool its;
	} rows[] = {
		{ "sales", true }, { "billing", true }, { "support", false }, { "old", false },
		{ "sale", false }, { "salesx", false }, { "", false },
	};
	struct served s;
	struct err e;

	(void)state;
	served_init(&s, &conf, SPAN("imap.a.test:993"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int r = served_check(&s, span_of(rows[i].mailbox), &e);

		if (r != (rows[i].its ? 0 : -1))
			fail_msg("%s", rows[i].mailbox);
		assert_true(r == 0 || e.class == ERR_PERM);
	}
	served_release(&s);
	served_init(&s, &conf, SPAN("imap.c.test:993"));
	assert_int_equal(served_check(&s, SPAN("sales"), &e), -1);
	served_release(&s);
}

static void what_the_parent_says_of_a_poller_is_its_server(void **state)
{
	size_t n = setup_poller_count(&conf);

	(void)state;
	assert_int_equal(n, 3);
	for (uint32_t process = 0; process < n; process++) {
		struct buf server BUF_AUTO;
		struct served s;
		struct err e;
		size_t at;

		buf_init(&server, SETUP_POLLER_SERVER_MAX);
		setup_poller_server(&conf, process, &server);
		served_init(&s, &conf, buf_span(&server));
		for (size_t nth = 0; setup_poller_find(&conf, process, nth, &at); nth++)
			assert_int_equal(served_check(&s, span_of(boxes[at].name), &e), 0);
		served_release(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_poller_speaks_of_the_mailboxes_of_its_server),
		cmocka_unit_test(what_the_parent_says_of_a_poller_is_its_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
