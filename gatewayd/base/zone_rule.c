#include "gatewayd/base/zone_rule.h"

#include "gatewayd/base/units.h"

static bool skip(struct span *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = span_sub(*s, 1, SIZE_MAX);
	return true;
}

static bool take_number(struct span *s, int min, int max, int *ret_value)
{
	size_t n = 0;
	uint64_t v;

	while (n < s->n && n < 4 && ascii_is_digit((unsigned char)s->p[n]))
		n++;
	if (!span_u64(span_sub(*s, 0, n), &v) || v > (uint64_t)max || (int)v < min)
		return false;
	*s = span_sub(*s, n, SIZE_MAX);
	*ret_value = (int)v;
	return true;
}

/* "CET", "<+1030>" */
static bool take_name(struct span *s)
{
	bool quoted = skip(s, '<');
	size_t n = 0;

	while (n < s->n && (quoted ? s->p[n] != '>' : ascii_is_alpha((unsigned char)s->p[n])))
		n++;
	*s = span_sub(*s, n, SIZE_MAX);
	return n >= 3 && (!quoted || skip(s, '>'));
}

/* [+-]h[h[h]][:mm[:ss]] */
static bool take_time(struct span *s, int max_hours, int32_t *ret_seconds)
{
	int sign = skip(s, '-') ? -1 : 1, hours, minutes = 0, seconds = 0;

	if (sign == 1)
		skip(s, '+');
	if (!take_number(s, 0, max_hours, &hours))
		return false;
	if (skip(s, ':')) {
		if (!take_number(s, 0, 59, &minutes))
			return false;
		if (skip(s, ':') && !take_number(s, 0, 59, &seconds))
			return false;
	}
	*ret_seconds = sign * (hours * HOUR_S + minutes * 60 + seconds);
	return true;
}

static bool take_day(struct span *s, struct zone_rule_day *d)
{
	bool good;

	d->time_s = 2 * HOUR_S;
	if (skip(s, 'M')) {
		d->form = ZONE_DAY_MONTH;
		good = take_number(s, 1, 12, &d->month) && skip(s, '.') &&
		       take_number(s, 1, 5, &d->week) && skip(s, '.') &&
		       take_number(s, 0, 6, &d->day);
	} else if (skip(s, 'J')) {
		d->form = ZONE_DAY_NO_LEAP;
		good = take_number(s, 1, 365, &d->day);
	} else {
		d->form = ZONE_DAY_LEAP;
		good = take_number(s, 0, 365, &d->day);
	}
	return good && (!skip(s, '/') || take_time(s, 167, &d->time_s));
}

bool zone_rule_parse(struct span text, struct zone_rule *ret_rule)
{
	struct zone_rule rule = { 0 };
	int32_t west;

	if (!take_name(&text) || !take_time(&text, 24, &west))
		return false;
	rule.offset[ZONE_WINTER] = -west;
	if (text.n) {
		rule.has_summer = true;
		rule.offset[ZONE_SUMMER] = rule.offset[ZONE_WINTER] + HOUR_S;
		if (!take_name(&text))
			return false;
		if (text.n && text.p[0] != ',') {
			if (!take_time(&text, 24, &west))
				return false;
			rule.offset[ZONE_SUMMER] = -west;
		}
		if (!skip(&text, ',') || !take_day(&text, &rule.day[ZONE_SUMMER]) ||
		    !skip(&text, ',') || !take_day(&text, &rule.day[ZONE_WINTER]))
			return false;
	}
	if (text.n)
		return false;
	*ret_rule = rule;
	return true;
}

static int64_t month_day(const struct zone_rule_day *d, int year)
{
	int64_t first = civil_days(year, d->month, 1);
	int day = (d->day - civil_weekday(first) + 7) % 7 + (d->week - 1) * 7;

	if (day >= civil_month_length(year, d->month))
		day -= 7;
	return first + day;
}

static int64_t day_in(const struct zone_rule_day *d, int year)
{
	int64_t first = civil_days(year, 1, 1);
	bool leap = civil_month_length(year, 2) == 29;

	switch (d->form) {
	case ZONE_DAY_MONTH: return month_day(d, year);
	case ZONE_DAY_NO_LEAP: return first + d->day - 1 + (leap && d->day >= 60);
	case ZONE_DAY_LEAP: break;
	}
	return first + d->day;
}

/* The time of day is told in the offset that ends. */
static struct zone_rule_change change_to(const struct zone_rule *rule, enum zone_season to,
					 int year)
{
	return (struct zone_rule_change){
		.at = day_in(&rule->day[to], year) * DAY_S + rule->day[to].time_s -
		      rule->offset[to == ZONE_SUMMER ? ZONE_WINTER : ZONE_SUMMER],
		.offset = rule->offset[to],
	};
}

void zone_rule_year(const struct zone_rule *rule, int year, struct zone_rule_change ret_changes[2])
{
	struct zone_rule_change summer = change_to(rule, ZONE_SUMMER, year);
	struct zone_rule_change winter = change_to(rule, ZONE_WINTER, year);
	bool north = summer.at <= winter.at;

	ret_changes[0] = north ? summer : winter;
	ret_changes[1] = north ? winter : summer;
}
