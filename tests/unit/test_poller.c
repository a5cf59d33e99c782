#include "tests/unit/unit.h"

#include <unistd.h>

#include "gatewayd/base/memfd.h"
#include "gatewayd/parent/downs.h"
#include "gatewayd/wire/messages.h"
#include "gatewayd/wire/setup_poller.h"

static struct conf_mailbox box(const char *host, int port, const char *user)
{
	return (struct conf_mailbox){
		.name = user,
		.folder = "INBOX",
		.processed = "Done",
		.poll_s = 60,
		.server = { .host = host, .port = port, .user = user, .auth = CONF_AUTH_NONE },
	};
}

static void mailboxes_of_one_host_and_port_are_one_server(void **state)
{
	struct conf_mailbox boxes[] = {
		box("a.test", 993, "u"),  box("b.test", 993, "u"),  box("a.test", 993, "u"),
		box("a.test", 143, "u"),  box("a.test", 993, "v"),  box("b.test", 993, "w"),
		box("c.test", 993, NULL), box("c.test", 993, NULL),
	};
	struct conf conf = { .mailboxes = boxes };
	static const size_t servers[] = { 0, 1, 2, 2, 3, 3, 3, 4, 4 };

	(void)state;
	for (size_t n = 0; n < sizeof(servers) / sizeof(*servers); n++) {
		conf.mailbox_count = n;
		assert_int_equal(setup_poller_count(&conf), servers[n]);
	}
}

/* A frame that is longer than what a socket holds. */
static void pass(struct wire *from, struct wire *to, struct wire_in *ret_in)
{
	bool found = false, open;
	struct err e;

	while (!found) {
		assert_int_equal(wire_flush(from, &e), 0);
		assert_int_equal(wire_read(to, &open, &e), 0);
		assert_int_equal(wire_next(to, &found, ret_in, &e), 0);
	}
}

/* Which mailboxes the poller of a server is told of, as the bytes of its set-up show. */
static bool is_told(const struct conf *conf, uint32_t server, const char *name)
{
	struct wire parent, poller;
	struct wire_in in;
	struct err e;
	bool told;
	int fds[2];

	assert_int_equal(wire_pair(fds, &e), 0);
	message_wire(&parent, fds[0], ROLE_PARENT, ROLE_POLLER);
	message_wire(&poller, fds[1], ROLE_POLLER, ROLE_PARENT);
	assert_int_equal(setup_poller_put(&parent, conf, server, 0, &e), 0);
	pass(&parent, &poller, &in);
	told = span_find(in.rest, span_of(name)) != SIZE_MAX;
	wire_release(&parent);
	wire_release(&poller);
	return told;
}

static void a_poller_is_told_of_its_own_server_only(void **state)
{
	struct conf_mailbox boxes[] = { box("a.test", 993, "ann-u"), box("b.test", 993, "bob-u"),
					box("a.test", 993, "ann-u") };
	struct conf conf = { .mailboxes = boxes,
			     .mailbox_count = 3,
			     .limits = { .mail_bytes = 1000, .fetch_window = 8 } };

	(void)state;
	assert_true(is_told(&conf, 0, "ann-u"));
	assert_false(is_told(&conf, 0, "bob-u"));
	assert_true(is_told(&conf, 1, "bob-u"));
	assert_false(is_told(&conf, 1, "ann-u"));
}

static void a_process_has_so_many_mailboxes_at_most(void **state)
{
	enum { N = 2 * POLLER_MAILBOXES_MAX + 1 };
	struct conf_mailbox boxes[N];
	struct conf conf = { .mailboxes = boxes, .mailbox_count = N };
	size_t at;

	(void)state;
	for (size_t k = 0; k < N; k++)
		boxes[k] = box("a.test", 993, k % 2 ? "u" : "v");
	assert_int_equal(setup_poller_count(&conf), 3);
	assert_true(setup_poller_find(&conf, 1, 0, &at));
	assert_int_equal(at, POLLER_MAILBOXES_MAX);
	assert_true(setup_poller_find(&conf, 2, 0, &at));
	assert_int_equal(at, 2 * POLLER_MAILBOXES_MAX);
	assert_false(setup_poller_find(&conf, 2, 1, &at));
	assert_false(setup_poller_find(&conf, 3, 0, &at));
}

static void who_brought_its_process_down_twice_is_alone(void **state)
{
	struct conf_mailbox boxes[] = { box("a.test", 993, "u"), box("a.test", 993, "u"),
					box("a.test", 993, "u") };
	struct conf conf = { .mailboxes = boxes, .mailbox_count = 3 };
	size_t at;

	(void)state;
	boxes[1].downs = 1;
	assert_int_equal(setup_poller_count(&conf), 1);
	boxes[1].downs = 2;
	assert_int_equal(setup_poller_count(&conf), 2);
	assert_true(setup_poller_find(&conf, 1, 0, &at));
	assert_int_equal(at, 1);
	assert_false(setup_poller_find(&conf, 1, 1, &at));
	assert_true(setup_poller_find(&conf, 0, 1, &at));
	assert_int_equal(at, 2);
	boxes[2].downs = 2;
	assert_int_equal(setup_poller_count(&conf), 3);
}

/* One secret that cannot be read stops one mailbox, not all of the server. */
static void whose_secret_cannot_be_read_is_there_without_it(void **state)
{
	struct conf_mailbox boxes[] = { box("a.test", 993, "ann-u"), box("a.test", 993, "bob-u"),
					box("b.test", 993, "cia-u") };
	struct conf conf = { .mailboxes = boxes,
			     .mailbox_count = 3,
			     .limits = { .mail_bytes = 1000, .fetch_window = 8 } };
	struct wire parent;
	struct err e;
	int fds[2];

	(void)state;
	boxes[0].server.secret_file = boxes[2].server.secret_file = "/there/is/none";
	assert_true(is_told(&conf, 0, "ann-u"));
	assert_true(is_told(&conf, 0, "bob-u"));
	assert_int_equal(wire_pair(fds, &e), 0);
	message_wire(&parent, fds[0], ROLE_PARENT, ROLE_POLLER);
	assert_int_equal(setup_poller_put(&parent, &conf, 1, 0, &e), -1); /* nobody is left */
	assert_non_null(strstr(e.text, "/there/is/none"));
	wire_release(&parent);
	close(fds[1]);
}

/* A set-up of as many as a configuration has, with long names, is one message. */
static void a_process_takes_all_mailboxes_of_its_server(void **state)
{
	struct conf_mailbox boxes[POLLER_MAILBOXES_MAX];
	struct conf conf = { .mailboxes = boxes,
			     .mailbox_count = POLLER_MAILBOXES_MAX,
			     .limits = { .mail_bytes = 1000, .fetch_window = 8 } };
	char name[600];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (size_t k = 0; k < POLLER_MAILBOXES_MAX; k++) {
		boxes[k] = box("a.test", 993, name);
		boxes[k].quarantine = boxes[k].folder = name;
	}
	assert_int_equal(setup_poller_count(&conf), 1);
	assert_true(is_told(&conf, 0, name));
}

static void the_note_of_a_crash_names_the_mailbox(void **state)
{
	enum { CRASHED = POLLER_CRASHED << 8 }; /* as waitpid(2) tells an exit */
	struct conf_mailbox boxes[POLLER_MAILBOXES_MAX];
	struct conf conf = { .mailboxes = boxes, .mailbox_count = POLLER_MAILBOXES_MAX };
	int note, number = 700, too_high = POLLER_MAILBOXES_MAX;
	struct err e;

	(void)state;
	for (size_t k = 0; k < POLLER_MAILBOXES_MAX; k++)
		boxes[k] = box("a.test", 993, "u");
	assert_int_equal(memfd_new(&note, &e), 0);
	assert_false(downs_note(&conf, 0, CRASHED, note)); /* empty */
	assert_int_equal(pwrite(note, &number, sizeof(number), 0), sizeof(number));
	assert_false(downs_note(&conf, 0, 0, note));
	assert_int_equal(boxes[number].downs, 0);
	assert_false(downs_note(&conf, 0, CRASHED, note));
	assert_int_equal(boxes[number].downs, 1);
	assert_true(downs_note(&conf, 0, CRASHED, note));
	assert_int_equal(pwrite(note, &too_high, sizeof(too_high), 0), sizeof(too_high));
	assert_false(downs_note(&conf, 0, CRASHED, note));
	close(note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mailboxes_of_one_host_and_port_are_one_server),
		cmocka_unit_test(a_process_has_so_many_mailboxes_at_most),
		cmocka_unit_test(whose_secret_cannot_be_read_is_there_without_it),
		cmocka_unit_test(a_process_takes_all_mailboxes_of_its_server),
		cmocka_unit_test(the_note_of_a_crash_names_the_mailbox),
		cmocka_unit_test(who_brought_its_process_down_twice_is_alone),
		cmocka_unit_test(a_poller_is_told_of_its_own_server_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
