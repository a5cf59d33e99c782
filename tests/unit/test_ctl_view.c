/* How gatewayctl shows rows: cells, cuts, styles, CSV, and what must not reach a terminal. */
#include "tests/unit/unit.h"

#include <sysexits.h>

#include "gatewayd/base/escape.h"
#include "gatewayd/ctl/ctl_cell.h"
#include "gatewayd/ctl/ctl_progress.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"

#define ROWS(v) (sizeof(v) / sizeof(*(v)))

static void shows_what_hides(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "plain  text", "plain  text" },
		{ "\x1b[2J", "<U+001B>[2J" },
		{ "a\nb\tc\r", "a<U+000A>b<U+0009>c<U+000D>" },
		{ "\x7f\xc2\x85\xc2\x9b\xc2\x9d", "<U+007F><U+0085><U+009B><U+009D>" },
		{ "so\xc2\xad"
		  "ft",
		  "so<U+00AD>ft" },
		{ "\xe2\x80\x8b\xe2\x80\x8d\xe2\x80\x8e", "<U+200B><U+200D><U+200E>" },
		{ "\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xae", "<U+2028><U+2029><U+202E>" },
		{ "\xe2\x81\xa0\xe2\x81\xa6\xe2\x81\xa9", "<U+2060><U+2066><U+2069>" },
		{ "\xd8\x9c\xef\xbb\xbf\xef\xbf\xb9", "<U+061C><U+FEFF><U+FFF9>" },
		{ "\xf3\xa0\x81\x81\xe3\x85\xa4", "<U+E0041><U+3164>" },
		{ "\xff\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xe2\x9d\xa4\xef\xb8\x8f e\xcc\x81 \xd7\xa9",
		  "\xe2\x9d\xa4\xef\xb8\x8f e\xcc\x81 \xd7\xa9" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out BUF_AUTO;

		buf_init(&out, 1000);
		escape_visible(span_of(rows[i].in), &out);
		assert_string_equal(buf_cstr(&out), rows[i].want);
	}
}

static void counts_cells(void **state)
{
	static const struct {
		const char *text;
		int cells, room;
		const char *cut;
	} rows[] = {
		{ "abc", 3, 2, "ab" },
		{ "\xe6\x97\xa5\xe6\x9c\xac", 4, 3, "\xe6\x97\xa5" }, /* two wide */
		{ "e\xcc\x81x", 2, 1, "e\xcc\x81" },		      /* combining acute */
		{ "\xf0\x9f\x98\x80!", 3, 2, "\xf0\x9f\x98\x80" },    /* emoji */
		{ "\xef\xbc\xa1\xef\xbd\xb1", 3, 2, "\xef\xbc\xa1" }, /* full, half width */
		{ "\xe0\xa4\x95\xe0\xa5\x87", 1, 0, "" },	      /* a vowel sign */
		{ "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2, 2,
		  "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab" },	  /* Hangul in parts */
		{ "\xd7\xa9\xd7\x81", 1, 1, "\xd7\xa9\xd7\x81" }, /* a point */
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct span text = span_of(rows[i].text);

		assert_int_equal(ctl_text_width(text), rows[i].cells);
		assert_true(span_is(ctl_text_cut(text, rows[i].room), rows[i].cut));
	}
}

static const struct ctl_column columns[] = {
	{ "n", "n", 4, CTL_RIGHT },
	{ "state", "state", 6, CTL_STATE },
	{ "text", "text", 0, CTL_TEXT },
};

static int show(struct ctl *c)
{
	static const char rows[] =
	    "[{\"n\": 7, \"state\": \"failed\", \"text\": \"one\\u001b[2J\"},"
	    " {\"n\": 12345678, \"state\": \"quarantined\","
	    " \"text\": \"=a long, \\\"long\\\" text\"}]";
	struct err e = { 0 };
	json_t *v = NULL;

	assert_int_equal(json_read(SPAN(rows), &v, &e), 0);
	return CTL_ROWS_OF(c, v, columns);
}

static void check_table(int width, const char *option, const char *want)
{
	const struct ctl_verb verb = { "show", "", "", CTL_ROWS, show, NULL };
	struct buf out BUF_AUTO, err BUF_AUTO;
	struct arena arena ARENA_AUTO;
	struct desk d = { .arena = &arena };
	const char *const words[] = { "show", option };
	struct ctl c = { .d = &d,
			 .argv = words,
			 .argc = option ? 2 : 1,
			 .columns = width,
			 .out = &out,
			 .err = &err };

	arena_init(&arena);
	buf_init(&out, 4096);
	buf_init(&err, 4096);
	assert_int_equal(ctl_run(&c, &verb), EX_OK);
	assert_string_equal(buf_cstr(&out), want);
}

static void shows_tables(void **state)
{
	(void)state;
	check_table(30, NULL,
		    "       n  state\n"
		    "    text\n"
		    "       7  failed\n"
		    "    one<U+001B>[2J\n"
		    "12345678  quarantined\n"
		    "    =a long, \"long\" text\n");
	check_table(39, NULL,
		    "       n  state        text\n"
		    "       7  failed       one<U+001B>[2J\n"
		    "12345678  quarantined  =a long, \"long\"~\n");
	check_table(41, NULL,
		    "       n  state        text\n"
		    "       7  failed       one<U+001B>[2J\n"
		    "12345678  quarantined  =a long, \"long\" t~\n");
	check_table(0, NULL,
		    "       n  state        text\n"
		    "       7  failed       one<U+001B>[2J\n"
		    "12345678  quarantined  =a long, \"long\" text\n");
	check_table(39, "--color",
		    "       \033[1mn\033[0m  \033[1mstate\033[0m        \033[1mtext\033[0m\n"
		    "       7  \033[31mfailed\033[0m       one<U+001B>[2J\n"
		    "12345678  \033[33mquarantined\033[0m  =a long, \"long\"~\n");
	check_table(30, "--csv",
		    "n,state,text\n"
		    "7,failed,one<U+001B>[2J\n"
		    "12345678,quarantined,\"'=a long, \"\"long\"\" text\"\n");
}

static int show_object(struct ctl *c)
{
	return ctl_done(c, json_pack("{s:s}", "text", "\xc2\x9b\xe2\x80\xae \xf3\xa0\x81\x81"));
}

static void escapes_in_json(void **state)
{
	const struct ctl_verb verb = { "show", "", "", 0, show_object, NULL };
	const char *const words[] = { "show", "--json" };
	struct buf out BUF_AUTO, err BUF_AUTO;
	struct arena arena ARENA_AUTO;
	struct desk d = { .arena = &arena };
	struct ctl c = { .d = &d, .argv = words, .argc = 2, .out = &out, .err = &err };

	(void)state;
	arena_init(&arena);
	buf_init(&out, 4096);
	buf_init(&err, 4096);
	assert_int_equal(ctl_run(&c, &verb), EX_OK);
	assert_non_null(strstr(buf_cstr(&out), "\"\\u009b\\u202e \\udb40\\udc41\""));
}

static void tells_the_time_that_is_left(void **state)
{
	static const struct {
		int64_t done, total, elapsed_ms;
		const char *want;
	} rows[] = {
		{ 0, 100, 5000, "0 of 100 mails" },
		{ 10, 100, 900, "10 of 100 mails" },
		{ 10, 100, 2000, "10 of 100 mails, 18 s left" },
		{ 100, 1000, 60000, "100 of 1000 mails, 9 min left" },
		{ 10, 1000, 60000, "10 of 1000 mails, 1 h 39 min left" },
		{ 100, 100, 60000, "100 of 100 mails" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out BUF_AUTO;

		buf_init(&out, 200);
		ctl_progress_text("mails", rows[i].done, rows[i].total, rows[i].elapsed_ms, &out);
		assert_string_equal(buf_cstr(&out), rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_what_hides),
		cmocka_unit_test(counts_cells),
		cmocka_unit_test(shows_tables),
		cmocka_unit_test(escapes_in_json),
		cmocka_unit_test(tells_the_time_that_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
