/* What goes to the journal, on a socket that stands in for journald's. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/journal.h"

static char path[] = "/tmp/journal-XXXXXX/socket";
static int server, client;

static int setup(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char *slash = strrchr(path, '/');

	(void)state;
	*slash = '\0';
	assert_non_null(mkdtemp(path));
	*slash = '/';
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	server = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(server, (struct sockaddr *)&a, sizeof(a)), 0);
	client = journal_open(path);
	assert_true(client >= 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close(client);
	close(server);
	unlink(path);
	*strrchr(path, '/') = '\0';
	return rmdir(path);
}

static struct span told(const struct log_field *fields, const char *message, char *to, size_t room)
{
	struct journal_entry entry = { LOG_WARNING, "core", "case.opened", span_of(message),
				       fields };
	ssize_t n;

	assert_true(journal_send(client, &entry));
	n = recv(server, to, room, 0);
	assert_true(n > 0);
	return (struct span){ to, (size_t)n };
}

static bool has(struct span s, struct span what)
{
	return span_find(s, what) != SIZE_MAX;
}

static void an_event_has_its_fields(void **state)
{
	const struct log_field fields[] = { log_int("case", 12),
					    log_text("mailbox", "support"),
					    log_text("reason", "x"),
					    { .key = NULL } };
	char bytes[4096];
	struct span got = told(fields, "core: event=case.opened", bytes, sizeof(bytes));

	(void)state;
	assert_true(has(got, SPAN("PRIORITY=4\n")));
	assert_true(has(got, SPAN("GATEWAYD_EVENT=case.opened\n")));
	assert_true(has(got, SPAN("GATEWAYD_ROLE=core\n")));
	assert_true(has(got, SPAN("\nCASE=12\n")));
	assert_true(has(got, SPAN("\nMAILBOX\n\7\0\0\0\0\0\0\0support\n")));
	assert_true(has(got, SPAN("\nMESSAGE\n\27\0\0\0\0\0\0\0core: event=case.opened\n")));
	assert_false(has(got, SPAN("reason")));
}

/* Whatever stands in a value, it begins no field of its own. */
static void a_value_is_no_field(void **state)
{
	const struct log_field fields[] = { log_int("case", 0),
					    log_text("mailbox", "a\nCASE=7\nPRIORITY=0"),
					    { .key = NULL } };
	char bytes[4096];
	struct span got = told(fields, "m", bytes, sizeof(bytes));

	(void)state;
	assert_true(has(got, SPAN("\nMAILBOX\n\23\0\0\0\0\0\0\0a\nCASE=7\nPRIORITY=0\n")));
	assert_int_equal(span_find(got, SPAN("CASE=")), span_find(got, SPAN("a\nCASE=7")) + 2);
}

static void an_event_has_the_same_id_always(void **state)
{
	char one[JOURNAL_ID_SIZE], same[JOURNAL_ID_SIZE], other[JOURNAL_ID_SIZE];

	(void)state;
	journal_message_id("case.opened", one);
	journal_message_id("case.opened", same);
	journal_message_id("case.opened2", other);
	assert_string_equal(one, same);
	assert_string_not_equal(one, other);
	assert_int_equal(strlen(one), 32);
	assert_true(one[12] == '8' && strchr("89ab", one[16]));
}

/* A journal that reads nothing is not waited for: what it does not take is counted by the log. */
static void a_full_journal_is_not_waited_for(void **state)
{
	const struct log_field none[] = { { .key = NULL } };
	struct journal_entry entry = { LOG_INFO, "core", "x", SPAN("m"), none };
	int sent = 0;

	(void)state;
	while (sent < 100000 && journal_send(client, &entry))
		sent++;
	assert_true(sent < 100000);
	assert_int_equal(journal_open("/nonexistent/socket"), -1);
}

static void stderr_is_the_journal_where_it_is_named(void **state)
{
	char name[64];
	struct stat st;

	(void)state;
	unsetenv("JOURNAL_STREAM");
	assert_false(journal_is_stderr());
	setenv("JOURNAL_STREAM", "1:1", 1);
	assert_false(journal_is_stderr());
	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(name, sizeof(name), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", name, 1);
	assert_true(journal_is_stderr());
	unsetenv("JOURNAL_STREAM");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_has_its_fields),
		cmocka_unit_test(a_value_is_no_field),
		cmocka_unit_test(an_event_has_the_same_id_always),
		cmocka_unit_test(a_full_journal_is_not_waited_for),
		cmocka_unit_test(stderr_is_the_journal_where_it_is_named),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, setup, teardown);
}
