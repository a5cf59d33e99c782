#include "tests/unit/unit.h"

#include "conf/value.h"

static void durations_are_read_with_their_units(void **state)
{
	static const struct {
		const char *text;
		enum policy_unit unit;
		int64_t amount;
		const char *printed;
	} rows[] = {
		{ "60s", POLICY_SECONDS, 60, "1min" },
		{ "0s", POLICY_SECONDS, 0, "0s" },
		{ "90 s", POLICY_SECONDS, 90, "1min 30s" },
		{ "15min", POLICY_SECONDS, 900, "15min" },
		{ "15 minutes", POLICY_SECONDS, 900, "15min" },
		{ "2h", POLICY_SECONDS, 7200, "2h" },
		{ " 2 Hours ", POLICY_SECONDS, 7200, "2h" },
		{ "1h 30min", POLICY_SECONDS, 5400, "1h 30min" },
		{ "1h30min", POLICY_SECONDS, 5400, "1h 30min" },
		{ "5 days", POLICY_SECONDS, 5 * 86400, "5 days" },
		{ "1d", POLICY_SECONDS, 86400, "1 day" },
		{ "2 weeks", POLICY_SECONDS, 14 * 86400, "14 days" },
		{ "1 business day", POLICY_BUSINESS_DAYS, 1, "1 business day" },
		{ "2 business days", POLICY_BUSINESS_DAYS, 2, "2 business days" },
		{ "2 Business  Days", POLICY_BUSINESS_DAYS, 2, "2 business days" },
		{ "none", POLICY_NONE, 0, "none" },
		{ "36600 days", POLICY_SECONDS, POLICY_SECONDS_MAX, "36600 days" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct policy_duration d = { POLICY_NONE, -1 }, again = { POLICY_NONE, -1 };
		struct buf printed BUF_AUTO;

		buf_init(&printed, 100);
		if (!policy_duration_parse(span_of(rows[i].text), &d))
			fail_msg("%s", rows[i].text);
		assert_int_equal(d.unit, rows[i].unit);
		assert_int_equal(d.amount, rows[i].amount);
		policy_duration_print(d, &printed);
		assert_string_equal(buf_cstr(&printed), rows[i].printed);
		assert_true(policy_duration_parse(buf_span(&printed), &again));
		assert_int_equal(again.unit, d.unit);
		assert_int_equal(again.amount, d.amount);
	}
}

static void what_is_no_duration_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"60",
		"s",
		"-1s",
		"1.5h",
		"1 m",
		"1h and 2min",
		"1h 30",
		"1 month",
		"0 business days",
		"business day",
		"1 business",
		"1 business hour",
		"1h 1 business day",
		"nonee",
		"36601 days",
		"9223372036854775807 weeks",
		"99999999999999999999s",
		"1 business day 1h",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct policy_duration d;

		if (policy_duration_parse(span_of(rows[i]), &d))
			fail_msg("\"%s\" was taken", rows[i]);
	}
}

static void sizes_are_powers_of_1000_or_1024(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes; /* -1: refused */
	} rows[] = {
		{ "25MB", 25000000 },
		{ "25 MB", 25000000 },
		{ "512kB", 512000 },
		{ "512 KB", 512000 },
		{ "4MiB", 4 << 20 },
		{ "1KiB", 1024 },
		{ "1GB", 1000000000 },
		{ "1GiB", 1 << 30 },
		{ "100 bytes", 100 },
		{ "1 byte", 1 },
		{ "7B", 7 },
		{ "25", -1 },
		{ "25mb", -1 },
		{ "25 M", -1 },
		{ "MB", -1 },
		{ "-1MB", -1 },
		{ "1MB 2kB", -1 },
		{ "", -1 },
		{ "9223372036854775807 bytes", INT64_MAX },
		{ "9223372036854775807kB", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t bytes = -1;
		bool ok = value_bytes(span_of(rows[i].text), &bytes);

		if (ok != (rows[i].bytes >= 0) || (ok && bytes != rows[i].bytes))
			fail_msg("\"%s\": %lld", rows[i].text, (long long)bytes);
	}
}

static void hours_are_sorted_by_day_and_time(void **state)
{
	static const struct policy_interval expected[] = {
		{ 0, 0, 86400 },     { 1, 32400, 45000 }, { 1, 48600, 61200 },
		{ 5, 32400, 45000 }, { 6, 36000, 50400 },
	};
	struct hours h = { .n = 0 };

	(void)state;
	assert_null(value_hours(SPAN("sat 10:00-14:00"), &h));
	assert_null(value_hours(SPAN("MON  13:30-17:00 9:00-12:30"), &h));
	assert_null(value_hours(SPAN("Friday 09:00-12:30"), &h));
	assert_null(value_hours(SPAN("sun 00:00-24:00"), &h));
	assert_int_equal(h.n, sizeof(expected) / sizeof(*expected));
	for (size_t i = 0; i < h.n; i++) {
		assert_int_equal(h.v[i].weekday, expected[i].weekday);
		assert_int_equal(h.v[i].from_s, expected[i].from_s);
		assert_int_equal(h.v[i].to_s, expected[i].to_s);
	}
}

static void days_are_lists_and_ranges_that_may_wrap(void **state)
{
	static const struct {
		const char *text;
		unsigned days;
	} rows[] = {
		{ "mon-fri 09:00-17:00", 0x3e }, { "sat-mon 09:00-17:00", 0x43 },
		{ "sat,sun 09:00-17:00", 0x41 }, { "mon,wed-thu,sun 09:00-17:00", 0x1b },
		{ "sun-sat 09:00-17:00", 0x7f }, { "tue-tue 09:00-17:00", 0x04 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct hours h = { .n = 0 };
		unsigned days = 0;

		assert_null(value_hours(span_of(rows[i].text), &h));
		for (size_t j = 0; j < h.n; j++)
			days |= 1u << h.v[j].weekday;
		assert_int_equal(days, rows[i].days);
	}
}

static void hours_that_touch_are_taken_and_ones_that_overlap_are_not(void **state)
{
	struct hours h = { .n = 0 };

	(void)state;
	assert_null(value_hours(SPAN("mon 09:00-12:00 12:00-13:00"), &h));
	assert_non_null(value_hours(SPAN("mon 08:00-09:01"), &h));
	assert_non_null(value_hours(SPAN("mon 12:59-14:00"), &h));
	assert_non_null(value_hours(SPAN("mon 09:30-10:00"), &h));
	assert_non_null(value_hours(SPAN("mon 00:00-24:00"), &h));
	assert_null(value_hours(SPAN("tue 08:00-09:01"), &h));
	assert_non_null(value_hours(SPAN("wed 10:00-09:00"), &h));
	assert_non_null(value_hours(SPAN("wed 10:00-10:00"), &h));
	assert_non_null(value_hours(SPAN("wed 10:00-24:01"), &h));
	assert_non_null(value_hours(SPAN("wed 10:60-11:00"), &h));
	assert_non_null(value_hours(SPAN("wed"), &h));
	assert_non_null(value_hours(SPAN("weekday 10:00-11:00"), &h));
	assert_non_null(value_hours(SPAN("wed 10:00"), &h));
	assert_int_equal(h.n, 3);
}

static void holidays_are_dates_rules_and_days_from_easter(void **state)
{
	static const struct {
		const char *text;
		struct policy_holiday h;
	} rows[] = {
		{ "2026-12-25: Christmas Day",
		  { HOLIDAY_DATE, 2026, 12, 25, 0, 0, "Christmas Day" } },
		{ "2028-02-29", { HOLIDAY_DATE, 2028, 2, 29, 0, 0, NULL } },
		{ "12-25", { HOLIDAY_YEARLY, 0, 12, 25, 0, 0, NULL } },
		{ "02-29", { HOLIDAY_YEARLY, 0, 2, 29, 0, 0, NULL } },
		{ "fourth thursday of november: Thanksgiving: turkey",
		  { HOLIDAY_NTH_WEEKDAY, 0, 11, 0, 4, 4, "Thanksgiving: turkey" } },
		{ "Last Mon in May", { HOLIDAY_NTH_WEEKDAY, 0, 5, 0, 1, -1, NULL } },
		{ "fifth sunday of march", { HOLIDAY_NTH_WEEKDAY, 0, 3, 0, 0, 5, NULL } },
		{ "easter", { HOLIDAY_EASTER, 0, 0, 0, 0, 0, NULL } },
		{ "easter+1", { HOLIDAY_EASTER, 0, 0, 1, 0, 0, NULL } },
		{ "Easter - 2: Good Friday", { HOLIDAY_EASTER, 0, 0, -2, 0, 0, "Good Friday" } },
	};
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct policy_holiday *want = &rows[i].h;
		struct policy_holiday h;

		assert_null(value_holiday(span_of(rows[i].text), &a, &h));
		assert_int_equal(h.rule, want->rule);
		assert_int_equal(h.year, want->year);
		assert_int_equal(h.month, want->month);
		assert_int_equal(h.day, want->day);
		assert_int_equal(h.weekday, want->weekday);
		assert_int_equal(h.nth, want->nth);
		if (want->name)
			assert_string_equal(h.name, want->name);
		else
			assert_null(h.name);
	}
}

static void what_is_no_holiday_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"2026-02-29",
		"2026-13-01",
		"02-30",
		"12-25-2026",
		"2026-12-2",
		"easter1",
		"easter+",
		"easter+101",
		"monday",
		"sixth monday of may",
		"first monday of",
		"first of may",
		"first monday of smarch",
		"1899-12-31",
		"2201-01-01",
	};
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct policy_holiday h;

		if (!value_holiday(span_of(rows[i]), &a, &h))
			fail_msg("\"%s\" was taken", rows[i]);
	}
}

static void loopback_is_127_8_and_its_names_only(void **state)
{
	static const char *const yes[] = { "127.0.0.1", "127.255.255.254", "::1",
					   "localhost", "LOCALHOST",	   "0:0:0:0:0:0:0:1" };
	static const char *const no[] = { "128.0.0.1",
					  "126.255.255.255",
					  "::2",
					  "localhost.example",
					  "127.0.0.1.example",
					  "0.0.0.0",
					  "::",
					  "::ffff:10.0.0.1",
					  "",
					  "127.1" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		assert_true(value_is_loopback(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		assert_false(value_is_loopback(no[i]));
}

static void addresses_are_strict(void **state)
{
	static const char *const yes[] = { "a@b", "support@example.com",
					   "o'neill+x=y@xn--exmple-cua.com", "a.b@127.example" };
	static const char *const no[] = { "",	   "a",	      "@b",	   "a@",
					  "a@b@c", "a b@c",   "a..b@c",	   ".a@c",
					  "a.@c",  "a@c.",    "a@.c",	   "a@-c",
					  "<a@c>", "a@c\r\n", "\"a\"@c",   "a@[127.0.0.1]",
					  "a,b@c", "a@b,c@d", "\xc3\xa4@c" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		assert_null(value_check_address(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		if (!value_check_address(no[i]))
			fail_msg("\"%s\" was taken", no[i]);
}

static void border_hosts_and_marks_are_read_strictly(void **state)
{
	static const char *const hosts[] = { "mx.example.com", "mx.example.com above", "mx below",
					     "*.example.com inside", "2002:* inside" };
	static const char *const no_hosts[] = { "",	    " above",	 "*",	      "* above",
						"mx abowe", "mx above ", "m*x above", "mx\tabove" };
	static const char *const marks[] = { "X-A: b", "X-A:b", "X-Org-AuthAs: Internal" };
	static const char *const no_marks[] = { "",    "X-A",	 "X-A:",	  "X-A: ",
						": b", "X A: b", "X-A: b\nX-C: d" };
	static const char *const no_fields[] = { "", ":", ": b", "X A", "X-A:", "X-A: ", "X-A\t" };

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
		assert_null(value_check_border(hosts[i]));
	for (size_t i = 0; i < sizeof(no_hosts) / sizeof(*no_hosts); i++)
		if (!value_check_border(no_hosts[i]))
			fail_msg("taken: \"%s\"", no_hosts[i]);
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		assert_null(value_check_mark(marks[i]));
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		assert_null(value_check_field(marks[i]));
	assert_null(value_check_field("X-A"));
	for (size_t i = 0; i < sizeof(no_fields) / sizeof(*no_fields); i++)
		if (!value_check_field(no_fields[i]))
			fail_msg("taken: \"%s\"", no_fields[i]);
	for (size_t i = 0; i < sizeof(no_marks) / sizeof(*no_marks); i++)
		if (!value_check_mark(no_marks[i]))
			fail_msg("taken: \"%s\"", no_marks[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_read_with_their_units),
		cmocka_unit_test(what_is_no_duration_is_refused),
		cmocka_unit_test(sizes_are_powers_of_1000_or_1024),
		cmocka_unit_test(hours_are_sorted_by_day_and_time),
		cmocka_unit_test(days_are_lists_and_ranges_that_may_wrap),
		cmocka_unit_test(hours_that_touch_are_taken_and_ones_that_overlap_are_not),
		cmocka_unit_test(holidays_are_dates_rules_and_days_from_easter),
		cmocka_unit_test(what_is_no_holiday_is_refused),
		cmocka_unit_test(loopback_is_127_8_and_its_names_only),
		cmocka_unit_test(addresses_are_strict),
		cmocka_unit_test(border_hosts_and_marks_are_read_strictly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
