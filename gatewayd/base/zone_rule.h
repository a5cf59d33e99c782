/*
 * The rule in the footer of a TZif file: POSIX TZ with the hours of RFC 9636 section 3.3.1.
 *
 * "CET-1CEST,M3.5.0,M10.5.0/3": the offsets here are seconds east of UTC, the other way round than
 * the text has them.
 */
#ifndef GATEWAYD_BASE_ZONE_RULE_H
#define GATEWAYD_BASE_ZONE_RULE_H

#include "gatewayd/base/clock.h"

enum zone_season { ZONE_WINTER, ZONE_SUMMER };

struct zone_rule_day {
	enum { ZONE_DAY_NO_LEAP, ZONE_DAY_LEAP, ZONE_DAY_MONTH } form; /* Jn, n, Mm.w.d */
	int month, week, day;
	int32_t time_s; /* local time before the change; -167 h .. 167 h */
};

struct zone_rule {
	bool has_summer;
	int32_t offset[2];	     /* by season */
	struct zone_rule_day day[2]; /* on which that season begins */
};

bool zone_rule_parse(struct span text, struct zone_rule *ret_rule);

struct zone_rule_change {
	int64_t at;
	int32_t offset; /* that holds from there on */
};

/* The year's two changes, in order of time; only for a rule with summer time. */
void zone_rule_year(const struct zone_rule *rule, int year, struct zone_rule_change ret_changes[2]);

#endif
