#include "gatewayd/stats/stats_page.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "gatewayd/base/units.h"
#include "gatewayd/stats/stats_chart.h"

enum {
	COLUMNS_MAX = 62, /* of the chart of days: more days than that share one */
	TICKS_MAX = 12,
	LIST_ROWS = 20,
	TABLE_ROWS = 100,
	YEAR_CHARS = 5, /* of "2026-11-23" that a tick leaves out */
	HOUR_MINUTES = 60,
	DAY_MINUTES = 24 * HOUR_MINUTES,
};

struct page {
	struct arena *arena;
	const struct stats_head *head;
	json_t *sum;
	struct template_data *data;
};

/* --- texts --- */

const char *stats_minutes_text(struct arena *a, int64_t minutes)
{
	int64_t days = minutes / DAY_MINUTES, hours = minutes / HOUR_MINUTES % 24;
	int64_t rest = minutes % HOUR_MINUTES;

	if (days)
		return arena_printf(a, "%" PRIi64 " d %" PRIi64 " h", days, hours);
	if (hours)
		return arena_printf(a, "%" PRIi64 " h %" PRIi64 " min", hours, rest);
	return arena_printf(a, "%" PRIi64 " min", rest);
}

const char *stats_percent(struct arena *a, int64_t met, int64_t breached)
{
	int64_t both = met + breached;

	/* Never "100 %" while one was missed. */
	return both ? arena_printf(a, "%" PRIi64 " %%", met * 100 / both) : "";
}

const char *stats_day_text(struct arena *a, const struct zone *zone, int64_t at)
{
	struct civil c;

	zone_to_local(zone, at, &c);
	if (!c.hour && !c.minute)
		return arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day);
	return arena_printf(a, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour,
			    c.minute);
}

/* --- what stands at the top --- */

static int64_t total(const struct page *p, enum stats_measure measure)
{
	return stats_get(p->sum, STATS_TOTAL, "", measure);
}

static void put_total(const struct page *p, const char *name, const char *value, const char *note)
{
	struct template_data *row = template_row(p->data, "totals");

	template_set(row, "name", span_of(name));
	template_set(row, "value", span_of(value));
	template_set(row, "note", span_of(note));
}

static const char *number(const struct page *p, int64_t n)
{
	return arena_printf(p->arena, "%" PRIi64, n);
}

static const char *minutes(const struct page *p, int percent)
{
	int64_t n = stats_minutes_percentile(p->sum, percent);

	return n < 0 ? "-" : stats_minutes_text(p->arena, n);
}

static void put_totals(const struct page *p)
{
	const char *percent =
	    stats_percent(p->arena, total(p, STATS_MET), total(p, STATS_BREACHED));

	put_total(p, "opened", number(p, total(p, STATS_OPENED)), "");
	put_total(p, "closed", number(p, total(p, STATS_CLOSED)), "");
	put_total(p, "reopened", number(p, total(p, STATS_REOPENED)), "");
	put_total(p, "open at the end", number(p, total(p, STATS_BACKLOG)),
		  arena_printf(p->arena, "%" PRIi64 " at the beginning", total(p, STATS_BEFORE)));
	put_total(p, "targets met", *percent ? percent : "-",
		  arena_printf(p->arena, "%" PRIi64 " met, %" PRIi64 " breached",
			       total(p, STATS_MET), total(p, STATS_BREACHED)));
	put_total(p, "first response, median", minutes(p, 50),
		  arena_printf(p->arena, "nine of ten within %s", minutes(p, 90)));
}

static void put_head(const struct page *p)
{
	const struct stats_span *span = &p->head->span;

	template_set(p->data, "company", p->head->company);
	template_set(p->data, "from", span_of(stats_day_text(p->arena, span->zone, span->from_at)));
	template_set(p->data, "to", span_of(stats_day_text(p->arena, span->zone, span->to_at)));
	template_set(p->data, "queue", span->queue);
	template_set(p->data, "account", span->account);
	template_set(p->data, "zone", span_of(zone_name(span->zone)));
	template_set(p->data, "made",
		     span_of(stats_day_text(p->arena, span->zone, p->head->made_at)));
}

/* --- charts --- */

static const char *day_key(const struct page *p, int64_t day)
{
	struct civil c;

	civil_from_utc(day * DAY_S, &c);
	return arena_printf(p->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}

/* Of local days since 1970-01-01. */
static int64_t day_of(const struct page *p, int64_t at)
{
	struct civil c;

	zone_to_local(p->head->span.zone, at, &c);
	return civil_days(c.year, c.month, c.day);
}

static void fill_days(const struct page *p, int64_t first, int64_t days, struct stats_bar *bar)
{
	for (int64_t i = 0; i < days; i++) {
		const char *key = day_key(p, first + i);

		bar->n += stats_get(p->sum, STATS_DAY, key, STATS_OPENED) +
			  stats_get(p->sum, STATS_DAY, key, STATS_REOPENED);
		bar->second += stats_get(p->sum, STATS_DAY, key, STATS_CLOSED);
	}
	bar->label = day_key(p, first);
	if (days > 1)
		bar->label =
		    arena_printf(p->arena, "%s to %s", bar->label, day_key(p, first + days - 1));
}

/* "on each day", "in each 7 days" */
static const char *each_text(const struct page *p, const char *one, const char *many, int64_t each)
{
	return each > 1 ? arena_printf(p->arena, "%s %" PRIi64 " days", many, each) : one;
}

static void put_days(const struct page *p)
{
	const struct stats_span *span = &p->head->span;
	int64_t first = day_of(p, span->from_at);
	int64_t days = span->to_at > span->from_at ? day_of(p, span->to_at - 1) - first + 1 : 0;
	int64_t each = (days + COLUMNS_MAX - 1) / COLUMNS_MAX, left = total(p, STATS_BEFORE);
	size_t n = each ? (size_t)((days + each - 1) / each) : 0, ticks = n / TICKS_MAX + 1;
	struct stats_bar *bars = arena_alloc_n(p->arena, n + 1, sizeof(*bars));
	struct stats_bar *open = arena_alloc_n(p->arena, n + 1, sizeof(*open));

	for (size_t i = 0; i < n; i++) {
		int64_t at = (int64_t)i * each, here = days - at < each ? days - at : each;

		fill_days(p, first + at, here, &bars[i]);
		if (i % ticks == 0)
			bars[i].tick = day_key(p, first + at) + YEAR_CHARS;
		left += bars[i].n - bars[i].second;
		open[i] = (struct stats_bar){ bars[i].label, bars[i].tick, left, 0 };
	}
	stats_chart_put(p->data, &(struct stats_chart){
				     .title = "Opened and closed",
				     .meaning = each_text(
					 p, "cases opened or reopened, and closed, on each day",
					 "cases opened or reopened, and closed, in each", each),
				     .first = "opened",
				     .second = "closed",
				     .bars = bars,
				     .n = n });
	stats_chart_put(p->data, &(struct stats_chart){
				     .title = "Open",
				     .meaning = each_text(p, "cases open at the end of each day",
							  "cases open at the end of each", each),
				     .first = "open",
				     .bars = open,
				     .n = n });
}

static void put_openings(const struct page *p, enum stats_section section,
			 const struct stats_bar *empty, size_t n, const char *const *keys,
			 const char *title)
{
	struct stats_bar *bars = arena_alloc_n(p->arena, n, sizeof(*bars));

	for (size_t i = 0; i < n; i++) {
		bars[i] = empty[i];
		bars[i].n = stats_get(p->sum, section, keys[i], STATS_OPENED);
		bars[i].second = stats_get(p->sum, section, keys[i], STATS_BREACHED);
	}
	stats_chart_put(p->data,
			&(struct stats_chart){ .title = title,
					       .meaning = "cases opened then, and those of them "
							  "whose first response was late",
					       .first = "opened",
					       .second = "of these breached",
					       .stacked = true,
					       .bars = bars,
					       .n = n });
}

static void put_weekdays(const struct page *p)
{
	static const struct stats_bar days[] = {
		{ "Monday", "Mon", 0, 0 },    { "Tuesday", "Tue", 0, 0 },
		{ "Wednesday", "Wed", 0, 0 }, { "Thursday", "Thu", 0, 0 },
		{ "Friday", "Fri", 0, 0 },    { "Saturday", "Sat", 0, 0 },
		{ "Sunday", "Sun", 0, 0 },
	};
	static const char *const keys[] = { "1", "2", "3", "4", "5", "6", "7" };

	put_openings(p, STATS_WEEKDAY, days, sizeof(days) / sizeof(*days), keys,
		     "Opened by weekday");
}

static void put_hours(const struct page *p)
{
	enum { HOURS = 24, EVERY = 3 };
	struct stats_bar hours[HOURS];
	const char *keys[HOURS];

	for (int i = 0; i < HOURS; i++) {
		keys[i] = arena_printf(p->arena, "%02d", i);
		hours[i] =
		    (struct stats_bar){ arena_printf(p->arena, "%02d:00 to %02d:00", i, i + 1),
					i % EVERY ? NULL : keys[i], 0, 0 };
	}
	put_openings(p, STATS_HOUR, hours, HOURS, keys, "Opened by hour");
}

/* Keys that are numbers, put together. */
struct bucket {
	int64_t below;
	const char *label, *tick;
};

static void put_buckets(const struct page *p, enum stats_section section,
			enum stats_measure measure, const struct bucket *buckets, size_t n,
			struct stats_chart *chart)
{
	json_t *keys = json_object_get(p->sum, stats_section_name(section)), *of_key;
	struct stats_bar *bars = arena_alloc_n(p->arena, n, sizeof(*bars));
	const char *key;

	for (size_t i = 0; i < n; i++)
		bars[i] = (struct stats_bar){ buckets[i].label, buckets[i].tick, 0, 0 };
	json_object_foreach(keys, key, of_key)
	{
		int64_t value = 0;
		size_t i = 0;

		(void)span_i64(span_of(key), &value);
		while (i + 1 < n && value >= buckets[i].below)
			i++;
		bars[i].n += json_int(of_key, stats_measure_name(measure), 0);
	}
	chart->bars = bars;
	chart->n = n;
	stats_chart_put(p->data, chart);
}

static void put_ages(const struct page *p)
{
	static const struct bucket buckets[] = {
		{ 1, "less than a day", "< 1 d" },   { 3, "1 to 2 days", "1-2 d" },
		{ 7, "3 to 6 days", "3-6 d" },	     { 14, "7 to 13 days", "7-13 d" },
		{ 30, "14 to 29 days", "14-29 d" },  { 90, "30 to 89 days", "30-89 d" },
		{ 0, "90 days and more", "90 d +" },
	};

	put_buckets(p, STATS_AGE, STATS_BACKLOG, buckets, sizeof(buckets) / sizeof(*buckets),
		    &(struct stats_chart){ .title = "Age of what is open",
					   .meaning = "cases open at the end, by days since they "
						      "were opened",
					   .first = "open" });
}

static void put_responses(const struct page *p)
{
	static const struct bucket buckets[] = {
		{ 15, "less than 15 minutes", "< 15 min" },
		{ 60, "15 minutes to 1 hour", "< 1 h" },
		{ 4 * HOUR_MINUTES, "1 to 4 hours", "< 4 h" },
		{ 8 * HOUR_MINUTES, "4 to 8 hours", "< 8 h" },
		{ DAY_MINUTES, "8 hours to a day", "< 1 d" },
		{ 2 * DAY_MINUTES, "1 to 2 days", "< 2 d" },
		{ 7 * DAY_MINUTES, "2 to 7 days", "< 7 d" },
		{ 0, "a week and more", "7 d +" },
	};

	put_buckets(p, STATS_MINUTES, STATS_COUNT, buckets, sizeof(buckets) / sizeof(*buckets),
		    &(struct stats_chart){
			.title = "Time to the first response",
			.meaning = "cases opened and answered, by the time on the wall from the "
				   "start of the clock to the first response of a person",
			.first = "cases" });
}

/* --- tables --- */

struct key {
	const char *name;
	json_t *of_key;
	int64_t n; /* that they are ordered by */
};

static int by_number(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->name, y->name);
}

/* The keys of a section, the largest first. */
static struct key *keys_of(const struct page *p, enum stats_section section,
			   enum stats_measure measure, size_t *ret_n)
{
	json_t *keys = json_object_get(p->sum, stats_section_name(section)), *of_key;
	struct key *v = arena_alloc_n(p->arena, json_object_size(keys) + 1, sizeof(*v));
	const char *name;
	size_t n = 0;

	json_object_foreach(keys, name, of_key) v[n++] =
	    (struct key){ name, of_key, json_int(of_key, stats_measure_name(measure), 0) };
	qsort(v, n, sizeof(*v), by_number);
	*ret_n = n;
	return v;
}

static void put_row(const struct page *p, struct template_data *table, const struct key *key)
{
	static const enum stats_measure shown[] = { STATS_OPENED,  STATS_CLOSED, STATS_REOPENED,
						    STATS_BACKLOG, STATS_MET,	 STATS_BREACHED };
	struct template_data *row = template_row(table, "rows");
	int64_t met = json_int(key->of_key, stats_measure_name(STATS_MET), 0);
	int64_t breached = json_int(key->of_key, stats_measure_name(STATS_BREACHED), 0);
	double both = met + breached ? (double)(met + breached) : 1;

	template_set(row, "name", span_of(strcmp(key->name, "-") == 0 ? "none" : key->name));
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++)
		template_set_int(row, stats_measure_name(shown[i]),
				 json_int(key->of_key, stats_measure_name(shown[i]), 0));
	template_set(row, "percent", span_of(stats_percent(p->arena, met, breached)));
	template_setf(row, "met_w", "%.1f", (double)met / both * 100);
	template_setf(row, "breached_w", "%.1f", (double)breached / both * 100);
}

static void put_tables(const struct page *p)
{
	static const struct {
		enum stats_section section;
		const char *title, *of;
	} tables[] = { { STATS_QUEUE, "Queues", "queue" },
		       { STATS_PACKAGE, "Packages", "package" },
		       { STATS_OWNER, "Owners", "owner" } };

	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++) {
		struct template_data *table = template_row(p->data, "tables");
		size_t n;
		struct key *v = keys_of(p, tables[t].section, STATS_OPENED, &n);

		template_set(table, "title", span_of(tables[t].title));
		template_set(table, "of", span_of(tables[t].of));
		template_set(table, "meaning", span_of(stats_section_meaning(tables[t].section)));
		for (size_t i = 0; i < n && i < TABLE_ROWS; i++)
			put_row(p, table, &v[i]);
	}
}

static void put_list(const struct page *p, enum stats_section section, enum stats_measure measure,
		     const char *title, const char *of)
{
	struct template_data *list = template_row(p->data, "lists");
	size_t n;
	struct key *v = keys_of(p, section, measure, &n);

	template_set(list, "title", span_of(title));
	template_set(list, "of", span_of(of));
	template_set(list, "counted", span_of(stats_measure_name(measure)));
	template_set(list, "meaning", span_of(stats_section_meaning(section)));
	if (n > LIST_ROWS)
		template_setf(list, "more", "%zu", n - LIST_ROWS);
	for (size_t i = 0; i < n && i < LIST_ROWS; i++) {
		struct template_data *row = template_row(list, "rows");

		template_set(row, "name", span_of(v[i].name));
		template_set_int(row, "n", v[i].n);
		template_setf(row, "w", "%.1f", v[0].n ? (double)v[i].n / (double)v[0].n * 100 : 0);
	}
}

static void put_lists(const struct page *p)
{
	bool all = !p->head->span.queue.n && !p->head->span.account.n;

	if (all) {
		put_list(p, STATS_MAIL, STATS_COUNT, "Mails that came in", "became");
		put_list(p, STATS_FILED, STATS_COUNT, "Filed automatically", "reason");
	}
	put_list(p, STATS_UNDELIVERED, STATS_COUNT, "Bounced, or not sent", "mail");
	put_list(p, STATS_SENDER, STATS_OPENED, "Busiest senders", "requester");
}

static void put_meanings(const struct page *p)
{
	for (int i = 0; i < STATS_MEASURE_COUNT; i++) {
		struct template_data *row = template_row(p->data, "meanings");

		template_set(row, "name", span_of(stats_measure_name((enum stats_measure)i)));
		template_set(row, "meaning", span_of(stats_measure_meaning((enum stats_measure)i)));
	}
}

static struct span text_of(const char *name)
{
	const struct stats_text *t = stats_texts;

	while (t->name && strcmp(t->name, name) != 0)
		t++;
	assert(t->name);
	return span_of(t->text);
}

int stats_page(struct arena *a, const struct stats_head *head, json_t *sum, struct buf *out,
	       struct err *e)
{
	const struct page p = { a, head, sum, template_data_new(a) };

	put_head(&p);
	put_totals(&p);
	put_days(&p);
	put_responses(&p);
	put_ages(&p);
	put_weekdays(&p);
	put_hours(&p);
	put_tables(&p);
	put_lists(&p);
	put_meanings(&p);
	return template_render(text_of("report.html"), "report.html", p.data, TEMPLATE_HTML, out,
			       e);
}
