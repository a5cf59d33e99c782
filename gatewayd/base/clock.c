#include "gatewayd/base/clock.h"

#include <stdio.h>

#include "gatewayd/base/units.h"

static int64_t real_now(void *ctx)
{
	struct timespec ts;

	(void)ctx;
	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

static int64_t real_monotonic_ms(void *ctx)
{
	struct timespec ts;

	(void)ctx;
	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct clock clock_real(void)
{
	return (struct clock){ .now = real_now, .monotonic_ms = real_monotonic_ms };
}

int64_t clock_wait_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct timespec clock_wait_end(int ms)
{
	int64_t end = clock_wait_ms() + ms;

	return (struct timespec){ .tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000 };
}

static int64_t fake_now(void *ctx)
{
	return ((struct clock_fake *)ctx)->now;
}

static int64_t fake_monotonic_ms(void *ctx)
{
	return ((struct clock_fake *)ctx)->monotonic_ms;
}

struct clock clock_fake(struct clock_fake *state)
{
	return (struct clock){ .now = fake_now, .monotonic_ms = fake_monotonic_ms, .ctx = state };
}

/* Counts in years that begin in March, so that the leap day is a year's last. */
int64_t civil_days(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

int64_t civil_to_utc(const struct civil *c)
{
	return civil_days(c->year, c->month, c->day) * DAY_S + (int64_t)c->hour * HOUR_S +
	       (int64_t)c->minute * 60 + c->second;
}

void civil_from_utc(int64_t at, struct civil *ret_civil)
{
	int64_t days = at / DAY_S, left = at % DAY_S;
	int64_t z, era, day_of_era, year_of_era, day_of_year, month_index;

	if (left < 0) {
		left += DAY_S;
		days--;
	}
	z = days + 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	day_of_era = z - era * 146097;
	year_of_era =
	    (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month_index = (5 * day_of_year + 2) / 153;
	ret_civil->day = (int)(day_of_year - (153 * month_index + 2) / 5 + 1);
	ret_civil->month = (int)(month_index + (month_index < 10 ? 3 : -9));
	ret_civil->year = (int)(year_of_era + era * 400 + (ret_civil->month <= 2));
	ret_civil->hour = (int)(left / HOUR_S);
	ret_civil->minute = (int)(left / 60 % 60);
	ret_civil->second = (int)(left % 60);
}

int civil_weekday(int64_t days)
{
	return (int)(((days + 4) % 7 + 7) % 7);
}

int civil_month_length(int year, int month)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : length[month - 1];
}

const char *time_rfc3339(int64_t at, char out[TIME_TEXT_MAX])
{
	struct civil c;

	civil_from_utc(at, &c);
	snprintf(out, TIME_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day,
		 c.hour, c.minute, c.second);
	return out;
}

/* Its last two digits, and what is behind them. */
static char *put_two(char *to, int n, const char *behind)
{
	to[0] = (char)('0' + n / 10 % 10);
	to[1] = (char)('0' + n % 10);
	return stpcpy(to + 2, behind);
}

static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

const char *civil_text(const struct civil *c, char out[TIME_TEXT_MAX])
{
	snprintf(out, TIME_TEXT_MAX, "%s %d %s %d, %02d:%02d",
		 days[civil_weekday(civil_days(c->year, c->month, c->day))], c->day,
		 months[c->month - 1], c->year, c->hour, c->minute);
	return out;
}

const char *time_rfc5322(int64_t at, char out[TIME_TEXT_MAX])
{
	struct civil c;
	char *p;

	civil_from_utc(at, &c);
	p = stpcpy(out, days[civil_weekday(civil_days(c.year, c.month, c.day))]);
	p = put_two(stpcpy(p, ", "), c.day, " ");
	p = stpcpy(stpcpy(p, months[c.month - 1]), " ");
	p = put_two(put_two(p, c.year / 100, ""), c.year, " ");
	p = put_two(put_two(put_two(p, c.hour, ":"), c.minute, ":"), c.second, " +0000");
	return out;
}

const char *time_local(int64_t at, char out[TIME_TEXT_MAX])
{
	time_t t = (time_t)at;
	struct tm tm;

	if (!localtime_r(&t, &tm) || !strftime(out, TIME_TEXT_MAX, "%Y-%m-%d %H:%M:%S %z", &tm))
		out[0] = '\0';
	return out;
}

static bool digits(struct span *s, size_t count, int *ret_value)
{
	uint64_t v;

	if (s->n < count || !span_u64(span_sub(*s, 0, count), &v))
		return false;
	*s = span_sub(*s, count, SIZE_MAX);
	*ret_value = (int)v;
	return true;
}

static bool skip(struct span *s, const char *any_of)
{
	if (s->n == 0 || s->p[0] == '\0' || !strchr(any_of, s->p[0]))
		return false;
	*s = span_sub(*s, 1, SIZE_MAX);
	return true;
}

static bool offset(struct span s, int *ret_seconds)
{
	int sign = s.n && s.p[0] == '-' ? -1 : 1;
	int hours, minutes;

	*ret_seconds = 0;
	if (s.n == 1 && skip(&s, "zZ"))
		return true;
	if (!skip(&s, "+-") || !digits(&s, 2, &hours))
		return false;
	skip(&s, ":");
	if (!digits(&s, 2, &minutes) || s.n || hours > 23 || minutes > 59)
		return false;
	*ret_seconds = sign * (hours * HOUR_S + minutes * 60);
	return true;
}

bool time_parse_rfc3339(struct span s, int64_t *ret_at)
{
	struct civil c = { 0 };
	int away;

	if (!digits(&s, 4, &c.year) || !skip(&s, "-") || !digits(&s, 2, &c.month) ||
	    !skip(&s, "-") || !digits(&s, 2, &c.day) || !skip(&s, "Tt ") ||
	    !digits(&s, 2, &c.hour) || !skip(&s, ":") || !digits(&s, 2, &c.minute))
		return false;
	if (skip(&s, ":") && !digits(&s, 2, &c.second))
		return false;
	if (skip(&s, ".,"))
		while (skip(&s, "0123456789"))
			;
	skip(&s, " ");
	if (!offset(s, &away) || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > civil_month_length(c.year, c.month) || c.hour > 23 || c.minute > 59 ||
	    c.second > 60)
		return false;
	*ret_at = civil_to_utc(&c) - away;
	return true;
}
