#include "tests/unit/unit.h"

#include <inttypes.h>

#include "gatewayd/case/calendar.h"

#define HOURS(day, from, to)                \
	{                                   \
		day, from * 3600, to * 3600 \
	}

static struct policy_interval nine_to_five[] = {
	HOURS(1, 9, 17), HOURS(2, 9, 17), HOURS(3, 9, 17), HOURS(4, 9, 17), HOURS(5, 9, 17),
};
static struct policy_interval with_lunch[] = {
	HOURS(1, 9, 12), HOURS(1, 13, 18), HOURS(2, 9, 12), HOURS(2, 13, 18), HOURS(5, 9, 13),
};
static struct policy_interval sunday_night[] = { HOURS(0, 0, 24) };
static struct policy_interval half_past[] = { { 0, 9000, 12600 } }; /* 02:30 to 03:30 */

static struct policy_holiday german[] = {
	{ HOLIDAY_YEARLY, .month = 12, .day = 25, .name = "Christmas Day" },
	{ HOLIDAY_EASTER, .day = -2, .name = "Good Friday" },
	{ HOLIDAY_EASTER, .day = 1, .name = "Easter Monday" },
	{ HOLIDAY_DATE, .year = 2026, .month = 11, .day = 24, .name = "Moving day" },
	{ HOLIDAY_YEARLY, .month = 2, .day = 29, .name = "Leap day" },
};
static struct policy_holiday american[] = {
	{ HOLIDAY_NTH_WEEKDAY, .month = 11, .weekday = 4, .nth = 4, .name = "Thanksgiving" },
	{ HOLIDAY_NTH_WEEKDAY, .month = 5, .weekday = 1, .nth = -1, .name = "Memorial Day" },
	{ HOLIDAY_NTH_WEEKDAY, .month = 2, .weekday = 1, .nth = 5, .name = "A fifth Monday" },
};

#define LIST(a) (a), sizeof(a) / sizeof(*(a))

static const struct policy_calendar calendars[] = {
	{ "berlin", NULL, "Europe/Berlin", false, LIST(nine_to_five), LIST(german) },
	{ "lunch", NULL, "Asia/Kolkata", false, LIST(with_lunch), NULL, 0 },
	{ "york", NULL, "America/New_York", false, LIST(nine_to_five), LIST(american) },
	{ "always", NULL, "UTC", true, NULL, 0, NULL, 0 },
	{ "sunday", NULL, "Europe/Berlin", false, LIST(sunday_night), NULL, 0 },
	{ "half", NULL, "Europe/Berlin", false, LIST(half_past), NULL, 0 },
	{ "howe", NULL, "Australia/Lord_Howe", false, LIST(sunday_night), NULL, 0 },
};

static void use(struct zones *zones, const char *name, struct calendar *ret_calendar)
{
	struct err e;

	for (size_t i = 0; i < sizeof(calendars) / sizeof(*calendars); i++)
		if (strcmp(calendars[i].name, name) == 0) {
			assert_int_equal(calendar_init(&calendars[i], zones, ret_calendar, &e), 0);
			return;
		}
	fail_msg("no calendar %s", name);
}

static int64_t instant(const char *text)
{
	int64_t at = 0;

	assert_true(time_parse_rfc3339(span_of(text), &at));
	return at;
}

static const struct {
	const char *calendar, *from;
	int64_t seconds;
	const char *to;
} additions[] = {
	/* the policy's own examples: Friday 16:00, and a Saturday */
	{ "berlin", "2026-11-13T16:00:00+01:00", 8 * 3600, "2026-11-16T16:00:00+01:00" },
	{ "berlin", "2026-11-14T11:00:00+01:00", 8 * 3600, "2026-11-16T17:00:00+01:00" },
	{ "berlin", "2026-11-14T11:00:00+01:00", 0, "2026-11-14T11:00:00+01:00" },
	{ "berlin", "2026-11-13T16:00:00+01:00", 3600, "2026-11-13T17:00:00+01:00" },
	{ "berlin", "2026-11-13T16:00:00+01:00", 3601, "2026-11-16T09:00:01+01:00" },
	/* holidays: a date, Christmas on a Friday, Easter 2027 on March 28, a leap day */
	{ "berlin", "2026-11-23T16:00:00+01:00", 7200, "2026-11-25T10:00:00+01:00" },
	{ "berlin", "2026-12-24T16:59:59+01:00", 2, "2026-12-28T09:00:01+01:00" },
	{ "berlin", "2027-03-25T16:00:00+01:00", 7200, "2027-03-30T10:00:00+02:00" },
	{ "berlin", "2028-02-28T16:00:00+01:00", 7200, "2028-03-01T10:00:00+01:00" },
	{ "berlin", "2027-02-26T16:00:00+01:00", 7200, "2027-03-01T10:00:00+01:00" },
	/* lunch, half-hour zone, short Friday, closed Wednesday and Thursday */
	{ "lunch", "2026-11-23T11:00:00+05:30", 7200, "2026-11-23T14:00:00+05:30" },
	{ "lunch", "2026-11-23T12:30:00+05:30", 1, "2026-11-23T13:00:01+05:30" },
	{ "lunch", "2026-11-24T17:00:00+05:30", 5 * 3600, "2026-11-27T13:00:00+05:30" },
	/* fourth Thursday, last Monday, a Monday that there is only in 2044 */
	{ "york", "2026-11-25T16:00:00-05:00", 7200, "2026-11-27T10:00:00-05:00" },
	{ "york", "2026-05-22T16:00:00-04:00", 7200, "2026-05-26T10:00:00-04:00" },
	{ "york", "2044-02-26T16:00:00-05:00", 7200, "2044-03-01T10:00:00-05:00" },
	{ "york", "2027-02-26T16:00:00-05:00", 7200, "2027-03-01T10:00:00-05:00" },
	/* 24 x 7 over a change of the clock is wall time */
	{ "always", "2026-03-28T12:00:00Z", 86400, "2026-03-29T12:00:00Z" },
	/* a day of 23 hours and one of 25, of 23.5 and of 24.5 */
	{ "sunday", "2026-03-29T00:00:00+01:00", 23 * 3600, "2026-03-30T00:00:00+02:00" },
	{ "sunday", "2026-10-25T00:00:00+02:00", 25 * 3600, "2026-10-26T00:00:00+01:00" },
	{ "howe", "2026-10-04T00:00:00+10:30", 84600, "2026-10-05T00:00:00+11:00" },
	{ "howe", "2026-04-05T00:00:00+11:00", 88200, "2026-04-06T00:00:00+10:30" },
	/* 02:30 to 03:30: half of it never comes, half of it comes twice */
	{ "half", "2026-03-29T00:00:00+01:00", 1800, "2026-03-29T03:30:00+02:00" },
	{ "half", "2026-10-25T00:00:00+02:00", 1800, "2026-10-25T03:00:00+02:00" },
	{ "half", "2026-10-25T00:00:00+02:00", 5400, "2026-10-25T03:30:00+01:00" },
	/* far off */
	{ "berlin", "2099-12-31T16:30:00+01:00", 3600, "2100-01-01T09:30:00+01:00" },
	{ "berlin", "2100-02-26T16:30:00+01:00", 3600, "2100-03-01T09:30:00+01:00" },
};

static void open_time_is_added_as_the_policy_says(void **state)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(additions) / sizeof(*additions); i++) {
		int64_t from = instant(additions[i].from), to = instant(additions[i].to), at;
		struct calendar c;
		struct err e;

		use(zones, additions[i].calendar, &c);
		assert_int_equal(calendar_add(&c, from, additions[i].seconds, &at, &e), 0);
		if (at != to) {
			char text[TIME_TEXT_MAX];

			fail_msg("row %zu: %s and %" PRId64 " s make %s", i, additions[i].from,
				 additions[i].seconds, zone_text(c.zone, at, text));
		}
		assert_int_equal(calendar_between(&c, from, to), additions[i].seconds);
	}
}

static void a_business_day_is_the_longest_regular_weekday(void **state)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct calendar c;

	(void)state;
	use(zones, "berlin", &c);
	assert_int_equal(c.longest_day, 8 * 3600);
	use(zones, "lunch", &c);
	assert_int_equal(c.longest_day, 8 * 3600);
	use(zones, "half", &c);
	assert_int_equal(c.longest_day, 3600);
	use(zones, "always", &c);
	assert_int_equal(c.longest_day, 86400);
}

static void the_next_opening_is_found(void **state)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct calendar c;
	struct err e;
	int64_t at;

	(void)state;
	use(zones, "berlin", &c);
	assert_int_equal(calendar_next_open(&c, instant("2026-12-24T17:00:00+01:00"), &at, &e), 0);
	assert_int_equal(at, instant("2026-12-28T09:00:00+01:00"));
	assert_int_equal(calendar_next_open(&c, instant("2026-12-28T10:00:00+01:00"), &at, &e), 0);
	assert_int_equal(at, instant("2026-12-28T10:00:00+01:00"));
	assert_string_equal(calendar_holiday(&c, instant("2026-12-25T00:00:00+01:00")),
			    "Christmas Day");
	assert_null(calendar_holiday(&c, instant("2026-12-26T00:00:00+01:00")));
}

static void easter_falls_where_it_falls(void **state)
{
	static const int rows[][3] = {
		{ 1961, 4, 2 },	 { 2000, 4, 23 }, { 2008, 3, 23 }, { 2026, 4, 5 },  { 2027, 3, 28 },
		{ 2038, 4, 25 }, { 2049, 4, 18 }, { 2076, 4, 19 }, { 2099, 4, 12 }, { 2100, 3, 28 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(calendar_easter(rows[i][0]),
				 civil_days(rows[i][0], rows[i][1], rows[i][2]));
}

static void what_never_opens_or_is_out_of_range_is_an_error(void **state)
{
	static struct policy_interval wrong[] = { { 2, 0, 3600 }, { 1, 0, 3600 } };
	static struct policy_interval one[] = { { 1, 0, 1 } };
	const struct policy_calendar rows[] = {
		{ "empty", NULL, "UTC", false, NULL, 0, NULL, 0 },
		{ "order", NULL, "UTC", false, LIST(wrong), NULL, 0 },
		{ "zone", NULL, "Mars/Olympus", false, LIST(one), NULL, 0 },
	};
	const struct policy_calendar second = { "s", NULL, "UTC", false, LIST(one), NULL, 0 };
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct calendar c;
	struct err e;
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(calendar_init(&rows[i], zones, &c, &e), -1);
	assert_int_equal(calendar_init(&second, zones, &c, &e), 0);
	assert_int_equal(calendar_add(&c, 0, 10, &at, &e), 0);
	assert_int_equal(calendar_add(&c, 0, 1000000, &at, &e), -1);
	assert_int_equal(calendar_add(&c, INT64_MIN, 1, &at, &e), -1);
	assert_int_equal(calendar_add(&c, CALENDAR_END, 1, &at, &e), -1);
	assert_int_equal(calendar_next_open(&c, INT64_MAX, &at, &e), -1);
	assert_int_equal(calendar_between(&c, INT64_MIN, 0), 3653); /* Mondays */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_time_is_added_as_the_policy_says),
		cmocka_unit_test(a_business_day_is_the_longest_regular_weekday),
		cmocka_unit_test(the_next_opening_is_found),
		cmocka_unit_test(easter_falls_where_it_falls),
		cmocka_unit_test(what_never_opens_or_is_out_of_range_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
