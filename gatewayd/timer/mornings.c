#include "gatewayd/timer/mornings.h"

#include "gatewayd/case/staff_name.h"
#include "gatewayd/case/when.h"
#include "gatewayd/post/post.h"

static const char *zone_of(const struct desk *d, const struct conf_staff *staff)
{
	return staff_name_zone(d->conf, staff);
}

static bool is_working_day(int64_t days)
{
	int weekday = civil_weekday(days);

	return weekday != 0 && weekday != 6;
}

/* The local day, when it is a morning of a working day; -1: it is none. */
static int64_t morning_of(const struct desk *d, const struct conf_staff *staff)
{
	struct civil c;
	int64_t days;

	zone_to_local(desk_zone(d, zone_of(d, staff)), d->now, &c);
	days = civil_days(c.year, c.month, c.day);
	return is_working_day(days) && c.hour >= MORNING_HOUR && c.hour < MORNING_UNTIL ? days : -1;
}

static const char *key_of(const struct desk *d, const struct conf_staff *staff)
{
	return arena_printf(d->arena, "morning:%s", staff->id);
}

static int is_due(struct desk *d, const struct conf_staff *staff, int64_t days, bool *ret_due,
		  struct err *e)
{
	struct store_away away;
	struct span told;
	int64_t last;

	if (store_meta_get(d->store, key_of(d, staff), d->arena, &told, e) < 0 ||
	    store_away_get(d->store, span_of(staff->id), d->now, d->arena, &away, e) < 0)
		return -1;
	*ret_due = !away.staff.p && (!told.p || !span_i64(told, &last) || last < days);
	return 0;
}

static int tell(struct desk *d, const struct conf_staff *staff, int64_t days, struct err *e)
{
	int64_t tomorrow = when_day(d, zone_of(d, staff), d->now, 1, 0);
	const char *day = arena_printf(d->arena, "%lld", (long long)days);
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0 || store_meta_set(txn, key_of(d, staff), span_of(day), e) < 0 ||
	    post_morning(d, staff, tomorrow, e) < 0)
		return -1;
	return store_commit(txn, e);
}

int mornings_turn(struct desk *d, struct err *e)
{
	for (size_t i = 0; i < d->conf->staff_count; i++) {
		const struct conf_staff *staff = &d->conf->staff[i];
		int64_t days = staff->morning ? morning_of(d, staff) : -1;
		bool due = false;

		if (days < 0)
			continue;
		if (is_due(d, staff, days, &due, e) < 0 || (due && tell(d, staff, days, e) < 0))
			return -1;
	}
	return 0;
}

int64_t mornings_next(const struct desk *d)
{
	int64_t next = INSTANT_NONE;

	for (size_t i = 0; i < d->conf->staff_count; i++) {
		const struct conf_staff *staff = &d->conf->staff[i];
		int64_t at;

		if (!staff->morning)
			continue;
		at = when_day(d, zone_of(d, staff), d->now, 0, MORNING_HOUR);
		if (at <= d->now)
			at = when_day(d, zone_of(d, staff), d->now, 1, MORNING_HOUR);
		if (next == INSTANT_NONE || at < next)
			next = at;
	}
	return next;
}
