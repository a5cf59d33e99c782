#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf/files.h"
#include "conf/ics.h"

#define EVENT(body) "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" body "END:VEVENT\r\nEND:VCALENDAR\r\n"

struct holidays {
	struct conf conf;
	struct conf_problems problems;
	struct loader l;
	struct policy_holiday *v;
	size_t n;
	const char *complaint;
};

static void read_file(struct holidays *h, const char *path)
{
	*h = (struct holidays){ .n = 0 };
	conf_problems_init(&h->problems);
	arena_init(&h->conf.arena);
	h->conf.files = files_new(&h->conf.arena);
	loader_init(&h->l, &h->conf, CONF_POLICY_ONLY, &h->problems);
	h->complaint = ics_read(&h->l, path, &h->v, &h->n);
}

static void read_text(struct holidays *h, struct span text)
{
	char path[] = "/tmp/test_ics_XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.p, text.n), text.n);
	close(fd);
	read_file(h, path);
	unlink(path);
}

static void release(struct holidays *h)
{
	loader_release(&h->l);
	arena_release(&h->conf.arena);
	conf_problems_release(&h->problems);
}

static void check(const struct policy_holiday *h, const struct policy_holiday *want)
{
	assert_int_equal(h->rule, want->rule);
	assert_int_equal(h->year, want->year);
	assert_int_equal(h->month, want->month);
	assert_int_equal(h->day, want->day);
	assert_int_equal(h->weekday, want->weekday);
	assert_int_equal(h->nth, want->nth);
	assert_string_equal(h->name, want->name);
}

static void events_become_dates_and_rules(void **state)
{
	static const struct policy_holiday want[] = {
		{ HOLIDAY_DATE, 2026, 12, 24, 0, 0, "Christmas, all three days" },
		{ HOLIDAY_DATE, 2026, 12, 25, 0, 0, "Christmas, all three days" },
		{ HOLIDAY_DATE, 2026, 12, 26, 0, 0, "Christmas, all three days" },
		{ HOLIDAY_YEARLY, 0, 1, 1, 0, 0, "New Year" },
		{ HOLIDAY_NTH_WEEKDAY, 0, 11, 0, 4, 4, "Thanksgiving" },
		{ HOLIDAY_DATE, 2026, 5, 25, 0, 0, "Memorial Day" },
		{ HOLIDAY_DATE, 2027, 5, 31, 0, 0, "Memorial Day" },
		{ HOLIDAY_DATE, 2024, 2, 29, 0, 0, "Leap day" },
		{ HOLIDAY_DATE, 2028, 2, 29, 0, 0, "Leap day" },
	};
	struct holidays h;

	(void)state;
	read_file(&h, "tests/conf/ics/good.ics");
	assert_null(h.complaint);
	assert_int_equal(h.problems.count, 0);
	assert_int_equal(h.n, sizeof(want) / sizeof(*want));
	for (size_t i = 0; i < h.n; i++)
		check(&h.v[i], &want[i]);
	release(&h);
}

static void line_ends_case_and_a_mark_of_byte_order_do_not_matter(void **state)
{
	struct holidays h;

	(void)state;
	read_text(&h, SPAN("\xef\xbb\xbf"
			   "begin:vcalendar\nbegin:vevent\ndtstart;value=date:2026\n 1225\n"
			   "summary:X\nend:vevent\nend:vcalendar"));
	assert_int_equal(h.problems.count, 0);
	assert_int_equal(h.n, 1);
	assert_int_equal(h.v[0].day, 25);
	release(&h);
}

static void what_would_close_the_wrong_days_is_refused_with_its_line(void **state)
{
	static const struct {
		struct span text;
		const char *said;
	} rows[] = {
		{ SPAN("just words\n"), ":1: does not begin with BEGIN:VCALENDAR" },
		{ SPAN("BEGIN:VCALENDAR\r\n"), ":1: ends in the middle" },
		{ SPAN("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261225\r\n"),
		  ":3: ends in the middle" },
		{ SPAN("BEGIN:VCALENDAR\r\nno property\r\nEND:VCALENDAR\r\n"),
		  ":2: is no property" },
		{ SPAN("BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
		  ":2: an event ends that did not begin" },
		{ SPAN(EVENT("SUMMARY:X\r\n")), ":2: this event has no DTSTART" },
		{ SPAN(EVENT("DTSTART:20261301\r\n")), ":3: is no date" },
		{ SPAN(EVENT("DTSTART:20260229\r\n")), ":3: is no date" },
		{ SPAN(EVENT("DTSTART:2026-12-25\r\n")), ":3: is no date" },
		{ SPAN(EVENT("DTSTART:20261225T000000\r\n")), ":3: has a time of day" },
		{ SPAN(EVENT("DTSTART:20261225\r\nDTSTART:20261226\r\n")),
		  ":4: this event has the" },
		{ SPAN(EVENT("DTSTART:20261225\r\nDTEND:20261225\r\n")),
		  ":2: this event ends before" },
		{ SPAN(EVENT("DTSTART:20261225\r\nDTEND:20270126\r\n")),
		  ":2: this event is longer" },
		{ SPAN(EVENT("DTSTART:20261225\r\nEXDATE:20261225\r\n")), ":4: EXDATE" },
		{ SPAN(EVENT("DTSTART:20261225\r\nRRULE:FREQ=MONTHLY\r\n")), ":4: is no rule" },
		{ SPAN(EVENT("DTSTART:20261225\r\nRRULE:FREQ=YEARLY;INTERVAL=2\r\n")),
		  ":4: is no rule" },
		{ SPAN(EVENT("DTSTART:20261225\r\nRRULE:FREQ=YEARLY;BYDAY=MO\r\n")),
		  ":4: is no rule" },
		{ SPAN(EVENT("DTSTART:20261225\r\nRRULE:FREQ=YEARLY;BYDAY=1MO,2MO\r\n")),
		  ":4: is no rule" },
		{ SPAN(EVENT("DTSTART:20261126\r\nRRULE:FREQ=YEARLY;BYDAY=4TH\r\n")),
		  ":4: is no rule" },
		{ SPAN(EVENT("DTSTART:20261201\r\nRRULE:FREQ=YEARLY;BYMONTHDAY=1\r\n")),
		  ":4: is no rule" },
		{ SPAN(EVENT("DTSTART:20261225\r\nRRULE:FREQ=YEARLY;BYMONTH=13\r\n")),
		  ":4: is no rule" },
		{ SPAN(EVENT("DTSTART:20261225\r\nRRULE:FREQ=YEARLY;BYEASTER=1\r\n")),
		  ":4: is no rule" },
		{ SPAN(EVENT("DTSTART:20261225\r\nRRULE:BYMONTH=1\r\n")), ":4: is no rule" },
		{ SPAN(EVENT("DTSTART:20261225\r\nDTEND:20261227\r\n"
			     "RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=4TH\r\n")),
		  ":2: a rule with BYMONTH" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct holidays h;

		read_text(&h, rows[i].text);
		assert_null(h.complaint);
		if (h.problems.count != 1 ||
		    span_find(buf_span(&h.problems.text), span_of(rows[i].said)) == SIZE_MAX)
			fail_msg("row %zu: %s", i, buf_cstr(&h.problems.text));
		release(&h);
	}
}

static void files_that_are_no_text_are_refused_as_a_whole(void **state)
{
	struct holidays h;

	(void)state;
	read_text(&h, SPAN("\x89PNG\r\n\x1a\n"));
	assert_string_equal(h.complaint, "is not UTF-8; this is no .ics file");
	release(&h);
	read_file(&h, "/nonexistent.ics");
	assert_string_equal(h.complaint, "cannot be read: No such file or directory");
	release(&h);
}

/* The fifth Monday that a year lacks is no holiday in it; an endless rule is kept as a rule. */
static void rules_that_end_are_written_out(void **state)
{
	static const int days[][3] = { { 2026, 3, 30 }, { 2027, 3, 29 }, { 2031, 3, 31 } };
	struct holidays h;

	(void)state;
	read_text(&h, SPAN(EVENT("DTSTART:20260330\r\nSUMMARY:Fifth\r\n"
				 "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=5MO;COUNT=3\r\n")));
	assert_int_equal(h.problems.count, 0);
	assert_int_equal(h.n, 3);
	for (size_t i = 0; i < h.n; i++) {
		assert_int_equal(h.v[i].year, days[i][0]);
		assert_int_equal(h.v[i].month, days[i][1]);
		assert_int_equal(h.v[i].day, days[i][2]);
	}
	release(&h);
}

static void a_year_without_the_day_has_none_before_1970_either(void **state)
{
	struct holidays h;

	(void)state;
	read_text(&h, SPAN(EVENT("DTSTART:19640229\r\nSUMMARY:Leap day\r\n"
				 "RRULE:FREQ=YEARLY;COUNT=3\r\n")));
	assert_int_equal(h.problems.count, 0);
	assert_int_equal(h.n, 3);
	for (size_t i = 0; i < h.n; i++)
		check(&h.v[i], &(struct policy_holiday){ HOLIDAY_DATE, 1964 + 4 * (int)i, 2, 29, 0,
							 0, "Leap day" });
	release(&h);
}

static void what_an_alarm_says_is_not_said_of_its_event(void **state)
{
	struct holidays h;

	(void)state;
	read_text(&h, SPAN(EVENT("DTSTART:20261225\r\nSUMMARY:Christmas\r\n"
				 "BEGIN:VALARM\r\nSUMMARY:Alarm\r\nREPEAT:2\r\n"
				 "DURATION:PT15M\r\nEND:VALARM\r\n")));
	assert_int_equal(h.problems.count, 0);
	assert_int_equal(h.n, 1);
	assert_string_equal(h.v[0].name, "Christmas");
	release(&h);
}

/* Cut anywhere: refused or read, never more. */
static void a_file_cut_short_does_no_harm(void **state)
{
	struct arena a ARENA_AUTO;
	const char *complaint;
	struct span text;

	(void)state;
	arena_init(&a);
	assert_true(
	    files_read(files_new(&a), "tests/conf/ics/good.ics", 1 << 20, &text, &complaint));
	for (size_t n = 0; n < text.n - strlen("END:VCALENDAR\r\n"); n++) {
		struct holidays h;

		read_text(&h, span_sub(text, 0, n));
		assert_int_equal(h.problems.count, 1);
		release(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_become_dates_and_rules),
		cmocka_unit_test(line_ends_case_and_a_mark_of_byte_order_do_not_matter),
		cmocka_unit_test(what_would_close_the_wrong_days_is_refused_with_its_line),
		cmocka_unit_test(files_that_are_no_text_are_refused_as_a_whole),
		cmocka_unit_test(rules_that_end_are_written_out),
		cmocka_unit_test(a_year_without_the_day_has_none_before_1970_either),
		cmocka_unit_test(what_an_alarm_says_is_not_said_of_its_event),
		cmocka_unit_test(a_file_cut_short_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
