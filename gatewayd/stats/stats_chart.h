/* Column charts of a report, as rows of the page's template; pure. */
#ifndef GATEWAYD_STATS_STATS_CHART_H
#define GATEWAYD_STATS_STATS_CHART_H

#include "gatewayd/base/template.h"

struct stats_bar {
	const char *label; /* says what it is */
	const char *tick;  /* below it; NULL: nothing */
	int64_t n, second; /* second: beside it, or as a part of it */
};
struct stats_chart {
	const char *title, *meaning;
	const char *first, *second; /* what the two are; second NULL: there is one */
	bool stacked;		    /* the second is a part of the first, else beside it */
	const struct stats_bar *bars;
	size_t n;
};
void stats_chart_put(struct template_data *page, const struct stats_chart *chart);

#endif
