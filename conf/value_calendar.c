/* Opening hours and holidays, as calendars write them. */
#include "conf/value.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/base/units.h"

static const char *const weekday_names[7] = { "sunday",	  "monday", "tuesday", "wednesday",
					      "thursday", "friday", "saturday" };
static const char *const month_names[12] = { "january",	  "february", "march",	  "april",
					     "may",	  "june",     "july",	  "august",
					     "september", "october",  "november", "december" };
static const char *const nth_names[5] = { "first", "second", "third", "fourth", "fifth" };

/* The index of the name that s is, or is the first three letters of; -1. */
static int index_of(struct span s, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (span_is_ci(s, names[i]) || span_eq_ci(s, (struct span){ names[i], 3 }))
			return i;
	return -1;
}

/* The next word of *s; empty at the end. */
static struct span word(struct span *s)
{
	size_t n = 0;
	struct span w;

	*s = span_trim(*s);
	while (n < s->n && !ascii_is_space((unsigned char)s->p[n]))
		n++;
	w = span_sub(*s, 0, n);
	*s = span_sub(*s, n, SIZE_MAX);
	return w;
}

/* "mon" and "mon-fri" (which may wrap, "sat-mon") as bits. */
static bool days_of(struct span s, unsigned *ret_days)
{
	bool range = span_find(s, SPAN("-")) != SIZE_MAX;
	int from = index_of(span_cut(&s, '-'), weekday_names, 7), to = from;

	if (range)
		to = index_of(s, weekday_names, 7);
	if (from < 0 || to < 0)
		return false;
	for (;; from = (from + 1) % 7) {
		*ret_days |= 1u << from;
		if (from == to)
			return true;
	}
}

/* "9:00", "09:30", "24:00" in seconds; -1. */
static int clock_time(struct span s)
{
	struct span hour = span_cut(&s, ':');
	uint64_t h, m;

	if (hour.n < 1 || hour.n > 2 || s.n != 2 || !span_u64(hour, &h) || !span_u64(s, &m))
		return -1;
	if (m > 59 || h * HOUR_S + m * 60 > DAY_S)
		return -1;
	return (int)(h * HOUR_S + m * 60);
}

static const char *add_interval(struct hours *h, struct policy_interval in)
{
	size_t at = h->n;

	if (h->n == HOURS_INTERVALS_MAX)
		return "there are too many intervals";
	for (size_t i = 0; i < h->n; i++)
		if (h->v[i].weekday == in.weekday && in.from_s < h->v[i].to_s &&
		    h->v[i].from_s < in.to_s)
			return "overlaps other hours of the same day; join them";
	while (at && (h->v[at - 1].weekday > in.weekday ||
		      (h->v[at - 1].weekday == in.weekday && h->v[at - 1].from_s > in.from_s))) {
		h->v[at] = h->v[at - 1];
		at--;
	}
	h->v[at] = in;
	h->n++;
	return NULL;
}

static const char *add_times(struct span times, unsigned days, struct hours *h)
{
	int from = clock_time(span_cut(&times, '-')), to = clock_time(times);

	if (from < 0 || to < 0)
		return "has a time that cannot be read; write 24-hour times like \"09:00-17:00\"";
	if (from >= to)
		return "ends before it begins; for hours over midnight write two lines, "
		       "\"mon 22:00-24:00\" and \"tue 00:00-06:00\"";
	for (int d = 0; d < 7; d++) {
		const char *wrong = NULL;

		if (days & 1u << d)
			wrong = add_interval(h, (struct policy_interval){ d, from, to });
		if (wrong)
			return wrong;
	}
	return NULL;
}

const char *value_hours(struct span s, struct hours *h)
{
	static const char no_days[] =
	    "begins with no weekday; write \"mon-fri 09:00-17:00\" or \"sat,sun 10:00-14:00\"";
	struct span list = word(&s), w;
	const char *wrong = NULL;
	unsigned days = 0;

	if (!list.n)
		return no_days;
	while (list.n)
		if (!days_of(span_cut(&list, ','), &days))
			return no_days;
	w = word(&s);
	if (!w.n)
		return "has no times behind the days; write \"mon-fri 09:00-17:00\"";
	for (; w.n && !wrong; w = word(&s))
		wrong = add_times(w, days, h);
	return wrong;
}

static bool number(struct span s, size_t digits, int *ret)
{
	uint64_t v;

	if (s.n != digits || !span_u64(s, &v))
		return false;
	*ret = (int)v;
	return true;
}

/* "2026-12-25" or "12-25". */
static const char *holiday_date(struct span s, struct policy_holiday *h)
{
	bool dated = s.n == 10;

	if ((dated && !number(span_cut(&s, '-'), 4, &h->year)) ||
	    !number(span_cut(&s, '-'), 2, &h->month) || !number(s, 2, &h->day))
		return "is no date like \"2026-12-25\", or \"12-25\" for every year";
	h->rule = dated ? HOLIDAY_DATE : HOLIDAY_YEARLY;
	if (h->month < 1 || h->month > 12 || h->day < 1 ||
	    h->day > civil_month_length(dated ? h->year : 2000, h->month))
		return "is a day that the calendar does not have";
	if (dated && (h->year < 1970 || h->year > 2200))
		return "is a year outside of 1970 to 2200";
	return NULL;
}

/* "easter", "easter+1", "easter-2". */
static const char *holiday_easter(struct span s, struct policy_holiday *h)
{
	int64_t days = 0;
	bool minus;

	h->rule = HOLIDAY_EASTER;
	s = span_trim(span_sub(s, strlen("easter"), SIZE_MAX));
	if (!s.n)
		return NULL;
	minus = s.p[0] == '-';
	if ((s.p[0] != '+' && !minus) || !span_i64(span_trim(span_sub(s, 1, SIZE_MAX)), &days) ||
	    days > 100)
		return "counts no days from Easter Sunday; write \"easter-2\" or \"easter+1\"";
	h->day = (int)(minus ? -days : days);
	return NULL;
}

/* "fourth thursday of november", "last monday in may". */
static const char *holiday_nth(struct span s, struct policy_holiday *h)
{
	struct span nth = word(&s), day = word(&s), of = word(&s), month = word(&s);

	h->rule = HOLIDAY_NTH_WEEKDAY;
	h->nth = -1;
	for (int i = 0; i < 5; i++)
		if (span_is_ci(nth, nth_names[i]))
			h->nth = i + 1;
	h->weekday = index_of(day, weekday_names, 7);
	h->month = index_of(month, month_names, 12) + 1;
	if ((h->nth < 0 && !span_is_ci(nth, "last")) || h->weekday < 0 || h->month < 1 ||
	    !(span_is_ci(of, "of") || span_is_ci(of, "in")) || word(&s).n)
		return "is no holiday; write \"2026-12-25\", \"12-25\", \"fourth thursday of "
		       "november\", \"last monday of may\" or \"easter+1\"";
	return NULL;
}

const char *value_holiday(struct span s, struct arena *a, struct policy_holiday *ret_holiday)
{
	struct span rule = span_trim(span_cut(&s, ':')), name = span_trim(s);
	struct policy_holiday h = { 0 };
	const char *wrong;

	if (rule.n && ascii_is_digit((unsigned char)rule.p[0]))
		wrong = holiday_date(rule, &h);
	else if (span_starts_ci(rule, SPAN("easter")))
		wrong = holiday_easter(rule, &h);
	else
		wrong = holiday_nth(rule, &h);
	if (wrong)
		return wrong;
	h.name = name.n ? arena_cstr(a, name) : NULL;
	*ret_holiday = h;
	return NULL;
}
