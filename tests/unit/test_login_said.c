/* What a server says with the log-in that it can (net/login_said.h). */
#include "tests/unit/unit.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/net/login_said.h"

/* Lines end with "\n"; "": none were said. */
static void expect(const char *lines, const char *capability)
{
	struct span rest = span_of(lines), line;
	struct login_said s = { 0 };

	while (span_line(&rest, &line))
		login_said_hear(&s, line);
	assert_string_equal(s.capability ? s.capability : "", capability);
	login_said_release(&s);
}

static void what_the_last_command_said_counts(void **state)
{
	(void)state;
	expect("* OK [CAPABILITY IMAP4rev1 OLD] hi\nA1 OK done\nA2 OK [CAPABILITY IMAP4rev1 IDLE] "
	       "in\n",
	       "IMAP4rev1 IDLE");
	expect("* CAPABILITY IMAP4rev1 OLD\nA1 OK\n* CAPABILITY IMAP4rev1 MOVE\nA2 OK in\n",
	       "IMAP4rev1 MOVE");
	expect("A1 OK\n* CAPABILITY IMAP4rev1 MOVE\nA2 OK [CAPABILITY IMAP4rev1 IDLE] in\n",
	       "IMAP4rev1 IDLE");
	expect("* CAPABILITY IMAP4rev1 MOVE\n* 3 EXISTS\nA2 ok in\n", "IMAP4rev1 MOVE");
	expect("A2 ok [capability imap4REV1 AUTH=PLAIN X-A_b.1/2:3+] in\n",
	       "imap4REV1 AUTH=PLAIN X-A_b.1/2:3+");
}

/* Before the log-in, before TLS. */
static void what_was_said_before_does_not(void **state)
{
	(void)state;
	expect("* OK [CAPABILITY IMAP4rev1 OLD] hi\nA1 OK\nA2 OK in\n", "");
	expect("* CAPABILITY IMAP4rev1 OLD\nA1 OK\nA2 OK in\n", "");
	expect("A1 OK [CAPABILITY IMAP4rev1 OLD] TLS\n+ \nA2 OK in\n", "");
	expect("A1 OK [CAPABILITY IMAP4rev1 OLD] TLS\nA2 NO no\n", "");
}

static void what_no_capability_looks_like_is_none(void **state)
{
	struct buf line BUF_AUTO;

	(void)state;
	expect("A2 OK [CAPABILITY IMAP4rev1 (IDLE)] in\n", "");
	expect("A2 OK [CAPABILITY IMAP4rev1 I\"DLE] in\n", "");
	expect("A2 OK [CAPABILITY IMAP4rev1 {5}] in\n", "");
	expect("A2 OK [CAPABILITY IDLE] in\n", "");
	expect("A2 OK [CAPABILITY IMAP4rev1 IDLE in\n", "");
	expect("A2 OK [CAPABILITY ] in\n", "");
	expect("A2 OK [CAPABILITY IMAP4rev1\001X] in\n", "");
	expect("", "");
	expect("\n*\n+\nA2\n", "");
	for (size_t n = LOGIN_SAID_MAX - 1; n <= LOGIN_SAID_MAX + 1; n++) {
		buf_init(&line, 2 * LOGIN_SAID_MAX);
		buf_adds(&line, "* CAPABILITY IMAP4rev1 ");
		while (line.n < SPAN("* CAPABILITY ").n + n)
			buf_addc(&line, 'X');
		expect(buf_cstr(&line), n > LOGIN_SAID_MAX ? "" : buf_cstr(&line) + 13);
		buf_release(&line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_last_command_said_counts),
		cmocka_unit_test(what_was_said_before_does_not),
		cmocka_unit_test(what_no_capability_looks_like_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
