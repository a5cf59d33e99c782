/* Times as people write them (gatewayd/case/when.h). */
#include <stdio.h>

#include "conf/words.h"
#include "gatewayd/case/when.h"
#include "tests/unit/unit.h"

static const struct {
	const char *text,
	    *want; /* with a time only when it has one; "+": a length; "": it is not read */
} rows[] = {
	/* On Wednesday, 2 December 2026, 10:30 in Berlin. */
	{ "3 days", "+2026-12-05" },
	{ "in 3 days", "+2026-12-05" },
	{ "in three days", "" },
	{ "1 day", "+2026-12-03" },
	{ "a week", "+2026-12-09" },
	{ "2 weeks.", "+2026-12-16" },
	{ "3d", "+2026-12-05" },
	{ "3 Tage", "+2026-12-05" },
	{ "in 3 Tagen", "+2026-12-05" },
	{ "eine Woche", "+2026-12-09" },
	{ "2 hours", "+2026-12-02 12:30" },
	{ "2h", "+2026-12-02 12:30" },
	{ "2 Stunden", "+2026-12-02 12:30" },
	{ "90 minutes", "+2026-12-02 12:00" },
	{ "3 days at 9:00", "+2026-12-05 09:00" },
	{ "tomorrow", "2026-12-03" },
	{ "Tomorrow 14:00", "2026-12-03 14:00" },
	{ "morgen um 9", "2026-12-03 09:00" },
	{ "\xc3\xbc"
	  "bermorgen",
	  "2026-12-04" },
	{ "today", "2026-12-02" },
	{ "today 15:00", "2026-12-02 15:00" },
	{ "today 9:00", "" }, /* that was */
	{ "14:00", "2026-12-02 14:00" },
	{ "9:00", "2026-12-03 09:00" },
	{ "at 9", "2026-12-03 09:00" },
	{ "Friday", "2026-12-04" },
	{ "until Friday", "2026-12-04" },
	{ "fri", "2026-12-04" },
	{ "Friday:", "2026-12-04" },
	{ "bis Freitag", "2026-12-04" },
	{ "next Wednesday", "2026-12-09" },
	{ "Fr", "2026-12-04" },
	{ "5 December", "2026-12-05" },
	{ "December 5", "2026-12-05" },
	{ "Dec 5th, 2026", "2026-12-05" },
	{ "Saturday, 5 December", "2026-12-05" },
	{ "5. Dezember", "2026-12-05" },
	{ "3. M\xc3\xa4rz", "2027-03-03" },
	{ "3. Maerz", "2027-03-03" },
	{ "1 December", "2027-12-01" },
	{ "5.12.", "2026-12-05" },
	{ "5.12.2026", "2026-12-05" },
	{ "5.12.26", "2026-12-05" },
	{ "bis zum 5.12.", "2026-12-05" },
	{ "2026-12-05", "2026-12-05" },
	{ "2026-12-05 14:00", "2026-12-05 14:00" },
	{ "2026-12-01", "" },
	{ "2029-12-01", "" },
	{ "5/12", "" },
	{ "31.2.", "" },
	{ "2026-13-01", "" },
	{ "25:00", "" },
	{ "0 days", "" },
	{ "999999 days", "" },
	{ "3", "2026-12-03 03:00" },
	{ "99", "" },
	{ "the customer answers", "" },
	{ "", "" },
	{ "...", "" },
	{ "5 December 6 January", "" },
	{ "3 days Friday", "" },
	/* The clock is set forward on 28 March 2027. */
	{ "28.3.2027 2:30", "2027-03-28 03:00" },
};

static void a_time_is_read_as_it_was_meant(void **state)
{
	struct conf_problems problems;
	struct conf *conf;
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct arena a = { 0 };
	struct desk d = { .arena = &a, .zones = zones };
	const struct zone *berlin;
	struct err e;
	int wrong = 0;

	(void)state;
	conf_problems_init(&problems);
	conf = conf_load("tests/scenarios/conf/base.conf", CONF_POLICY_ONLY, &problems);
	assert_non_null(conf);
	d.conf = conf;
	assert_int_equal(zones_get(zones, "Europe/Berlin", &berlin, &e), 0);
	assert_true(time_parse_rfc3339(SPAN("2026-12-02T10:30:00+01:00"), &d.now));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct when when = { 0 };
		char text[TIME_TEXT_MAX];
		bool read = when_read(&d, words_find(conf, NULL, "de"), "Europe/Berlin",
				      span_of(rows[i].text), &when);
		char got[TIME_TEXT_MAX + 1] = "";

		if (read)
			snprintf(got, sizeof(got), "%s%.*s", when.is_span ? "+" : "",
				 when.is_day ? 10 : 16, zone_text(berlin, when.at, text));
		if (strcmp(got, rows[i].want) == 0)
			continue;
		print_message("# \"%s\": \"%s\", wanted \"%s\"\n", rows[i].text, got, rows[i].want);
		wrong++;
	}
	conf_free(&conf);
	conf_problems_release(&problems);
	arena_release(&a);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_time_is_read_as_it_was_meant) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
