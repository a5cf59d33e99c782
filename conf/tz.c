#include "conf/tz.h"

#include "conf/files.h"
#include "conf/problems.h"
#include "gatewayd/base/units.h"

#define COUNT(v) (sizeof(v) / sizeof(*(v)))

enum { NAMES_FILE_MAX = MIB, NEAR_MAX = 2 };

/* The tz database as text, with every name and every second name of a zone. */
static const char names_file[] = "/usr/share/zoneinfo/tzdata.zi";

/* Files that stand beside the zones and can be read like one. */
static const char *const no_zones[] = { "localtime", "posixrules", "Factory" };
static const char *const copies[] = { "posix/", "right/" };

/* What people say instead of a zone. */
static const struct {
	const char *said, *zone;
} abbreviations[] = {
	{ "AEST", "Australia/Sydney" },	  { "BST", "Europe/London" },
	{ "CDT", "America/Chicago" },	  { "CEST", "Europe/Berlin" },
	{ "CST", "America/Chicago" },	  { "EDT", "America/New_York" },
	{ "IST", "Asia/Kolkata" },	  { "JST", "Asia/Tokyo" },
	{ "MDT", "America/Denver" },	  { "MESZ", "Europe/Berlin" },
	{ "MEZ", "Europe/Berlin" },	  { "PDT", "America/Los_Angeles" },
	{ "PST", "America/Los_Angeles" },
};

const char *tz_wrong(struct zones *zones, const char *name)
{
	const struct zone *zone;
	struct err e;

	for (size_t i = 0; i < COUNT(no_zones); i++)
		if (strcmp(name, no_zones[i]) == 0)
			return "names no place: it is what this machine happens to have";
	for (size_t i = 0; i < COUNT(copies); i++)
		if (span_starts(span_of(name), span_of(copies[i])))
			return "is a copy for other programs";
	if (zones_get(zones, name, &zone, &e) == 0)
		return NULL;
	return "is no zone of this system's tz database";
}

const char *tz_doubt(const char *name)
{
	struct span s = span_of(name);

	if (span_starts(s, SPAN("Etc/GMT-")) || span_starts(s, SPAN("Etc/GMT+")))
		return "counts hours westward: Etc/GMT+5 is five hours behind UTC, and there is "
		       "no daylight saving time";
	if (span_is(s, "EST") || span_is(s, "MST") || span_is(s, "HST"))
		return "has no daylight saving time; name a place, as \"America/New_York\"";
	return NULL;
}

/* "Berlin" of "Europe/Berlin". */
static const char *place(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* How far the candidate is from the name: 0 the same letters, 1 the same place. */
static size_t distance(const char *name, const char *candidate)
{
	const char *a = place(name), *b = place(candidate);
	size_t letters = problems_distance(name, candidate);

	if (letters == 0)
		return 0;
	if (span_is_ci(span_of(a), b))
		return 1;
	return letters <= NEAR_MAX && a != name &&
		       ascii_lower((unsigned char)*a) == ascii_lower((unsigned char)*b)
		   ? letters + 1
		   : SIZE_MAX;
}

/* The name in a line of the file: "Z NAME ...", "L ZONE NAME"; empty in others. */
static struct span name_in(struct span line)
{
	struct span what = span_cut(&line, ' ');

	if (span_is(what, "L"))
		(void)span_cut(&line, ' ');
	else if (!span_is(what, "Z"))
		return SPAN_NONE;
	return span_cut(&line, ' ');
}

/* "New York" as the database has it. */
static const char *underscored(const char *name, struct arena *a)
{
	char *s = arena_cstr(a, span_of(name));

	for (char *p = s; *p; p++)
		if (*p == ' ')
			*p = '_';
	return s;
}

const char *tz_near(const char *name, struct arena *a)
{
	struct span text = SPAN_NONE, line;
	const char *found = NULL, *complaint, *plain = underscored(name, a);
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < COUNT(abbreviations); i++)
		if (span_is_ci(span_of(name), abbreviations[i].said))
			return abbreviations[i].zone;
	(void)files_read(files_new(a), names_file, NAMES_FILE_MAX, &text, &complaint);
	while (best && span_line(&text, &line)) {
		const char *candidate = arena_cstr(a, name_in(line));
		bool other = *candidate && strcmp(candidate, name) != 0 && !tz_doubt(candidate);
		size_t d = other ? distance(plain, candidate) : SIZE_MAX;

		if (d < best) {
			best = d;
			found = candidate;
		}
	}
	return found;
}
