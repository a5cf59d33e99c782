#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf/conf.h"
#include "conf/files.h"

/* Files are read by names relative to the root of the tree, where tests/run starts us. */
static const char good[] = "tests/conf/good.conf";
static const char example[] = "conf/gatewayd.conf.example";

static struct conf *load_good(const char *path)
{
	struct conf_problems problems;
	struct conf *c;

	conf_problems_init(&problems);
	c = conf_load(path, CONF_POLICY_ONLY, &problems);
	if (!c)
		fail_msg("%s", buf_cstr(&problems.text));
	assert_int_equal(problems.count, 0);
	conf_problems_release(&problems);
	return c;
}

/* What conf_load() says of a file; the working directory, which tests cannot know, is left out. */
static void said_of(const char *path, bool taken, struct buf *ret_text)
{
	struct conf_problems problems;
	struct conf *c;
	char *cwd = getcwd(NULL, 0);
	struct buf here BUF_AUTO;
	struct span rest;
	size_t at;

	buf_init(&here, 4096);
	buf_addf(&here, "%s/", cwd);
	free(cwd);
	conf_problems_init(&problems);
	c = conf_load(path, CONF_POLICY_ONLY, &problems);
	if (!c == taken)
		fail_msg("%s was %s: %s", path, c ? "taken" : "refused", buf_cstr(&problems.text));
	conf_free(&c);
	rest = buf_span(&problems.text);
	while ((at = span_find(rest, buf_span(&here))) != SIZE_MAX) {
		buf_add(ret_text, span_sub(rest, 0, at));
		rest = span_sub(rest, at + here.n, SIZE_MAX);
	}
	buf_add(ret_text, rest);
	conf_problems_release(&problems);
}

/* NAME.conf in the folder, and in NAME.expect all that is to be said of it, no more and no less. */
static size_t compare_all(const char *folder, bool taken)
{
	DIR *dir = opendir(folder);
	size_t files = 0;
	struct dirent *d;

	assert_non_null(dir);
	while ((d = readdir(dir))) {
		struct buf said BUF_AUTO;
		struct arena a ARENA_AUTO;
		const char *complaint, *expect;
		struct span expected;
		size_t n = strlen(d->d_name);

		buf_init(&said, 64 << 10);
		arena_init(&a);
		if (n < 6 || strcmp(d->d_name + n - 5, ".conf") != 0)
			continue;
		expect = arena_printf(&a, "%s/%.*s.expect", folder, (int)n - 5, d->d_name);
		said_of(arena_printf(&a, "%s/%s", folder, d->d_name), taken, &said);
		assert_true(files_read(files_new(&a), expect, 64 << 10, &expected, &complaint));
		assert_string_equal(buf_cstr(&said), arena_cstr(&a, expected));
		files++;
	}
	closedir(dir);
	return files;
}

static void each_bad_file_is_told_with_its_lines(void **state)
{
	(void)state;
	assert_true(compare_all("tests/conf/bad", false) >= 50);
}

static void each_doubtful_file_is_taken_with_its_warnings(void **state)
{
	(void)state;
	assert_true(compare_all("tests/conf/doubtful", true) >= 6);
}

static void every_notation_is_read(void **state)
{
	struct conf *c = load_good(good);
	const struct conf_mailbox *m = conf_mailbox_find(c, "support");
	const struct conf_queue *q = conf_queue_find(c, "technical.eu");

	(void)state;
	assert_string_equal(c->company, "Example Networks");
	assert_int_equal(c->staff_trust, CONF_TRUST_TOKEN);
	assert_string_equal(c->authserv_ids.v[0], "mx.example.com");
	assert_int_equal(c->mailbox_count, 2);
	assert_int_equal(m->server.port, 1143);
	assert_int_equal(m->server.tls, CONF_TLS_NONE);
	assert_int_equal(m->server.auth, CONF_AUTH_XOAUTH2);
	assert_int_equal(m->server.command_timeout_s, 60);
	assert_false(m->idle);
	assert_int_equal(m->poll_s, 5);
	assert_string_equal(m->aliases.v[0], "help@example.com");
	assert_int_equal(c->smtp.retry_min_s, 5400);
	assert_int_equal(q->warn_count, 1);
	assert_true(q->warn_at[0] == 0.25);
	assert_int_equal(q->reminder_s, 0);
	assert_int_equal(q->next_response.unit, POLICY_BUSINESS_DAYS);
	assert_int_equal(q->resolution.unit, POLICY_NONE);
	assert_int_equal(q->escalation_count, 2);
	assert_int_equal(q->escalations[1].level, 2);
	assert_string_equal(q->escalations[1].address, "head@example.com");
	assert_int_equal(q->unknown_sender, CONF_UNKNOWN_REFER);
	assert_string_equal(q->referral, "Please call.\nThank you.");
	assert_true(q->declared_severity);
	assert_string_equal(q->phone, "+1 555 0100 # not a comment");
	assert_int_equal(c->limits.mail_bytes, 1 << 20);
	assert_int_equal(c->limits.token_days, 14);
	assert_int_equal(c->limits.raw_days, 30);
	conf_free(&c);
	assert_null(c);
}

static void what_is_not_given_has_its_default(void **state)
{
	struct conf *c = load_good(good);
	const struct conf_mailbox *m = conf_mailbox_find(c, "security");
	const struct conf_queue *q = conf_queue_find(c, "security");

	(void)state;
	assert_string_equal(m->folder, "INBOX");
	assert_int_equal(m->server.tls, CONF_TLS_IMPLICIT);
	assert_int_equal(m->server.port, 993);
	assert_int_equal(c->smtp.server.port, 587);
	assert_int_equal(c->smtp.final_timeout_s, 600);
	assert_true(m->idle);
	assert_null(m->quarantine);
	assert_string_equal(q->calendar, "always");
	assert_string_equal(q->days_calendar, "business");
	assert_string_equal(q->zone, "UTC");
	assert_string_equal(q->address, "security@example.com");
	assert_string_equal(q->from_name, "Example Networks");
	assert_string_equal(q->language, "en");
	assert_int_equal(q->warn_count, 2);
	assert_int_equal(c->limits.parse_children, 2);
	assert_string_equal(conf_queue_find(c, "billing")->zone, "Europe/Berlin");
	conf_free(&c);
}

static void file_names_stand_beside_the_file_that_has_them(void **state)
{
	struct conf *c = load_good(good);
	char *cwd = getcwd(NULL, 0);
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	assert_string_equal(c->token_key_file, arena_printf(&a, "%s/tests/conf/token.key", cwd));
	assert_string_equal(c->token_key_file_old, "/etc/gatewayd/old.key");
	assert_string_equal(c->store, arena_printf(&a, "%s/tests/conf/state/gatewayd.db", cwd));
	assert_string_equal(c->mailboxes[0].server.secret_file,
			    arena_printf(&a, "%s/tests/conf/good/support.token", cwd));
	assert_string_equal(c->path, arena_printf(&a, "%s/%s", cwd, good));
	free(cwd);
	conf_free(&c);
}

/* What was read for it is memory that others have by then. */
static void the_address_of_a_database_is_the_confs(void **state)
{
	enum { SOME = 200, BYTES = 60000 };
	struct conf *c = load_good("tests/conf/database.conf");
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < SOME; i++)
		memset(arena_alloc(&a, BYTES), 'x', BYTES);
	assert_string_equal(
	    c->store,
	    "postgresql://gatewayd@db.example.com/gatewayd?passfile=/etc/gatewayd/pgpass");
	conf_free(&c);
}

static void the_operators_rows_change_the_shipped_ones(void **state)
{
	struct conf *c = load_good(good);
	const struct policy *p = &c->policy;
	const struct policy_kind *k = policy_kind_find(p, "managed-security");

	(void)state;
	assert_false(k->severity1_phone_only);
	assert_int_equal(k->default_severity, 2);
	assert_int_equal(k->targets[1].amount, 4 * 3600);
	assert_int_equal(policy_kind_levels(policy_kind_find(p, "lab")), 2);
	assert_string_equal(policy_kind_find(p, "lab")->levels[1].meaning, "it smokes");
	assert_int_equal(policy_package_find(p, "premium")->targets[0].amount, 20 * 60);
	assert_int_equal(policy_package_find(p, "premium")->severity1_by, SEVERITY1_BY_PHONE);
	assert_int_equal(policy_package_find(p, "gold")->targets[1].unit, POLICY_NONE);
	assert_string_equal(policy_calendar_find(p, "business")->zone, "UTC");
	assert_int_equal(policy_calendar_find(p, "business")->holiday_count, 1);
	conf_free(&c);
}

static void the_operators_rules_come_first_and_rules_without_a_queue_go(void **state)
{
	struct conf *c = load_good(good);
	const struct policy *p = &c->policy;

	(void)state;
	/* "mine" and the changed "billing"; "outage", "account-team" and "break-fix" have no queue
	 * here, and "community" was taken out. */
	assert_int_equal(p->rule_count, 3);
	assert_string_equal(p->rules[0].name, "mine");
	assert_string_equal(p->rules[0].recipient.v[0], "+billing");
	assert_int_equal(p->rules[0].priority, 7);
	assert_string_equal(p->rules[1].name, "community-staging");
	assert_string_equal(p->rules[2].name, "billing");
	assert_string_equal(p->rules[2].account_flags.v[0], "self-service");
	assert_int_equal(p->rules[2].either.n, 1);
	assert_string_equal(p->rules[2].either.v[0], "invoice");
	assert_int_equal(p->rules[2].scores.n, 0);
	conf_free(&c);
}

static void freemail_domains_are_added_and_taken_out(void **state)
{
	struct conf *c = load_good(good);
	size_t gmail = 0;

	(void)state;
	assert_true(policy_is_freemail(&c->policy, SPAN("Mail.Example.NET")));
	assert_true(policy_is_freemail(&c->policy, SPAN("web.de")));
	assert_false(policy_is_freemail(&c->policy, SPAN("gmx.net")));
	assert_false(policy_is_freemail(&c->policy, SPAN("example.com")));
	for (size_t i = 0; i < c->policy.freemail.n; i++)
		gmail += strcmp(c->policy.freemail.v[i], "gmail.com") == 0;
	assert_int_equal(gmail, 1);
	conf_free(&c);
}

static void staff_are_found_by_name_and_address_in_any_case(void **state)
{
	struct conf *c = load_good(good);

	(void)state;
	assert_ptr_equal(conf_staff_find(c, "ALICE"), &c->staff[0]);
	assert_ptr_equal(conf_staff_by_address(c, SPAN("aLICE@eXAMPLE.com")), &c->staff[0]);
	assert_null(conf_staff_by_address(c, SPAN("alice@example.com ")));
	assert_null(conf_staff_find(c, "bob"));
	conf_free(&c);
}

/* What installing brings: the user and two folders. */
static bool of_this_machine(struct span line)
{
	return span_find(line, SPAN(" user: ")) != SIZE_MAX ||
	       span_find(line, SPAN(": warning: store: ")) != SIZE_MAX ||
	       span_find(line, SPAN(": warning: socket: ")) != SIZE_MAX;
}

static void the_example_lacks_nothing_but_its_secrets(void **state)
{
	struct conf *c = load_good(example);
	struct conf_problems problems;
	struct span rest, line;
	size_t secrets = 0;

	(void)state;
	assert_int_equal(c->queue_count, 7);
	assert_int_equal(c->policy.rule_count, 6);
	conf_free(&c);
	conf_problems_init(&problems);
	assert_null(conf_load(example, CONF_FULL, &problems));
	rest = buf_span(&problems.text);
	while (span_line(&rest, &line)) {
		bool secret = span_find(line, SPAN("_file: ")) != SIZE_MAX;

		secrets += secret;
		if (secret)
			assert_true(span_find(line, SPAN("cannot be read: No such file")) !=
				    SIZE_MAX);
		else if (!of_this_machine(line))
			fail_msg("%.*s", (int)line.n, line.p);
	}
	assert_int_equal(secrets, 5);
	conf_problems_release(&problems);
}

static void write_file(const char *path, struct span text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
}

static void bytes_that_are_no_text_are_refused(void **state)
{
	static const struct {
		struct span text;
		const char *words;
	} rows[] = {
		{ SPAN("company = \"a\0b\";\n"), ":1: a NUL byte" },
		{ SPAN("company = \"a\";\nstore = \"b\0\";\n"), ":2: a NUL byte" },
		{ SPAN("company = \"\xff\";\n"), ":1: this line is not UTF-8" },
		{ SPAN("# M\xc3\xbcnchen\n\ncompany = \"M\xfcnchen\";\n"),
		  ":3: this line is not UTF-8" },
		{ SPAN("\xef\xbb\xbf"
		       "company = \"a\";\n"),
		  ":1: begins with a byte order mark" },
		{ SPAN("\xff\xfe"
		       "c\0"),
		  ":1: is UTF-16" },
		{ SPAN("\xfe\xff"
		       "\0c"),
		  ":1: is UTF-16" },
		{ SPAN("\x7f"
		       "ELF\x02\x01\x01"),
		  ":1: <U+007F> cannot stand here" },
		{ SPAN(""), "hostname: is missing" },
	};
	char path[] = "/tmp/test_conf_XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf said BUF_AUTO;

		buf_init(&said, 64 << 10);
		write_file(path, rows[i].text);
		said_of(path, false, &said);
		if (span_find(buf_span(&said), span_of(rows[i].words)) == SIZE_MAX)
			fail_msg("no \"%s\" in %s", rows[i].words, buf_cstr(&said));
	}
	unlink(path);
}

/* Cut anywhere, a configuration is refused or read, and never more than that. */
static void a_file_cut_short_does_no_harm(void **state)
{
	char path[] = "/tmp/test_conf_XXXXXX";
	int fd = mkstemp(path);
	struct arena a ARENA_AUTO;
	const char *complaint;
	struct span text;
	size_t refused = 0;

	(void)state;
	arena_init(&a);
	assert_true(fd >= 0);
	close(fd);
	assert_true(files_read(files_new(&a), good, 1 << 20, &text, &complaint));
	for (size_t n = 0; n < text.n; n += 7) {
		struct conf_problems problems;
		struct conf *c;

		conf_problems_init(&problems);
		write_file(path, span_sub(text, 0, n));
		c = conf_load(path, CONF_POLICY_ONLY, &problems);
		assert_true(!c == (problems.count > 0));
		refused += !c;
		conf_free(&c);
		conf_problems_release(&problems);
	}
	assert_true(refused > 100);
	unlink(path);
}

static void the_socket_is_found_in_a_file_with_mistakes(void **state)
{
	static const struct {
		const char *path, *socket; /* NULL: not found */
	} rows[] = {
		{ "tests/conf/bad/socket_and_mistakes.conf", "/tests/conf/bad/own.sock" },
		{ "tests/conf/bad/unknown_key.conf", "/run/gatewayd/control.sock" },
		{ "tests/conf/bad/wrong_types.conf", "/run/gatewayd/control.sock" },
		{ "tests/conf/bad/syntax.conf", NULL },
		{ "/nonexistent", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf socket BUF_AUTO;

		buf_init(&socket, 4096);
		assert_int_equal(conf_socket_find(rows[i].path, &socket), rows[i].socket != NULL);
		assert_int_equal(socket.n > 0, rows[i].socket != NULL);
		if (rows[i].socket)
			assert_true(span_ends_ci(buf_span(&socket), span_of(rows[i].socket)));
	}
}

static void a_file_that_is_not_there_is_told(void **state)
{
	struct buf said BUF_AUTO;

	(void)state;
	buf_init(&said, 1024);
	said_of("/nonexistent/gatewayd.conf", false, &said);
	assert_string_equal(
	    buf_cstr(&said),
	    "/nonexistent/gatewayd.conf: cannot be read: No such file or directory\n");
	buf_clear(&said);
	said_of("/dev/zero", false, &said);
	assert_true(span_find(buf_span(&said), SPAN("is no regular file")) != SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bad_file_is_told_with_its_lines),
		cmocka_unit_test(each_doubtful_file_is_taken_with_its_warnings),
		cmocka_unit_test(every_notation_is_read),
		cmocka_unit_test(what_is_not_given_has_its_default),
		cmocka_unit_test(file_names_stand_beside_the_file_that_has_them),
		cmocka_unit_test(the_address_of_a_database_is_the_confs),
		cmocka_unit_test(the_operators_rows_change_the_shipped_ones),
		cmocka_unit_test(the_operators_rules_come_first_and_rules_without_a_queue_go),
		cmocka_unit_test(freemail_domains_are_added_and_taken_out),
		cmocka_unit_test(staff_are_found_by_name_and_address_in_any_case),
		cmocka_unit_test(the_example_lacks_nothing_but_its_secrets),
		cmocka_unit_test(bytes_that_are_no_text_are_refused),
		cmocka_unit_test(a_file_cut_short_does_no_harm),
		cmocka_unit_test(the_socket_is_found_in_a_file_with_mistakes),
		cmocka_unit_test(a_file_that_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
