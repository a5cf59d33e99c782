/*
 * Points in time as people write them: "3 days", "in 2 hours", "tomorrow", "Friday", "5 December",
 * "December 5th, 2026", "5.12.", "2026-12-05 14:00", "bis Freitag", "übermorgen".
 *
 * Names of months and weekdays are those of the words; the other words are German and English.
 * "5/12" is not read: it is another day in another country.
 */
#ifndef GATEWAYD_CASE_WHEN_H
#define GATEWAYD_CASE_WHEN_H

#include "gatewayd/case/desk.h"

enum { WHEN_DAYS_MAX = 400 }; /* so far ahead it may be */

struct when {
	int64_t at;   /* of a day without a time, its beginning there */
	bool is_day;  /* no time of day was said */
	bool is_span; /* it was said as a length, "3 days" */
};
/* In the zone of that name.  false: it is no such text, or lies in the past or too far ahead. */
bool when_read(const struct desk *d, const struct words *w, const char *zone, struct span text,
	       struct when *ret_when);

/* It is such a text, and lies in the past: "yesterday", "2020-01-31". */
bool when_is_past(const struct desk *d, const struct words *w, const char *zone, struct span text);

/* The instant of that hour on the day of `at`; days are added to it first. */
int64_t when_day(const struct desk *d, const char *zone, int64_t at, int days, int hour);

#endif
