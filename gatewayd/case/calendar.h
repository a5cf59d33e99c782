/*
 * Open time: interval arithmetic over a calendar of the policy.
 *
 * An instant is open when the calendar's zone shows a wall clock inside one of the weekday's
 * intervals, on a date that is no holiday.  So open time on the day of a daylight-saving change is
 * what really passes: an hour that comes twice counts twice, one that never comes does not count.
 *
 * A struct calendar borrows from the policy and the zones, owns nothing, and is cheap to make.
 * Instants lie between CALENDAR_BEGIN and CALENDAR_END; what does not become due before it is
 * ERR_PERM, and no time outside of them is open.
 */
#ifndef GATEWAYD_CASE_CALENDAR_H
#define GATEWAYD_CASE_CALENDAR_H

#include "conf/policy.h"
#include "gatewayd/base/zone.h"

#define CALENDAR_BEGIN INT64_C(-2208988800) /* 1900-01-01T00:00:00Z */
#define CALENDAR_END   INT64_C(7258118400)  /* 2200-01-01T00:00:00Z, the horizon of each search */

struct calendar {
	const struct policy_calendar *policy;
	const struct zone *zone;
	size_t first[8];     /* of weekday w: policy->intervals[first[w]] up to first[w + 1] */
	int64_t longest_day; /* open seconds of the longest regular weekday: one business day */
};

/* ERR_PERM: a zone that is not there, or no open interval at all. */
int calendar_init(const struct policy_calendar *policy, struct zones *zones,
		  struct calendar *ret_calendar, struct err *e);

/* The first instant at which `seconds` of open time have passed since from; 0 gives from itself. */
int calendar_add(const struct calendar *c, int64_t from, int64_t seconds, int64_t *ret_at,
		 struct err *e);

/* Open seconds in from <= t < to; 0 when to <= from. */
int64_t calendar_between(const struct calendar *c, int64_t from, int64_t to);

/* The first open instant that is not before at. */
int calendar_next_open(const struct calendar *c, int64_t at, int64_t *ret_at, struct err *e);

/* The name of a holiday that the local date of the instant is, or NULL; never for 24 x 7. */
const char *calendar_holiday(const struct calendar *c, int64_t at);

/* A walk over the open stretches between two instants, in order; neighbours may touch. */
struct calendar_walk {
	const struct calendar *calendar;
	int64_t at, end;
	struct zone_run run;
	int64_t year_first, year_end; /* days of the year whose holidays are marked below */
	uint64_t holidays[6];	      /* a bit for each day of it */
};

struct stretch {
	int64_t from, to; /* from < to */
};

void calendar_walk_init(struct calendar_walk *w, const struct calendar *c, int64_t from,
			int64_t to);
bool calendar_walk_next(struct calendar_walk *w, struct stretch *ret_stretch);

/* Easter Sunday of the Gregorian calendar, in days since 1970-01-01. */
int64_t calendar_easter(int year);

#endif
