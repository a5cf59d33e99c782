#include "tests/unit/unit.h"

#include <stdlib.h>

#include "conf/tz.h"

static void zones_are_those_of_the_tz_database(void **state)
{
	static const char *const yes[] = {
		"Europe/Berlin", "UTC",	    "America/Argentina/Buenos_Aires",
		"US/Eastern",	 "Etc/UTC", "CET"
	};
	struct zones *zones ZONES_AUTO = zones_new(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		if (tz_wrong(zones, yes[i]) || tz_doubt(yes[i]))
			fail_msg("\"%s\" was not taken", yes[i]);
}

/* near: what is offered instead, NULL for nothing. */
static void what_is_no_zone_is_refused_and_the_nearest_is_offered(void **state)
{
	static const struct {
		const char *name, *near;
	} rows[] = {
		{ "", NULL },
		{ "/usr/share/zoneinfo/UTC", "Etc/UTC" },
		{ "../zoneinfo/UTC", "Etc/UTC" },
		{ "Europe", NULL },
		{ "Europe/../Europe/Berlin", "Europe/Berlin" },
		{ "Europe/Berlin ", "Europe/Berlin" },
		{ "tzdata.zi", NULL },
		{ "leapseconds", NULL },
		{ "localtime", NULL },
		{ "posixrules", NULL },
		{ "Factory", NULL },
		{ "posix/Europe/Berlin", "Europe/Berlin" },
		{ "right/Europe/Berlin", "Europe/Berlin" },
		{ "europe/berlin", "Europe/Berlin" },
		{ "EUROPE/BERLIN", "Europe/Berlin" },
		{ "Europe/Berln", "Europe/Berlin" },
		{ "Europe/Belrin", "Europe/Berlin" },
		{ "Eurpoe/Berlin", "Europe/Berlin" },
		{ "Germany/Berlin", "Europe/Berlin" },
		{ "Berlin", "Europe/Berlin" },
		{ "Europe/Munich", NULL },
		{ "Europe/Nowhere", NULL },
		{ "America/New York", "America/New_York" },
		{ "New York", "America/New_York" },
		{ "Asia/Kolkatta", "Asia/Kolkata" },
		{ "utc", "UTC" },
		{ "CEST", "Europe/Berlin" },
		{ "PST", "America/Los_Angeles" },
		{ "UTC+2", NULL },
		{ "GMT+1", NULL },
		{ "+02:00", NULL },
		{ "CET-1CEST", NULL },
	};
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *near = tz_near(rows[i].name, &a);

		if (!tz_wrong(zones, rows[i].name))
			fail_msg("\"%s\" was taken", rows[i].name);
		if (!near != !rows[i].near || (near && strcmp(near, rows[i].near) != 0))
			fail_msg("\"%s\": \"%s\" was offered", rows[i].name,
				 near ? near : "nothing");
	}
}

static void zones_that_mostly_are_mistakes_are_doubted(void **state)
{
	static const char *const doubtful[] = { "Etc/GMT+5", "Etc/GMT-2", "EST", "MST", "HST" };
	struct zones *zones ZONES_AUTO = zones_new(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(doubtful) / sizeof(*doubtful); i++)
		if (tz_wrong(zones, doubtful[i]) || !tz_doubt(doubtful[i]))
			fail_msg("\"%s\" was not doubted", doubtful[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_are_those_of_the_tz_database),
		cmocka_unit_test(what_is_no_zone_is_refused_and_the_nearest_is_offered),
		cmocka_unit_test(zones_that_mostly_are_mistakes_are_doubted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
