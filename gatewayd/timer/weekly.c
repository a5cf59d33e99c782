#include "gatewayd/timer/weekly.h"

#include <inttypes.h>
#include <string.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "gatewayd/post/post.h"

#define UNTIL_KEY "report-until" /* the Monday at whose beginning the last report ended */

enum { WEEK_DAYS = 7 };

enum { PARTS_MAX = 200 }; /* queues with a report of their own */

/* What is counted for some of those who get reports. */
struct part {
	char *queue; /* "": all of it */
	json_t *sum;
	struct stats_cursor cursor;
};

struct weekly {
	struct part *parts; /* NULL: nothing is being counted */
	size_t n, at;	    /* the parts before that one are counted */
	int64_t from_at, to_at;
};

struct weekly *weekly_new(void)
{
	return mem_alloc(sizeof(struct weekly));
}

static void forget(struct weekly *w)
{
	for (size_t i = 0; i < w->n; i++) {
		json_decref(w->parts[i].sum);
		mem_free(&w->parts[i].queue);
	}
	mem_free(&w->parts);
	*w = (struct weekly){ 0 };
}

void weekly_free(struct weekly **w)
{
	if (!*w)
		return;
	forget(*w);
	mem_free(w);
}

/* --- Mondays --- */

static int64_t local_at(const struct zone *zone, int64_t days, int hour)
{
	struct civil c;

	civil_from_utc(days * DAY_S, &c);
	c.hour = hour;
	return zone_to_utc(zone, &c);
}

/* Of local days since 1970-01-01: the Monday on or before that instant. */
static int64_t monday_of(const struct zone *zone, int64_t at)
{
	struct civil c;
	int64_t days;

	zone_to_local(zone, at, &c);
	days = civil_days(c.year, c.month, c.day);
	return days - (civil_weekday(days) + WEEK_DAYS - 1) % WEEK_DAYS;
}

static int set_until(struct desk *d, int64_t monday, struct err *e)
{
	return store_meta_set(d->store, UNTIL_KEY,
			      span_of(arena_printf(d->arena, "%" PRIi64, monday)), e);
}

/* The first report is of the week that goes on now. */
static int get_until(struct desk *d, int64_t monday, int64_t *ret_until, struct err *e)
{
	struct span text;

	if (store_meta_get(d->store, UNTIL_KEY, d->arena, &text, e) < 0)
		return -1;
	*ret_until = monday;
	if (text.p && span_i64(text, ret_until))
		return 0;
	return set_until(d, monday, e);
}

/* --- for whom --- */

/* The queues that who gets reports works on, when they do not work on all; n 0: they see it all. */
static struct policy_words queues_of(const struct desk *d, size_t i)
{
	const struct conf_staff *staff =
	    conf_staff_by_address(d->conf, span_of(d->conf->reports.to.v[i]));

	return staff ? staff->queues : (struct policy_words){ NULL, 0 };
}

static struct part *part_of(struct weekly *w, const char *queue)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->parts[i].queue, queue) == 0)
			return &w->parts[i];
	return NULL;
}

static void want(struct weekly *w, const char *queue)
{
	if (part_of(w, queue) || w->n == PARTS_MAX)
		return;
	w->parts = mem_resize_n(w->parts, w->n + 1, sizeof(*w->parts));
	w->parts[w->n++] = (struct part){ .queue = mem_strdup(queue), .sum = json_object() };
}

static void want_all(struct weekly *w, const struct desk *d)
{
	for (size_t i = 0; i < d->conf->reports.to.n; i++) {
		struct policy_words queues = queues_of(d, i);

		if (!queues.n)
			want(w, "");
		for (size_t k = 0; k < queues.n; k++)
			want(w, queues.v[k]);
	}
}

/* --- reports --- */

/* One that the configuration named while the others were counted waits for the next week. */
static int mail_one(struct weekly *w, struct desk *d, struct stats_head head, const char *to,
		    const char *queue, struct err *e)
{
	const struct part *part = part_of(w, queue);
	struct post_report p = { .to = span_of(to), .head = &head };
	struct buf page BUF_AUTO;

	buf_init(&page, STATS_PAGE_MAX);
	if (!part)
		return 0;
	head.span.queue = span_of(queue);
	p.sum = part->sum;
	if (stats_page(d->arena, &head, part->sum, &page, e) < 0)
		return -1;
	p.page = buf_span(&page);
	return post_report(d, &p, e);
}

static int mail_all(struct weekly *w, struct desk *d, const struct stats_head *head, int64_t monday,
		    struct err *e)
{
	const struct policy_words *to = &d->conf->reports.to;
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0)
		return -1;
	for (size_t i = 0; i < to->n; i++) {
		struct policy_words queues = queues_of(d, i);

		if (!queues.n && mail_one(w, d, *head, to->v[i], "", e) < 0)
			return -1;
		for (size_t k = 0; k < queues.n; k++)
			if (mail_one(w, d, *head, to->v[i], queues.v[k], e) < 0)
				return -1;
	}
	return set_until(d, monday, e) < 0 || store_commit(txn, e) < 0 ? -1 : 0;
}

static int count(struct weekly *w, struct desk *d, struct stats_span span, bool *ret_done,
		 struct err *e)
{
	struct stats_progress progress;
	struct part *part;
	bool done;

	if (w->parts && (w->from_at != span.from_at || w->to_at != span.to_at))
		forget(w); /* another week came, or another zone */
	if (!w->parts) {
		want_all(w, d);
		w->from_at = span.from_at;
		w->to_at = span.to_at;
	}
	part = &w->parts[w->at];
	span.queue = span_of(part->queue);
	if (stats_slice(d, &span, &part->cursor, part->sum, &progress, &done, e) < 0)
		return -1;
	w->at += done;
	*ret_done = w->at == w->n;
	return 0;
}

static int make(struct weekly *w, struct desk *d, const struct zone *zone, int64_t monday,
		bool *ret_done, struct err *e)
{
	const struct stats_head head = { .span = { .from_at = local_at(zone, monday - WEEK_DAYS, 0),
						   .to_at = local_at(zone, monday, 0),
						   .queue = SPAN_LITERAL(""),
						   .account = SPAN_LITERAL(""),
						   .zone = zone },
					 .company = span_of(d->conf->company),
					 .made_at = d->now };
	int result = count(w, d, head.span, ret_done, e);

	if (result == 0 && *ret_done)
		result = mail_all(w, d, &head, monday, e);
	if (result < 0 || *ret_done)
		forget(w);
	return result;
}

int weekly_turn(struct weekly *w, struct desk *d, int64_t *ret_next, struct err *e)
{
	const struct zone *zone = desk_zone(d, d->conf->reports.zone);
	int64_t monday = monday_of(zone, d->now), until, at = local_at(zone, monday, WEEKLY_HOUR);
	bool done = false;

	*ret_next = INSTANT_NONE;
	if (!d->conf->reports.to.n)
		return 0;
	if (get_until(d, monday, &until, e) < 0)
		return -1;
	*ret_next = until < monday ? at : local_at(zone, monday + WEEK_DAYS, WEEKLY_HOUR);
	if (until >= monday || d->now < at)
		return 0;
	if (make(w, d, zone, monday, &done, e) < 0)
		return -1;
	*ret_next = done ? local_at(zone, monday + WEEK_DAYS, WEEKLY_HOUR) : d->now;
	return 0;
}
