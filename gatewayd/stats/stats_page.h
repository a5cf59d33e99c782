/*
 * A report as one HTML page without anything from elsewhere: pages/report.html, filled with a sum.
 */
#ifndef GATEWAYD_STATS_STATS_PAGE_H
#define GATEWAYD_STATS_STATS_PAGE_H

#include "gatewayd/base/template.h"
#include "gatewayd/stats/stats.h"

/* The files of pages/; an empty row ends them. */
struct stats_text {
	const char *name, *text;
};
extern const struct stats_text stats_texts[];

enum { STATS_PAGE_MAX = 4 * 1024 * 1024 }; /* bytes */

struct stats_head {
	struct stats_span span;
	struct span company;
	int64_t made_at;
};

/* Texts live in the arena and as long as the sum. */
int stats_page(struct arena *a, const struct stats_head *head, json_t *sum, struct buf *out,
	       struct err *e);

/* "3 h 20 min" */
const char *stats_minutes_text(struct arena *a, int64_t minutes);
/* Of met and breached, "98 %"; "" without either. */
const char *stats_percent(struct arena *a, int64_t met, int64_t breached);
/* In the zone of the report: "2026-11-23", with the time where it is not midnight. */
const char *stats_day_text(struct arena *a, const struct zone *zone, int64_t at);

#endif
