#include "gatewayd/stats/stats_chart.h"

#include <inttypes.h>

/* In the units of the view box. */
enum {
	WIDTH = 720,
	HEIGHT = 200,
	LEFT = 54, /* for the numbers of the grid */
	NUMBERS_LEFT = 6,
	TOP = 12,
	BOTTOM = 36, /* for the ticks, which are large on a phone */
	TICK_UP = 8,
	GRID_LINES = 4,
	LABEL_DOWN = 4, /* from a line to the foot of its number */
};
#define GAP 0.2 /* of a column that is empty */

static int64_t largest(const struct stats_chart *c)
{
	int64_t most = 1;

	for (size_t i = 0; i < c->n; i++) {
		most = c->bars[i].n > most ? c->bars[i].n : most;
		most = !c->stacked && c->bars[i].second > most ? c->bars[i].second : most;
	}
	return most;
}

/* 1, 2 or 5 times a power of ten, so that GRID_LINES of them reach as far. */
static int64_t step_for(int64_t most)
{
	static const int factors[] = { 1, 2, 5 };

	for (int64_t power = 1;; power *= 10)
		for (size_t i = 0; i < sizeof(factors) / sizeof(*factors); i++)
			if (power * factors[i] * GRID_LINES >= most)
				return power * factors[i];
}

struct scale {
	int64_t top; /* the value at the upper end */
	double column;
};

static double height_of(const struct scale *s, int64_t n)
{
	return (double)n / (double)s->top * (HEIGHT - TOP - BOTTOM);
}

static double y_of(const struct scale *s, int64_t n)
{
	return HEIGHT - BOTTOM - height_of(s, n);
}

static void put_grid(struct template_data *row, const struct scale *s, int64_t step)
{
	for (int64_t value = 0; value <= s->top; value += step) {
		struct template_data *line = template_row(row, "grid");

		template_setf(line, "y", "%.1f", y_of(s, value));
		template_setf(line, "text_y", "%.1f", y_of(s, value) + LABEL_DOWN);
		template_set_int(line, "text_x", LEFT - NUMBERS_LEFT);
		template_set_int(line, "value", value);
	}
}

static void put_bar(struct template_data *row, const struct stats_chart *c, const struct scale *s,
		    size_t i)
{
	const struct stats_bar *bar = &c->bars[i];
	struct template_data *d = template_row(row, "bars");
	bool beside = c->second && !c->stacked;
	double x = LEFT + s->column * ((double)i + GAP / 2);
	double w = s->column * (1 - GAP) / (beside ? 2 : 1);

	template_set(d, "label", span_of(bar->label));
	if (c->second)
		template_setf(d, "says", "%s %" PRIi64 ", %s %" PRIi64, c->first, bar->n, c->second,
			      bar->second);
	else
		template_set_int(d, "says", bar->n);
	template_setf(d, "x", "%.1f", x);
	template_setf(d, "w", "%.1f", w);
	template_setf(d, "y", "%.1f", y_of(s, bar->n));
	template_setf(d, "h", "%.1f", height_of(s, bar->n));
	if (c->second) {
		template_setf(d, "second_x", "%.1f", beside ? x + w : x);
		template_setf(d, "second_y", "%.1f", y_of(s, bar->second));
		template_setf(d, "second_h", "%.1f", height_of(s, bar->second));
	}
	if (bar->tick) {
		template_set(d, "tick", span_of(bar->tick));
		template_setf(d, "tick_x", "%.1f", LEFT + s->column * ((double)i + 0.5));
		template_set_int(d, "tick_y", HEIGHT - TICK_UP);
	}
}

void stats_chart_put(struct template_data *page, const struct stats_chart *c)
{
	struct template_data *row = template_row(page, "charts");
	int64_t most = largest(c), step = step_for(most);
	const struct scale s = { .top = (most + step - 1) / step * step,
				 .column = (double)(WIDTH - LEFT) / (double)(c->n ? c->n : 1) };

	template_set(row, "title", span_of(c->title));
	template_set(row, "meaning", span_of(c->meaning));
	template_set(row, "first", span_of(c->first));
	template_set(row, "second", span_of(c->second ? c->second : ""));
	template_set_int(row, "left", LEFT);
	template_set_int(row, "width", WIDTH);
	template_set_int(row, "height", HEIGHT);
	put_grid(row, &s, step);
	for (size_t i = 0; i < c->n; i++)
		put_bar(row, c, &s, i);
}
