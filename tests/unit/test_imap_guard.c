#include "tests/unit/unit.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gatewayd/net/imap_guard.h"

/* Feeds in pieces of `step` bytes; what passed stands in out. */
static int feed(struct imap_guard *g, struct span in, size_t step, struct buf *out, struct err *e)
{
	for (size_t at = 0; at < in.n; at += step)
		if (imap_guard_feed(g, span_sub(in, at, step), out, e) < 0)
			return -1;
	return 0;
}

struct outcome {
	int result;
	bool exists, bye;
	size_t passed;
	struct err e;
};

/* A fresh guard with a body limit of 100 bytes. */
static struct outcome pass(struct span in, size_t step)
{
	struct imap_guard g;
	struct buf out BUF_AUTO;
	struct outcome o = { 0 };

	imap_guard_init(&g);
	imap_guard_command(&g, 1 << 20, 100);
	buf_init(&out, 1 << 20);
	o.result = feed(&g, in, step, &out, &o.e);
	o.exists = g.exists;
	o.bye = g.bye;
	o.passed = out.n;
	if (o.result == 0 && in.n == out.n)
		assert_memory_equal(in.p, out.p, in.n);
	imap_guard_release(&g);
	return o;
}

static void good_answers_pass_unchanged_at_any_cut(void **state)
{
	static const struct span rows[] = {
		SPAN_LITERAL("* OK [CAPABILITY IMAP4rev1] ready\r\n"),
		SPAN_LITERAL("* SEARCH 1 2 3\r\n1 OK done\r\n"),
		SPAN_LITERAL("* 1 FETCH (UID 7 BODY[] {5}\r\na\0b\r\n)\r\n2 OK\r\n"),
		SPAN_LITERAL("* 1 FETCH (UID 7 BODY[]<0> {5}\r\nhello)\r\n2 OK\r\n"),
		SPAN_LITERAL("* 1 FETCH (BODY[] {6}\r\n* BYE\n UID 7)\r\n2 OK\r\n"),
		SPAN_LITERAL("* OK the end looks like {99}\r\n* 1 EXISTS\r\n"),
		SPAN_LITERAL("3 NO [X] {99}\r\n+ idling\r\n"),
		SPAN_LITERAL("* LIST () \"/\" {3}\r\na)b\r\n3 OK\r\n"),
		SPAN_LITERAL("* 1 FETCH (BODY[] {13}\r\n* 3 EXPUNGE\r\n)\r\n2 OK EXPUNGE\r\n"),
		SPAN_LITERAL("* OK 3 EXPUNGE\r\n* LIST () \"/\" {2}\r\n* 3 EXPUNGE\r\n"),
		SPAN_LITERAL("* OK [PERMANENTFLAGS ()] none\r\n"),
		SPAN_LITERAL("* OK [PERMANENTFLAGS (\\Seen \\*)] some\r\n"),
		SPAN_LITERAL("* OK [PERMANENTFLAGS (\\*)] any\r\n"),
		SPAN_LITERAL("* OK [PERMANENTFLAGS ( $Forwarded )] one\r\n"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t step = 1; step <= rows[i].n; step++) {
			struct outcome o = pass(rows[i], step);

			if (o.result < 0 || o.passed != rows[i].n)
				fail_msg("row %zu step %zu: %s", i, step, o.e.text);
		}
}

static void what_libetpan_does_not_survive_is_refused(void **state)
{
	static const struct {
		const char *why;
		struct span in;
	} rows[] = {
		{ "closes", SPAN_LITERAL("* BYE going down\r\n") },
		{ "closes", SPAN_LITERAL("* bye\r\n") },
		{ "closes", SPAN_LITERAL("*  BYE\r\n") },
		{ "closes", SPAN_LITERAL("*\tBYE\r\n") },
		{ "closes", SPAN_LITERAL("*BYE\r\n") },
		{ "literal is too large", SPAN_LITERAL("* 1 FETCH (BODY[] {101}\r\n") },
		{ "literal is too large", SPAN_LITERAL("* LIST () \"/\" {8193}\r\n") },
		{ "literal is too large", SPAN_LITERAL("* 1 FETCH (BODY[1] {8193}\r\n") },
		{ "NUL", SPAN_LITERAL("* OK a\0b\r\n") },
		{ "not asked for", SPAN_LITERAL("* 1 FETCH (BODYSTRUCTURE (\"a\"))\r\n") },
		{ "not asked for", SPAN_LITERAL("* 1 fetch (envelope NIL)\r\n") },
		{ "not asked for", SPAN_LITERAL("*  1  FETCH (ENVELOPE NIL)\r\n") },
		{ "flags", SPAN_LITERAL("* OK [PERMANENTFLAGS (\r\n") },
		{ "flags", SPAN_LITERAL("* OK [PERMANENTFLAGS ((\r\n") },
		{ "flags", SPAN_LITERAL("* OK [PERMANENTFLAGS (\\)] ok\r\n") },
		{ "flags", SPAN_LITERAL("*  NO [permanentflags  ( \r\n") },
		{ "flags", SPAN_LITERAL("4 OK [PERMANENTFLAGS (*)] ok\r\n") },
		{ "flags", SPAN_LITERAL("+ [PERMANENTFLAGS (\r\n") },
		{ "too deep", SPAN_LITERAL("* 1 FETCH (((((((((((((((((\r\n") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t step = 1; step <= rows[i].in.n; step += 3) {
			struct outcome o = pass(rows[i].in, step);

			assert_int_equal(o.result, -1);
			assert_int_equal(o.e.class, ERR_TEMP);
			assert_int_equal(o.passed, 0);
			if (!strstr(o.e.text, rows[i].why))
				fail_msg("row %zu: %s", i, o.e.text);
		}
}

static void a_body_at_its_limit_passes(void **state)
{
	struct buf in BUF_AUTO;

	(void)state;
	for (int n = 99; n <= 101; n++) {
		buf_init(&in, 1000);
		buf_addf(&in, "* 1 FETCH (UID 1 BODY[] {%d}\r\n", n);
		for (int k = 0; k < n; k++)
			buf_addc(&in, 'x');
		buf_adds(&in, ")\r\n");
		assert_int_equal(pass(buf_span(&in), 10).result, n <= 100 ? 0 : -1);
		buf_release(&in);
	}
	buf_init(&in, 1);
}

static int line_of(const char *start, size_t n)
{
	struct imap_guard g;
	struct buf in BUF_AUTO, out BUF_AUTO;
	struct err e;
	int r;

	buf_init(&in, n + 2);
	buf_init(&out, n + 2);
	buf_adds(&in, start);
	while (in.n < n - 2)
		buf_addc(&in, '1');
	buf_adds(&in, "\r\n");
	imap_guard_init(&g);
	imap_guard_command(&g, 32 << 20, 0);
	r = feed(&g, buf_span(&in), 16384, &out, &e);
	imap_guard_release(&g);
	return r;
}

static void lines_are_limited(void **state)
{
	(void)state;
	assert_int_equal(line_of("* OK ", IMAP_LINE_MAX - 1), 0);
	assert_int_equal(line_of("* OK ", IMAP_LINE_MAX), 0);
	assert_int_equal(line_of("* OK ", IMAP_LINE_MAX + 1), -1);
	assert_int_equal(line_of("* SEARCH ", IMAP_LINE_MAX + 1), 0);
	assert_int_equal(line_of("* SEARCH ", IMAP_SEARCH_LINE_MAX), 0);
	assert_int_equal(line_of("* SEARCH ", IMAP_SEARCH_LINE_MAX + 1), -1);
}

static void an_answer_is_limited_in_all(void **state)
{
	struct imap_guard g;
	struct buf out BUF_AUTO;
	struct err e;

	(void)state;
	buf_init(&out, 1000);
	imap_guard_init(&g);
	imap_guard_command(&g, 12, 0);
	assert_int_equal(feed(&g, SPAN("* OK\r\n* OK\r\n"), 12, &out, &e), 0);
	assert_int_equal(feed(&g, SPAN("*"), 1, &out, &e), -1);
	assert_int_equal(feed(&g, SPAN(" OK\r\n"), 5, &out, &e), -1);
	imap_guard_release(&g);
}

/* Of so many UIDs in lines of a thousand, in one command. */
static int search(size_t n, bool is_new_command)
{
	struct imap_guard g;
	struct err e;
	int r = 0;

	imap_guard_init(&g);
	for (size_t done = 0, piece; r == 0 && done < n; done += piece) {
		struct buf line BUF_AUTO, out BUF_AUTO;

		piece = n - done < 1000 ? n - done : 1000;
		buf_init(&line, KIB * 4);
		buf_init(&out, KIB * 4);
		buf_adds(&line, done % 2000 ? "*  search" : "* SEARCH"); /* libetpan takes either */
		for (size_t k = 0; k < piece; k++)
			buf_adds(&line, " 7");
		buf_adds(&line, "\r\n");
		if (is_new_command)
			imap_guard_command(&g, IMAP_SEARCH_LINE_MAX, 0);
		r = imap_guard_feed(&g, buf_span(&line), &out, &e);
	}
	if (r < 0)
		assert_non_null(strstr(e.text, "too many UIDs"));
	imap_guard_release(&g);
	return r;
}

static void uids_are_limited_in_all_of_an_answer(void **state)
{
	(void)state;
	assert_int_equal(search(IMAP_SEARCH_UIDS_MAX - 1, false), 0);
	assert_int_equal(search(IMAP_SEARCH_UIDS_MAX, false), 0);
	assert_int_equal(search(IMAP_SEARCH_UIDS_MAX + 1, false), -1);
	assert_int_equal(search(IMAP_SEARCH_UIDS_MAX + 1, true), 0);
}

static void news_is_remembered(void **state)
{
	(void)state;
	assert_true(pass(SPAN("* 3 EXISTS\r\n+ idling\r\n"), 5).exists);
	assert_true(pass(SPAN("* 3 recent\r\n"), 100).exists);
	assert_true(pass(SPAN("* OK {99}\r\n* 3 EXISTS\r\n"), 7).exists);
	assert_true(pass(SPAN("7 OK {99}\r\n* 3 EXISTS\r\n"), 7).exists);
	assert_false(pass(SPAN("* 3 EXPUNGE\r\n* OK EXISTS\r\n"), 5).exists);
	assert_false(pass(SPAN("* 1 FETCH (BODY[] {14}\r\n* 9 EXISTS\r\n\r\n)\r\n"), 5).exists);
}

static void hush_drops_untagged_lines_until_the_continuation(void **state)
{
	static const struct {
		struct span in;
		const char *out;
	} rows[] = {
		{ SPAN_LITERAL("* 3 EXISTS\r\n* OK x\r\n+ idling\r\n* 4 EXISTS\r\n"),
		  "+ idling\r\n* 4 EXISTS\r\n" },
		{ SPAN_LITERAL("* LIST () \"/\" {3}\r\na\r\n\r\n+ idling\r\n"), "+ idling\r\n" },
		{ SPAN_LITERAL("* 3 EXISTS\r\n7 NO not now\r\n* OK x\r\n"),
		  "7 NO not now\r\n* OK x\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t step = 1; step <= rows[i].in.n; step++) {
			struct imap_guard g;
			struct buf out BUF_AUTO;
			struct err e;

			buf_init(&out, 1000);
			imap_guard_init(&g);
			g.hush = true;
			assert_int_equal(feed(&g, rows[i].in, step, &out, &e), 0);
			assert_string_equal(buf_cstr(&out), rows[i].out);
			assert_int_equal(g.exists, i != 1);
			imap_guard_release(&g);
		}
}

/* What passes of `in` in the turn of 7, then in those of 8 and 9; they were sent ahead. */
static void three_turns(struct span in, size_t step, struct buf *seven, struct buf *later)
{
	struct imap_guard g;
	struct err e;

	imap_guard_init(&g);
	imap_guard_command(&g, 100, 0);
	imap_guard_ahead(&g, 100, 10);
	imap_guard_ahead(&g, 100, 5);
	g.last_tag = 9;
	imap_guard_turn(&g, 7, seven);
	assert_int_equal(feed(&g, in, step, seven, &e), 0);
	imap_guard_turn(&g, 8, later);
	imap_guard_turn(&g, 9, later);
	imap_guard_release(&g);
}

static void the_end_of_a_later_command_waits_for_its_turn(void **state)
{
	static const struct {
		struct span in;
		const char *seven, *later;
	} rows[] = {
		{ SPAN_LITERAL("* 1 FETCH ()\r\n7 OK\r\n"), "* 1 FETCH ()\r\n7 OK\r\n", "" },
		{ SPAN_LITERAL("8 OK\r\n7 OK\r\n"), "7 OK\r\n", "8 OK\r\n" },
		{ SPAN_LITERAL("9 NO {3}\r\n8 OK\r\n* 1 EXISTS\r\n7 OK\r\n"),
		  "* 1 EXISTS\r\n7 OK\r\n", "8 OK\r\n9 NO {3}\r\n" },
		{ SPAN_LITERAL("* 1 FETCH (BODY[] {10}\r\n8 OK\r\n9 OK\r\n7 OK\r\n"),
		  "* 1 FETCH (BODY[] {10}\r\n8 OK\r\n9 OK\r\n7 OK\r\n", "" },
		/* none of those that were sent */
		{ SPAN_LITERAL("10 OK\r\n6 OK\r\nx8 OK\r\n"), "10 OK\r\n6 OK\r\nx8 OK\r\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t step = 1; step <= rows[i].in.n; step++) {
			struct buf seven BUF_AUTO, later BUF_AUTO;

			buf_init(&seven, 1000);
			buf_init(&later, 1000);
			three_turns(rows[i].in, step, &seven, &later);
			assert_string_equal(buf_cstr(&seven), rows[i].seven);
			assert_string_equal(buf_cstr(&later), rows[i].later);
		}
}

/* Of a server that keeps the order all passes as it comes. */
static void what_follows_an_end_is_of_the_next_command(void **state)
{
	static const struct {
		struct span in;
		const char *out;
	} rows[] = {
		{ SPAN_LITERAL("7 OK\r\n8 NO\r\n* 1 EXISTS\r\n9 OK\r\n"),
		  "7 OK\r\n8 NO\r\n* 1 EXISTS\r\n9 OK\r\n" },
		{ SPAN_LITERAL("7 OK\r\n* LIST {4}\r\n9 OK)\r\n8 OK\r\n* SEARCH 1\r\n9 OK\r\n"),
		  "7 OK\r\n* LIST {4}\r\n9 OK)\r\n8 OK\r\n* SEARCH 1\r\n9 OK\r\n" },
		{ SPAN_LITERAL("8 OK\r\n7 OK\r\n* SEARCH 1\r\n9 OK\r\n"),
		  "7 OK\r\n8 OK\r\n* SEARCH 1\r\n9 OK\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t step = 1; step <= rows[i].in.n; step++) {
			struct buf out BUF_AUTO;

			buf_init(&out, 1000);
			three_turns(rows[i].in, step, &out, &out);
			assert_string_equal(buf_cstr(&out), rows[i].out);
		}
}

/* A SELECT (8) was sent ahead of a SEARCH (9): what came since that is news. */
static void what_a_select_sent_ahead_says_is_no_news(void **state)
{
	static const struct {
		struct span in;
		bool exists;
	} rows[] = {
		{ SPAN_LITERAL("7 OK\r\n* 5 EXISTS\r\n8 OK\r\n* SEARCH 1\r\n9 OK\r\n"), false },
		{ SPAN_LITERAL("* 5 EXISTS\r\n8 OK\r\n* SEARCH 1\r\n* 6 EXISTS\r\n9 OK\r\n"),
		  true },
		{ SPAN_LITERAL("* 5 EXISTS\r\n7 OK\r\n"), true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t step = 1; step <= rows[i].in.n; step++) {
			struct buf out BUF_AUTO;
			struct imap_guard g;
			struct err e;

			buf_init(&out, 1000);
			imap_guard_init(&g);
			g.last_tag = 9;
			g.news_tag = 8;
			imap_guard_turn(&g, 7, &out);
			assert_int_equal(feed(&g, rows[i].in, step, &out, &e), 0);
			assert_int_equal(g.exists, rows[i].exists);
			imap_guard_release(&g);
		}
}

static void what_was_moved_away_is_not_passed_on(void **state)
{
	static const struct span in =
	    SPAN_LITERAL("* 4 EXPUNGE\r\n* 3 EXISTS\r\n*  17  expunge\r\n5 OK done\r\n");

	(void)state;
	for (size_t step = 1; step <= in.n; step++) {
		struct buf out BUF_AUTO;
		struct imap_guard g;
		struct err e;

		buf_init(&out, 1000);
		imap_guard_init(&g);
		assert_int_equal(feed(&g, in, step, &out, &e), 0);
		assert_string_equal(buf_cstr(&out), "* 3 EXISTS\r\n5 OK done\r\n");
		imap_guard_release(&g);
	}
}

/* However long it is, and whatever comes in it. */
static void a_search_that_nobody_reads_is_not_held(void **state)
{
	struct buf in BUF_AUTO, out BUF_AUTO;
	struct imap_guard g;
	struct err e;

	(void)state;
	buf_init(&in, 2 * IMAP_SEARCH_LINE_MAX);
	buf_init(&out, 1000);
	buf_adds(&in, "* 3 EXISTS\r\n* SEARCH");
	while (in.n < IMAP_SEARCH_LINE_MAX + MIB)
		buf_adds(&in, " 4711");
	buf_adds(&in, "\r\n* OK {5}\r\n9 OK\r\n");
	imap_guard_init(&g);
	imap_guard_command(&g, 2 * IMAP_SEARCH_LINE_MAX, 0);
	g.no_search = true;
	assert_int_equal(feed(&g, buf_span(&in), 1000, &out, &e), 0);
	assert_string_equal(buf_cstr(&out), "* 3 EXISTS\r\n* OK {5}\r\n9 OK\r\n");
	assert_true(g.line.cap < 10000);
	imap_guard_release(&g);
}

/* Its turn comes in the middle of a response: it was given at the beginning of that. */
enum { FLOOD_BYTES = 8 * MIB, FLOOD_CPU_S = 10 };

/* As many ends as are held of commands that come later, then lines, each of which may be the end of
 * the one before them. */
static void flood(void)
{
	struct imap_guard g;
	struct buf out BUF_AUTO, lines BUF_AUTO;
	struct err e;

	buf_init(&out, FLOOD_BYTES + MIB);
	buf_init(&lines, MIB);
	imap_guard_init(&g);
	imap_guard_command(&g, 2 * FLOOD_BYTES, 0);
	g.tag = 1;
	g.last_tag = 1000000;
	for (unsigned int tag = 2; lines.n < IMAP_HELD_MAX - 100; tag++)
		buf_addf(&lines, "%u OK\r\n", tag);
	assert_int_equal(imap_guard_feed(&g, buf_span(&lines), &out, &e), 0);
	buf_clear(&lines);
	while (lines.n < MIB - 100)
		buf_adds(&lines, "* 1 EXISTS\r\n");
	for (int i = 0; i < FLOOD_BYTES / MIB; i++)
		assert_int_equal(imap_guard_feed(&g, buf_span(&lines), &out, &e), 0);
	imap_guard_release(&g);
}

/* No measure of speed: it takes a hundredth of that, and took two minutes when each line looked for
 * its end among all that were held. */
static void many_lines_behind_ends_that_came_early_are_cheap(void **state)
{
	const struct rlimit cpu = { FLOOD_CPU_S, FLOOD_CPU_S };
	int status;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		setrlimit(RLIMIT_CPU, &cpu);
		flood();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void what_waits_is_not_put_into_a_response(void **state)
{
	struct imap_guard g;
	struct buf out BUF_AUTO;
	struct err e;

	(void)state;
	buf_init(&out, 1000);
	imap_guard_init(&g);
	imap_guard_ahead(&g, 100, 10);
	g.last_tag = 8;
	imap_guard_turn(&g, 7, &out);
	assert_int_equal(
	    feed(&g, SPAN("8 OK\r\n7 OK\r\n* 1 FETCH (BODY[] {4}\r\nab"), 50, &out, &e), 0);
	imap_guard_turn(&g, 8, &out);
	assert_int_equal(feed(&g, SPAN("cd UID 3)\r\n* 2"), 50, &out, &e), 0);
	assert_string_equal(buf_cstr(&out),
			    "7 OK\r\n8 OK\r\n* 1 FETCH (BODY[] {4}\r\nabcd UID 3)\r\n");
	imap_guard_release(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_answers_pass_unchanged_at_any_cut),
		cmocka_unit_test(what_libetpan_does_not_survive_is_refused),
		cmocka_unit_test(a_body_at_its_limit_passes),
		cmocka_unit_test(lines_are_limited),
		cmocka_unit_test(an_answer_is_limited_in_all),
		cmocka_unit_test(uids_are_limited_in_all_of_an_answer),
		cmocka_unit_test(news_is_remembered),
		cmocka_unit_test(hush_drops_untagged_lines_until_the_continuation),
		cmocka_unit_test(the_end_of_a_later_command_waits_for_its_turn),
		cmocka_unit_test(what_follows_an_end_is_of_the_next_command),
		cmocka_unit_test(what_a_select_sent_ahead_says_is_no_news),
		cmocka_unit_test(what_was_moved_away_is_not_passed_on),
		cmocka_unit_test(a_search_that_nobody_reads_is_not_held),
		cmocka_unit_test(what_waits_is_not_put_into_a_response),
		cmocka_unit_test(many_lines_behind_ends_that_came_early_are_cheap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
