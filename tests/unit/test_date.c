#include "tests/unit/unit.h"

#include "parser/date.h"

static void dates_are_read_in_every_form_found(void **state)
{
	static const struct {
		const char *raw, *want;
	} rows[] = {
		{ "Fri, 04 May 2001 14:05:44 -0400", "2001-05-04T18:05:44Z" },
		{ "4 May 2001 14:05:44 -0400", "2001-05-04T18:05:44Z" },
		{ "Fri, 4 May 2001 14:05 +0530", "2001-05-04T08:35:00Z" },
		{ "Fri, 04 May 01 14:05:44 EDT", "2001-05-04T18:05:44Z" },
		{ "Fri, 04 May 101 14:05:44 GMT", "2001-05-04T14:05:44Z" },
		{ "Fri, 04 May 99 14:05:44 GMT", "1999-05-04T14:05:44Z" },
		{ "Fri, 04 May 2001 14:05:44 (EDT) -0400 (comment \\) (nested))",
		  "2001-05-04T18:05:44Z" },
		{ "Fri May  4 14:05:44 2001", "2001-05-04T14:05:44Z" },
		{ "Fri May  4 14:05:44 EDT 2001", "2001-05-04T18:05:44Z" },
		{ "May 4, 2001 2:05:44 PM +0000", "2001-05-04T14:05:44Z" },
		{ "4-May-2001 14:05:44 +0000", "2001-05-04T14:05:44Z" },
		{ "2001-05-04T14:05:44Z", "2001-05-04T14:05:44Z" },
		{ "2001/05/04 14:05:44 +0200", "2001-05-04T12:05:44Z" },
		{ "Thu May 04 2001 14:05:44 GMT+0200 (CEST)", "2001-05-04T12:05:44Z" },
		{ "04/05/2001 14:05", NULL },
		{ "2001-05-04 14:05:44 +02:00", "2001-05-04T12:05:44Z" },
		{ "Friday, 4 May 2001 14:05:44.123 GMT+0200", "2001-05-04T12:05:44Z" },
		{ "Fri,4 May 2001\r\n 14:05:44\r\n +0000", "2001-05-04T14:05:44Z" },
		{ "Fri, 04 May 2001 14.05.44 +0000", "2001-05-04T14:05:44Z" },
		{ "Sat, 30 Jun 2012 23:59:60 +0000", "2012-06-30T23:59:59Z" },
		{ "Thu, 29 Feb 2024 00:00:00 +0000", "2024-02-29T00:00:00Z" },
		{ "Fri, 04 May 2001 14:05:44 -9999", "2001-05-04T14:05:44Z" },
		{ "Fri, 04 May 2001 14:05:44 Z", "2001-05-04T14:05:44Z" },
		{ "Fri, 04 May 2001 14:05:44 A", "2001-05-04T14:05:44Z" },
		{ "Fri, 04 May 2001", "2001-05-04T00:00:00Z" },
		{ "", NULL },
		{ "yesterday", NULL },
		{ "Fri, 32 May 2001 14:05:44 +0000", NULL },
		{ "Thu, 29 Feb 2023 00:00:00 +0000", NULL },
		{ "Fri, 04 Foo 2001 14:05:44 +0000", NULL },
		{ "Fri, 04 May 2001 25:05:44 +0000", NULL },
		{ "Fri, 04 May 2001 14:65:44 +0000", NULL },
		{ "99999999999999999999", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[TIME_TEXT_MAX];
		int64_t at;

		if (!rows[i].want) {
			if (date_parse(span_of(rows[i].raw), &at))
				fail_msg("%s is a date", rows[i].raw);
			continue;
		}
		if (!date_parse(span_of(rows[i].raw), &at))
			fail_msg("%s is no date", rows[i].raw);
		assert_string_equal(time_rfc3339(at, text), rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_read_in_every_form_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
