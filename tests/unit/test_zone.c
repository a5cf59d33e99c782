#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "gatewayd/base/buf.h"
#include "gatewayd/base/zone.h"

enum { YEAR_2100 = 4102444800 - 1 };

static const char *const names[] = {
	"UTC",
	"Europe/Berlin",
	"America/New_York",
	"Asia/Kolkata",
	"Australia/Lord_Howe",
	"Australia/Adelaide",
	"Europe/Dublin",
	"America/Sao_Paulo",
	"Africa/Casablanca",
	"Asia/Gaza",
	"America/Nuuk",
	"Pacific/Apia",
	"Pacific/Chatham",
	"Asia/Kathmandu",
	"America/Santiago",
	"Antarctica/Troll",
	"Africa/Cairo",
	"America/St_Johns",
	"Etc/GMT+12",
	"Pacific/Kiritimati",
};

static void use(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static long glibc_offset(int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;

	assert_non_null(localtime_r(&t, &tm));
	return tm.tm_gmtoff;
}

static void assert_same(const struct zone *z, int64_t at)
{
	struct zone_run run;

	zone_run_at(z, at, &run);
	assert_true(run.from <= at && at < run.to);
	if (run.offset != glibc_offset(at)) {
		char text[TIME_TEXT_MAX];

		fail_msg("%s at %s: %d, glibc says %ld", zone_name(z), time_rfc3339(at, text),
			 run.offset, glibc_offset(at));
	}
}

/* Each change and the seconds beside it, and instants three days apart. */
static void compare(const struct zone *z)
{
	struct zone_run run;

	for (int64_t at = 0; at < YEAR_2100; at = run.to) {
		zone_run_at(z, at, &run);
		if (run.from > 0)
			assert_same(z, run.from - 1);
		assert_same(z, at);
		if (run.to == INT64_MAX)
			break;
	}
	for (int64_t at = 0; at < YEAR_2100; at += 3 * 86400 + 4321)
		assert_same(z, at);
}

static void offsets_are_those_of_glibc_until_2100(void **state)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	const struct zone *z;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(zones_get(zones, names[i], &z, &e), 0);
		use(names[i]);
		compare(z);
	}
}

/* A version 2 file with one type and no changes: all comes from the footer. */
static void write_footer_only(const char *path, const char *footer)
{
	static const char header[] =
	    "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\1\0\0\0\4";
	static const char types[] = "\0\0\0\0\0\0XYZ";
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(sizeof(header) - 1, 44);
	for (int i = 0; i < 2; i++) {
		fwrite(header, 1, 44, f);
		fwrite(types, 1, 10, f);
	}
	fprintf(f, "\n%s\n", footer);
	fclose(f);
}

static void rules_of_the_footer_are_those_of_glibc(void **state)
{
	static const char *const rules[] = {
		"CET-1CEST,M3.5.0,M10.5.0/3",	      "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
		"<-03>3<-02>,M10.3.0/0,M2.3.0/0",     "IST-1GMT0,M10.5.0,M3.5.0/1",
		"EET-2EEST,M3.4.4/50,M10.4.4/50",     "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
		"AAA5BBB,J60,J300/4:30:15",	      "AAA5BBB,59,299",
		"AAA-3:20:10BBB-5,M1.1.6/12,M12.2.3", "XYZ-5:30",
	};
	char folder[] = "/tmp/zone-test-XXXXXX", path[64];
	const struct zone *z;
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/Test", folder);
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		struct zones *zones ZONES_AUTO = zones_new(folder);

		write_footer_only(path, rules[i]);
		assert_int_equal(zones_get(zones, "Test", &z, &e), 0);
		use(rules[i]);
		compare(z);
	}
	unlink(path);
	rmdir(folder);
}

static void gaps_and_folds_have_one_answer(void **state)
{
	static const struct {
		const char *zone;
		struct civil local;
		const char *utc;
	} rows[] = {
		{ "Europe/Berlin", { 2026, 7, 1, 12, 0, 0 }, "2026-07-01T10:00:00Z" },
		/* 02:00 to 03:00 never comes: the instant of the change */
		{ "Europe/Berlin", { 2026, 3, 29, 1, 59, 59 }, "2026-03-29T00:59:59Z" },
		{ "Europe/Berlin", { 2026, 3, 29, 2, 30, 0 }, "2026-03-29T01:00:00Z" },
		{ "Europe/Berlin", { 2026, 3, 29, 3, 0, 0 }, "2026-03-29T01:00:00Z" },
		/* 02:00 to 03:00 comes twice: the first */
		{ "Europe/Berlin", { 2026, 10, 25, 2, 30, 0 }, "2026-10-25T00:30:00Z" },
		{ "Europe/Berlin", { 2026, 10, 25, 3, 0, 0 }, "2026-10-25T02:00:00Z" },
		{ "Australia/Lord_Howe", { 2026, 10, 4, 2, 15, 0 }, "2026-10-03T15:30:00Z" },
		{ "Pacific/Apia", { 2011, 12, 30, 12, 0, 0 }, "2011-12-30T10:00:00Z" },
		{ "Asia/Kolkata", { 2096, 2, 29, 0, 0, 0 }, "2096-02-28T18:30:00Z" },
	};
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	char text[TIME_TEXT_MAX];
	const struct zone *z;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(zones_get(zones, rows[i].zone, &z, &e), 0);
		assert_string_equal(time_rfc3339(zone_to_utc(z, &rows[i].local), text),
				    rows[i].utc);
	}
	assert_int_equal(zones_get(zones, "America/St_Johns", &z, &e), 0);
	assert_string_equal(zone_text(z, 1795301940, text), "2026-11-21 19:29:00 -0330");
}

static void names_that_are_no_zone_are_refused(void **state)
{
	static const struct {
		const char *name, *why;
	} rows[] = {
		{ "Europe/Atlantis", "no such time zone" },
		{ "", "is not the name" },
		{ "/etc/passwd", "is not the name" },
		{ "../../../etc/passwd", "is not the name" },
		{ "Europe/../../../etc/passwd", "is not the name" },
		{ "Europe/", "is not the name" },
		{ "Europe", "not a time zone" },
		{ "Europe/Ber lin", "is not the name" },
		{ "zone.tab", "damaged time zone file" },
		{ "a234567890123456789012345678901234567890123456789012345678901234",
		  "is not the name" },
	};
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	const struct zone *z;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(zones_get(zones, rows[i].name, &z, &e), -1);
		assert_int_equal(e.class, ERR_PERM);
		if (!strstr(e.text, rows[i].why))
			fail_msg("%s: %s", rows[i].name, e.text);
	}
	if (access("/usr/share/zoneinfo/right/Europe/Berlin", R_OK) == 0) {
		assert_int_equal(zones_get(zones, "right/Europe/Berlin", &z, &e), -1);
		assert_non_null(strstr(e.text, "leap seconds"));
	}
}

/* Reads the bytes as a zone, by way of a file in memory. */
static int read_as_zone(struct zones *zones, const char *bytes, size_t n,
			const struct zone **ret_zone)
{
	int fd = memfd_create("zone", MFD_CLOEXEC), result;
	char name[16];
	struct err e;

	assert_true(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
	snprintf(name, sizeof(name), "%d", fd);
	result = zones_get(zones, name, ret_zone, &e);
	close(fd);
	return result;
}

static size_t read_berlin(char *bytes, size_t size)
{
	FILE *f = fopen("/usr/share/zoneinfo/Europe/Berlin", "r");
	size_t n;

	assert_non_null(f);
	n = fread(bytes, 1, size, f);
	fclose(f);
	assert_in_range(n, 100, size - 1);
	return n;
}

static void a_file_cut_anywhere_is_refused(void **state)
{
	char bytes[8192];
	size_t n = read_berlin(bytes, sizeof(bytes));
	const struct zone *z;

	(void)state;
	for (size_t cut = 0; cut + 28 < n; cut++) { /* the footer is 27 bytes and a newline */
		struct zones *zones ZONES_AUTO = zones_new("/proc/self/fd");

		assert_int_equal(read_as_zone(zones, bytes, cut, &z), -1);
	}
}

/* Whatever a file says, it is a zone or it is refused, and reading it ends. */
static void a_file_with_wrong_bytes_does_no_harm(void **state)
{
	char bytes[8192];
	size_t n = read_berlin(bytes, sizeof(bytes));
	uint64_t random_state = 1;
	int taken = 0;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		struct zones *zones ZONES_AUTO = zones_new("/proc/self/fd");
		struct civil local = { 2026, 11, 21, 22, 39, 0 };
		const struct zone *z;
		size_t at;
		char kept;

		random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
		at = (random_state >> 33) % n;
		kept = bytes[at];
		bytes[at] = (char)(random_state >> 24);
		if (read_as_zone(zones, bytes, n, &z) == 0) {
			(void)zone_to_utc(z, &local);
			zone_to_local(z, 0, &local);
			taken++;
		}
		bytes[at] = kept;
	}
	assert_in_range(taken, 1, 4999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_are_those_of_glibc_until_2100),
		cmocka_unit_test(rules_of_the_footer_are_those_of_glibc),
		cmocka_unit_test(gaps_and_folds_have_one_answer),
		cmocka_unit_test(names_that_are_no_zone_are_refused),
		cmocka_unit_test(a_file_cut_anywhere_is_refused),
		cmocka_unit_test(a_file_with_wrong_bytes_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
