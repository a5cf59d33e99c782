/*
 * calendar_add() and calendar_between() beside a second implementation that is too simple to be
 * wrong: it asks glibc's localtime() for the wall clock of each mark and looks whether that is
 * open.
 */
#include "tests/unit/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gatewayd/case/calendar.h"

static const char *const zones_tried[] = {
	"Europe/Berlin",
	"America/New_York",
	"Asia/Kolkata",
	"Australia/Lord_Howe",
	"Australia/Adelaide",
	"Europe/London",
	"America/Caracas",
	"Pacific/Chatham",
	"Asia/Kathmandu",
	"America/Sao_Paulo",
	"Asia/Tokyo",
	"America/Santiago",
	"Europe/Dublin",
	"Africa/Casablanca",
	"Asia/Tehran",
	"Pacific/Auckland",
	"America/Los_Angeles",
	"Asia/Beirut",
	"America/Havana",
	"Asia/Yangon",
	"Europe/Moscow",
	"Africa/Cairo",
	"Atlantic/Azores",
	"America/Nuuk",
	"UTC",
};

/* Changed their clocks at a minute past midnight. */
static const char *const zones_by_minute[] = {
	"America/St_Johns",    "Asia/Gaza",	     "Europe/Berlin",
	"Australia/Lord_Howe", "Australia/Adelaide",
};

enum {
	ZONE_COUNT = sizeof(zones_tried) / sizeof(*zones_tried),
	MINUTE_ZONE_COUNT = sizeof(zones_by_minute) / sizeof(*zones_by_minute),
	CALENDARS_PER_ZONE = 30,
	STARTS_PER_CALENDAR = 30,
	FIRST_YEAR = 1975,
	LAST_YEAR = 2099,
	INTERVALS_MAX = 7 * 3,
	HOLIDAYS_MAX = 6,
};

static uint64_t random_state;

static uint32_t any(uint32_t below)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(random_state >> 33) % below;
}

struct sample {
	struct policy_calendar calendar;
	struct policy_interval intervals[INTERVALS_MAX];
	struct policy_holiday holidays[HOLIDAYS_MAX];
	int mark_s; /* seconds between two marks at which something may open or close */
};

/* Up to three intervals a day whose ends lie on marks: 0, 1 or 2 breaks, also 00:00 to 24:00. */
static void random_intervals(struct sample *s)
{
	uint32_t marks = 86400 / (uint32_t)s->mark_s;

	for (int weekday = 0; weekday < 7; weekday++) {
		uint32_t at = any(4) ? any(marks / 2) : 0;

		if (any(4) == 0)
			continue;
		for (uint32_t n = 1 + any(3); n && at < marks; n--) {
			uint32_t end = at + 1 + any(marks - at);

			s->intervals[s->calendar.interval_count++] =
			    (struct policy_interval){ weekday, (int)at * s->mark_s,
						      (int)end * s->mark_s };
			at = end + 1 + any(marks / 8);
		}
	}
}

static void random_holidays(struct sample *s)
{
	s->calendar.holiday_count = any(HOLIDAYS_MAX + 1);
	for (size_t i = 0; i < s->calendar.holiday_count; i++)
		s->holidays[i] = (struct policy_holiday){
			.rule = (enum policy_holiday_rule)any(4),
			.year = (int)(FIRST_YEAR + any(LAST_YEAR - FIRST_YEAR + 1)),
			.month = (int)(1 + any(12)),
			.day = (int)(1 + any(31)),
			.weekday = (int)any(7),
			.nth = any(3) ? (int)(1 + any(5)) : -1,
		};
}

static void random_calendar(struct sample *s, const char *zone, int mark_s)
{
	*s = (struct sample){ .calendar = { .name = "random", .zone = zone }, .mark_s = mark_s };
	s->calendar.intervals = s->intervals;
	s->calendar.holidays = s->holidays;
	while (s->calendar.interval_count == 0)
		random_intervals(s);
	random_holidays(s);
}

/* Easter after Gauss, in days after March 1: another way than calendar.c's. */
static int gauss_easter(int year)
{
	int a = year % 19, b = year % 4, c = year % 7;
	int k = year / 100, p = (13 + 8 * k) / 25, q = k / 4;
	int m = (15 - p + k - q) % 30, n = (4 + k - q) % 7;
	int d = (19 * a + m) % 30, e = (2 * b + 4 * c + 6 * d + n) % 7;

	if (d == 29 && e == 6)
		return 49;
	if (d == 28 && e == 6 && (11 * m + 11) % 30 < 19)
		return 48;
	return 21 + d + e;
}

static int month_length(const struct tm *tm)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year = tm->tm_year + 1900;

	if (tm->tm_mon == 1 && year % 4 == 0 && (year % 100 || year % 400 == 0))
		return 29;
	return length[tm->tm_mon];
}

static bool is_easter(const struct tm *tm, int after)
{
	struct tm easter = { .tm_year = tm->tm_year, .tm_mon = 2, .tm_hour = 12 };

	easter.tm_mday = 1 + gauss_easter(tm->tm_year + 1900) + after;
	timegm(&easter);
	return easter.tm_mon == tm->tm_mon && easter.tm_mday == tm->tm_mday;
}

static bool is_holiday(const struct policy_holiday *h, const struct tm *tm)
{
	bool date = h->month == tm->tm_mon + 1 && h->day == tm->tm_mday;

	switch (h->rule) {
	case HOLIDAY_DATE: return date && h->year == tm->tm_year + 1900;
	case HOLIDAY_YEARLY: return date;
	case HOLIDAY_EASTER: return is_easter(tm, h->day);
	case HOLIDAY_NTH_WEEKDAY: break;
	}
	if (h->month != tm->tm_mon + 1 || h->weekday != tm->tm_wday)
		return false;
	return h->nth > 0 ? (tm->tm_mday - 1) / 7 + 1 == h->nth
			  : tm->tm_mday + 7 > month_length(tm);
}

static bool is_open(const struct policy_calendar *c, int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;
	bool open = false;
	int s;

	localtime_r(&t, &tm);
	s = tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
	for (size_t i = 0; i < c->interval_count && !open; i++)
		open = c->intervals[i].weekday == tm.tm_wday && c->intervals[i].from_s <= s &&
		       s < c->intervals[i].to_s;
	for (size_t i = 0; i < c->holiday_count && open; i++)
		open = !is_holiday(&c->holidays[i], &tm);
	return open;
}

/* From mark to mark; between two of them nothing opens or closes. */
static int64_t dumb_add(const struct sample *s, int64_t at, int64_t seconds)
{
	while (seconds > 0) {
		int64_t next = at - at % s->mark_s + s->mark_s;
		int64_t step = next - at;

		if (is_open(&s->calendar, at)) {
			if (step > seconds)
				step = seconds;
			seconds -= step;
		}
		at += step;
	}
	return at;
}

/* Any second of the years, half of them within three days of a change of the clock. */
static int64_t random_start(const struct zone *z)
{
	int64_t first = civil_days(FIRST_YEAR, 1, 1), last = civil_days(LAST_YEAR, 12, 1);
	int64_t at = (first + any((uint32_t)(last - first))) * 86400 + any(86400);
	struct zone_run run;

	zone_run_at(z, at, &run);
	if (any(2) && run.to < last * 86400)
		at = run.to - 3 * 86400 + any(4 * 86400);
	return at;
}

static int64_t random_target(const struct calendar *c)
{
	static const int64_t usual[] = { 0,    1,    59,    900,   1800,  3600,
					 7200, 8000, 14400, 28800, 43200, 86400 };

	switch (any(3)) {
	case 0: return usual[any(sizeof(usual) / sizeof(*usual))];
	case 1: return c->longest_day * (1 + any(2));
	default: return any((uint32_t)c->longest_day * 2);
	}
}

static void try_start(const struct sample *s, const struct calendar *c, bool *ret_changed)
{
	int64_t from = random_start(c->zone), seconds = random_target(c), at;
	int64_t want = dumb_add(s, from, seconds);
	char text[3][TIME_TEXT_MAX];
	struct zone_run run;
	struct err e;

	if (calendar_add(c, from, seconds, &at, &e))
		fail_msg("%s", e.text);
	if (at != want)
		fail_msg("%s: %s and %" PRId64 " s make %s, not %s", c->policy->zone,
			 zone_text(c->zone, from, text[0]), seconds,
			 zone_text(c->zone, want, text[1]), zone_text(c->zone, at, text[2]));
	if (calendar_between(c, from, at) != seconds)
		fail_msg("%s: between %s and %s are %" PRId64 " s, not %" PRId64, c->policy->zone,
			 zone_text(c->zone, from, text[0]), zone_text(c->zone, at, text[1]),
			 seconds, calendar_between(c, from, at));
	zone_run_at(c->zone, from, &run);
	*ret_changed = run.to < at;
}

static void try_zone(struct zones *zones, const char *zone, int mark_s, int calendars, int starts,
		     int *pairs, int *changed)
{
	setenv("TZ", zone, 1);
	tzset();
	for (int i = 0; i < calendars; i++) {
		struct sample s;
		struct calendar c;
		struct err e;

		random_calendar(&s, zone, mark_s);
		assert_int_equal(calendar_init(&s.calendar, zones, &c, &e), 0);
		for (int k = 0; k < starts; k++) {
			bool over_change;

			try_start(&s, &c, &over_change);
			*changed += over_change;
			++*pairs;
		}
	}
}

static void equal_to_the_second_on_five_minute_marks(void **state)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	int pairs = 0, changed = 0;

	(void)state;
	random_state = 4;
	for (int i = 0; i < ZONE_COUNT; i++)
		try_zone(zones, zones_tried[i], 300, CALENDARS_PER_ZONE, STARTS_PER_CALENDAR,
			 &pairs, &changed);
	print_message("# %d pairs in %d zones, %d of them over a change of the clock\n", pairs,
		      ZONE_COUNT, changed);
	assert_in_range(pairs, 20000, 1000000);
	assert_in_range(changed, 2000, 1000000);
}

static void equal_to_the_second_on_every_minute(void **state)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	int pairs = 0, changed = 0;

	(void)state;
	random_state = 60;
	for (int i = 0; i < MINUTE_ZONE_COUNT; i++)
		try_zone(zones, zones_by_minute[i], 60, 20, 5, &pairs, &changed);
	print_message("# %d pairs minute by minute, %d over a change of the clock\n", pairs,
		      changed);
	assert_in_range(changed, 20, 1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_to_the_second_on_five_minute_marks),
		cmocka_unit_test(equal_to_the_second_on_every_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
