#include "gatewayd/case/calendar.h"

#include "gatewayd/base/units.h"

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Sums up the weekdays; false when an interval is none. */
static bool index_weekdays(struct calendar *c)
{
	const struct policy_calendar *p = c->policy;
	size_t i = 0;

	for (int weekday = 0; weekday < 7; weekday++) {
		int64_t open = 0;

		c->first[weekday] = i;
		for (; i < p->interval_count && p->intervals[i].weekday == weekday; i++) {
			const struct policy_interval *v = &p->intervals[i];

			if (v->from_s < 0 || v->from_s >= v->to_s || v->to_s > DAY_S)
				return false;
			open += v->to_s - v->from_s;
		}
		if (open > c->longest_day)
			c->longest_day = open;
	}
	c->first[7] = i;
	return i == p->interval_count;
}

int calendar_init(const struct policy_calendar *policy, struct zones *zones,
		  struct calendar *ret_calendar, struct err *e)
{
	struct calendar c = { .policy = policy };

	if (zones_get(zones, policy->zone, &c.zone, e))
		return err_prefix(e, "calendar \"%s\": ", policy->name);
	if (policy->always)
		c.longest_day = DAY_S;
	else if (!index_weekdays(&c))
		return err_set(e, ERR_PERM, "calendar \"%s\": its intervals are not in order",
			       policy->name);
	if (c.longest_day == 0)
		return err_set(e, ERR_PERM, "calendar \"%s\" is never open", policy->name);
	*ret_calendar = c;
	return 0;
}

/* The computus of Butcher and Meeus. */
int64_t calendar_easter(int year)
{
	int golden = year % 19, century = year / 100, rest = year % 100;
	int skipped = century / 4, moon = (century - (century + 8) / 25 + 1) / 3;
	int epact = (19 * golden + century - skipped - moon + 15) % 30;
	int sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
	int late = (golden + 11 * epact + 22 * sunday) / 451;
	int day = epact + sunday - 7 * late + 114;

	return civil_days(year, day / 31, day % 31 + 1);
}

static int64_t nth_weekday(const struct policy_holiday *h, int year)
{
	int64_t first = civil_days(year, h->month, 1);
	int length = civil_month_length(year, h->month);
	int day = (h->weekday - civil_weekday(first) + 7) % 7;

	if (h->nth > 0)
		day += (h->nth - 1) * 7;
	else
		day += (length - 1 - day) / 7 * 7;
	return day < length ? first + day : INSTANT_NONE;
}

/* The day of that year, or INSTANT_NONE. */
static int64_t holiday_day(const struct policy_holiday *h, int year)
{
	switch (h->rule) {
	case HOLIDAY_EASTER: return calendar_easter(year) + h->day;
	case HOLIDAY_NTH_WEEKDAY: return nth_weekday(h, year);
	case HOLIDAY_DATE:
		if (h->year != year)
			return INSTANT_NONE;
		break;
	case HOLIDAY_YEARLY: break;
	}
	if (h->day > civil_month_length(year, h->month))
		return INSTANT_NONE;
	return civil_days(year, h->month, h->day);
}

static int year_of(int64_t day)
{
	struct civil c;

	civil_from_utc(day * DAY_S, &c);
	return c.year;
}

const char *calendar_holiday(const struct calendar *c, int64_t at)
{
	struct zone_run run;
	int64_t day;
	int year;

	if (c->policy->always)
		return NULL;
	zone_run_at(c->zone, at, &run);
	day = floor_div(at + run.offset, DAY_S);
	year = year_of(day);
	for (size_t i = 0; i < c->policy->holiday_count; i++)
		if (holiday_day(&c->policy->holidays[i], year) == day)
			return c->policy->holidays[i].name;
	return NULL;
}

static void mark_holidays(struct calendar_walk *w, int64_t day)
{
	const struct policy_calendar *p = w->calendar->policy;
	int year = year_of(day);

	w->year_first = civil_days(year, 1, 1);
	w->year_end = civil_days(year + 1, 1, 1);
	memset(w->holidays, 0, sizeof(w->holidays));
	for (size_t i = 0; i < p->holiday_count; i++) {
		int64_t at = holiday_day(&p->holidays[i], year);

		if (at >= w->year_first && at < w->year_end) {
			at -= w->year_first;
			w->holidays[at / 64] |= UINT64_C(1) << at % 64;
		}
	}
}

static bool is_holiday(struct calendar_walk *w, int64_t day)
{
	if (day < w->year_first || day >= w->year_end)
		mark_holidays(w, day);
	day -= w->year_first;
	return w->holidays[day / 64] >> day % 64 & 1;
}

/* The interval of that day that is open at, or opens after, second s; NULL when none is left. */
static const struct policy_interval *interval_in(struct calendar_walk *w, int64_t day, int64_t s)
{
	const struct calendar *c = w->calendar;
	int weekday = civil_weekday(day);
	size_t i = c->first[weekday];

	while (i < c->first[weekday + 1] && c->policy->intervals[i].to_s <= s)
		i++;
	if (i == c->first[weekday + 1] || is_holiday(w, day))
		return NULL;
	return &c->policy->intervals[i];
}

void calendar_walk_init(struct calendar_walk *w, const struct calendar *c, int64_t from, int64_t to)
{
	*w = (struct calendar_walk){ .calendar = c, .at = from, .end = to };
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * Inside a run of one offset the wall clock goes evenly, so an interval is cut to the run and
 * nothing else is to be said of daylight saving.
 */
bool calendar_walk_next(struct calendar_walk *w, struct stretch *ret_stretch)
{
	while (w->at < w->end) {
		const struct policy_interval *v;
		int64_t day, midnight, from;

		if (w->calendar->policy->always) {
			*ret_stretch = (struct stretch){ w->at, w->end };
			w->at = w->end;
			return true;
		}
		if (w->at >= w->run.to || w->at < w->run.from)
			zone_run_at(w->calendar->zone, w->at, &w->run);
		day = floor_div(w->at + w->run.offset, DAY_S);
		midnight = day * DAY_S - w->run.offset;
		v = interval_in(w, day, w->at - midnight);
		if (!v) {
			w->at = earlier(midnight + DAY_S, w->run.to);
			continue;
		}
		from = w->at > midnight + v->from_s ? w->at : midnight + v->from_s;
		w->at = earlier(midnight + v->to_s, w->run.to);
		if (from < earlier(w->at, w->end)) {
			*ret_stretch = (struct stretch){ from, earlier(w->at, w->end) };
			return true;
		}
	}
	return false;
}

static int in_range(const struct calendar *c, int64_t at, struct err *e)
{
	if (at >= CALENDAR_BEGIN && at < CALENDAR_END)
		return 0;
	return err_set(e, ERR_PERM, "calendar \"%s\": an instant outside of 1900 .. 2199",
		       c->policy->name);
}

int calendar_add(const struct calendar *c, int64_t from, int64_t seconds, int64_t *ret_at,
		 struct err *e)
{
	struct calendar_walk w;
	struct stretch s = { from, from };

	if (in_range(c, from, e))
		return -1;
	calendar_walk_init(&w, c, from, CALENDAR_END);
	while (seconds > 0 && calendar_walk_next(&w, &s)) {
		if (seconds <= s.to - s.from) {
			s.to = s.from + seconds;
			seconds = 0;
		} else {
			seconds -= s.to - s.from;
		}
	}
	if (seconds > 0)
		return err_set(e, ERR_PERM, "calendar \"%s\" does not open for long enough",
			       c->policy->name);
	*ret_at = s.to;
	return 0;
}

int64_t calendar_between(const struct calendar *c, int64_t from, int64_t to)
{
	struct calendar_walk w;
	struct stretch s;
	int64_t sum = 0;

	calendar_walk_init(&w, c, from < CALENDAR_BEGIN ? CALENDAR_BEGIN : from,
			   earlier(to, CALENDAR_END));
	while (calendar_walk_next(&w, &s))
		sum += s.to - s.from;
	return sum;
}

int calendar_next_open(const struct calendar *c, int64_t at, int64_t *ret_at, struct err *e)
{
	struct calendar_walk w;
	struct stretch s;

	if (in_range(c, at, e))
		return -1;
	calendar_walk_init(&w, c, at, CALENDAR_END);
	if (!calendar_walk_next(&w, &s))
		return err_set(e, ERR_PERM, "calendar \"%s\" does not open any more",
			       c->policy->name);
	*ret_at = s.from;
	return 0;
}
