#include "parser/date.h"

enum {
	DATE_BYTES_MAX = 256, /* of a field that are looked at */
	NONE = -1,
};

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

/* RFC 5322 section 4.3 and the zones of Europe, Asia and Australia that programs write; minutes. */
static const struct {
	struct span name;
	int minutes;
} zones[] = {
	{ SPAN_LITERAL("ut"), 0 },	{ SPAN_LITERAL("gmt"), 0 },
	{ SPAN_LITERAL("utc"), 0 },	{ SPAN_LITERAL("wet"), 0 },
	{ SPAN_LITERAL("edt"), -240 },	{ SPAN_LITERAL("est"), -300 },
	{ SPAN_LITERAL("cdt"), -300 },	{ SPAN_LITERAL("cst"), -360 },
	{ SPAN_LITERAL("mdt"), -360 },	{ SPAN_LITERAL("mst"), -420 },
	{ SPAN_LITERAL("pdt"), -420 },	{ SPAN_LITERAL("pst"), -480 },
	{ SPAN_LITERAL("akdt"), -480 }, { SPAN_LITERAL("akst"), -540 },
	{ SPAN_LITERAL("hst"), -600 },	{ SPAN_LITERAL("adt"), -180 },
	{ SPAN_LITERAL("ast"), -240 },	{ SPAN_LITERAL("ndt"), -150 },
	{ SPAN_LITERAL("nst"), -210 },	{ SPAN_LITERAL("bst"), 60 },
	{ SPAN_LITERAL("west"), 60 },	{ SPAN_LITERAL("cet"), 60 },
	{ SPAN_LITERAL("met"), 60 },	{ SPAN_LITERAL("cest"), 120 },
	{ SPAN_LITERAL("mest"), 120 },	{ SPAN_LITERAL("eet"), 120 },
	{ SPAN_LITERAL("sast"), 120 },	{ SPAN_LITERAL("eest"), 180 },
	{ SPAN_LITERAL("msk"), 180 },	{ SPAN_LITERAL("msd"), 240 },
	{ SPAN_LITERAL("hkt"), 480 },	{ SPAN_LITERAL("jst"), 540 },
	{ SPAN_LITERAL("kst"), 540 },	{ SPAN_LITERAL("aest"), 600 },
	{ SPAN_LITERAL("aedt"), 660 },	{ SPAN_LITERAL("nzst"), 720 },
	{ SPAN_LITERAL("nzdt"), 780 },
};

struct date {
	int year, month, day, hour, minute, second;
	int zone; /* minutes east of UTC */
	bool has_time, has_zone, pm, am;
};

/* A number of at most nine digits at the start of *s. */
static bool take_number(struct span *s, int *ret_value, size_t *ret_digits)
{
	size_t n = 0;
	int v = 0;

	while (n < s->n && n < 9 && ascii_is_digit((unsigned char)s->p[n]))
		v = v * 10 + (s->p[n++] - '0');
	if (n == 0 || (n < s->n && ascii_is_digit((unsigned char)s->p[n])))
		return false;
	*s = span_sub(*s, n, SIZE_MAX);
	*ret_value = v;
	*ret_digits = n;
	return true;
}

static bool take(struct span *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = span_sub(*s, 1, SIZE_MAX);
	return true;
}

/* "+0100", "+01:00", "-7", after the sign; hours and minutes out of range make the zone unknown, 0.
 */
static bool take_offset(struct span *s, bool west, struct date *d)
{
	int v, minutes = 0;
	size_t digits, more;

	if (!take_number(s, &v, &digits))
		return false;
	if (digits <= 2 && take(s, ':')) {
		if (!take_number(s, &minutes, &more))
			return false;
	} else if (digits > 2) {
		minutes = v % 100;
		v /= 100;
	}
	if (v > 23 || minutes > 59)
		v = minutes = 0;
	d->zone = (v * 60 + minutes) * (west ? -1 : 1);
	d->has_zone = true;
	return true;
}

/* Behind the hour and its separator. */
static bool take_time(struct span *s, int hour, char separator, struct date *d)
{
	size_t digits;
	int fraction;

	d->hour = hour;
	if (!take_number(s, &d->minute, &digits))
		return false;
	if (take(s, separator) && !take_number(s, &d->second, &digits))
		return false;
	if (s->n > 1 && (s->p[0] == '.' || s->p[0] == ',') &&
	    ascii_is_digit((unsigned char)s->p[1])) {
		*s = span_sub(*s, 1, SIZE_MAX);
		take_number(s, &fraction, &digits);
	}
	d->has_time = true;
	return true;
}

/* RFC 5322 section 4.3: two digits 00 to 49 are 20xx, else and three digits are added to 1900. */
static int full_year(int v, size_t digits)
{
	if (digits == 2)
		return v < 50 ? v + 2000 : v + 1900;
	return digits == 3 ? v + 1900 : v;
}

static bool take_digits(struct span *s, struct date *d)
{
	size_t digits, more;
	int v;

	if (!take_number(s, &v, &digits))
		return false;
	if (!d->has_time && digits <= 2 && take(s, ':'))
		return take_time(s, v, ':', d);
	if (!d->has_time && digits <= 2 && d->year != NONE && s->n && s->p[0] == '.' && s->n > 2 &&
	    ascii_is_digit((unsigned char)s->p[1])) {
		take(s, '.');
		return take_time(s, v, '.', d);
	}
	if (digits == 4 && d->year == NONE && d->month == NONE && s->n &&
	    (s->p[0] == '-' || s->p[0] == '/')) { /* ISO 8601 */
		char separator = s->p[0];

		d->year = v;
		if (!take(s, separator) || !take_number(s, &d->month, &more) ||
		    !take(s, separator) || !take_number(s, &d->day, &more))
			return false;
		if (s->n && (s->p[0] == 'T' || s->p[0] == 't'))
			*s = span_sub(*s, 1, SIZE_MAX);
		return true;
	}
	if (d->day == NONE && digits <= 2)
		d->day = v;
	else if (d->year == NONE && digits >= 2)
		d->year = full_year(v, digits);
	return true;
}

static void take_name(struct span *s, struct date *d)
{
	struct span name = *s;
	size_t n = 0;

	while (n < s->n && ascii_is_alpha((unsigned char)s->p[n]))
		n++;
	name.n = n;
	*s = span_sub(*s, n, SIZE_MAX);
	for (int i = 0; n >= 3 && i < 12 && d->month == NONE; i++)
		if (span_eq_ci(span_sub(name, 0, 3),
			       (struct span){ months + 3 * (ptrdiff_t)i, 3 })) {
			d->month = i + 1;
			return;
		}
	d->am |= d->has_time && span_is_ci(name, "am");
	d->pm |= d->has_time && span_is_ci(name, "pm");
	if (!d->has_time || d->has_zone)
		return;
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++)
		if (span_eq_ci(name, zones[i].name)) {
			d->zone = zones[i].minutes;
			/* "GMT+0200" means what stands behind it. */
			d->has_zone = s->n == 0 || (s->p[0] != '+' && s->p[0] != '-');
		}
}

static void skip_comment(struct span *s)
{
	int depth = 0;

	while (s->n) {
		char c = s->p[0];

		*s = span_sub(*s, c == '\\' ? 2 : 1, SIZE_MAX);
		depth += c == '(' ? 1 : c == ')' ? -1 : 0;
		if (depth == 0)
			return;
	}
}

static bool read(struct span s, struct date *d)
{
	while (s.n) {
		char c = s.p[0];

		if (ascii_is_digit((unsigned char)c)) {
			if (!take_digits(&s, d))
				return false;
		} else if (ascii_is_alpha((unsigned char)c)) {
			take_name(&s, d);
		} else if (c == '(') {
			skip_comment(&s);
		} else if ((c == '+' || c == '-') && d->has_time && !d->has_zone && s.n > 1 &&
			   ascii_is_digit((unsigned char)s.p[1])) {
			s = span_sub(s, 1, SIZE_MAX);
			if (!take_offset(&s, c == '-', d))
				return false;
		} else {
			s = span_sub(s, 1, SIZE_MAX);
		}
	}
	return true;
}

bool date_parse(struct span s, int64_t *ret_at)
{
	struct date d = { .year = NONE, .month = NONE, .day = NONE };
	struct civil c;

	if (!read(span_sub(s, 0, DATE_BYTES_MAX), &d))
		return false;
	if (d.pm && d.hour < 12)
		d.hour += 12;
	if (d.am && d.hour == 12)
		d.hour = 0;
	if (d.second == 60)
		d.second = 59;
	if (d.year < 1 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1 ||
	    d.day > civil_month_length(d.year, d.month) || d.hour > 23 || d.minute > 59 ||
	    d.second > 59)
		return false;
	c = (struct civil){ d.year, d.month, d.day, d.hour, d.minute, d.second };
	*ret_at = civil_to_utc(&c) - (int64_t)d.zone * 60;
	return true;
}
