#include "gatewayd/stats/stats.h"

#include <inttypes.h>

#include "gatewayd/base/units.h"

enum { SENDER_KEYS_MAX = 100000 }; /* further ones are counted under "" */

static const struct {
	const char *name, *meaning;
} sections[] = {
#define X(id, name, meaning) { name, meaning },
	STATS_SECTIONS(X)
#undef X
}, measures[] = {
#define X(id, name, meaning) { name, meaning },
	STATS_MEASURES(X)
#undef X
};

const char *stats_section_name(enum stats_section section)
{
	return sections[section].name;
}

const char *stats_section_meaning(enum stats_section section)
{
	return sections[section].meaning;
}

const char *stats_measure_name(enum stats_measure measure)
{
	return measures[measure].name;
}

const char *stats_measure_meaning(enum stats_measure measure)
{
	return measures[measure].meaning;
}

/* --- sums --- */

static json_t *inner(json_t *object, const char *key)
{
	json_t *v = json_object_get(object, key);

	if (v)
		return v;
	v = json_object();
	json_object_set_new(object, key, v);
	return v;
}

static void add(json_t *object, const char *key, int64_t n)
{
	json_object_set_new(object, key, json_integer(json_int(object, key, 0) + n));
}

void stats_count(json_t *sum, enum stats_section section, const char *key,
		 enum stats_measure measure, int64_t n)
{
	json_t *keys = inner(sum, sections[section].name);

	if (section == STATS_SENDER && json_object_size(keys) >= SENDER_KEYS_MAX &&
	    !json_object_get(keys, key))
		key = "";
	add(inner(keys, key), measures[measure].name, n);
}

int64_t stats_get(const json_t *sum, enum stats_section section, const char *key,
		  enum stats_measure measure)
{
	const json_t *keys = json_object_get(sum, sections[section].name);

	return json_int(json_object_get(keys, key), measures[measure].name, 0);
}

void stats_add(json_t *sum, json_t *part)
{
	const char *section, *key, *measure;
	json_t *keys, *of_key, *n;

	json_object_foreach(part, section, keys) json_object_foreach(keys, key, of_key)
	    json_object_foreach(of_key, measure, n)
		add(inner(inner(sum, section), key), measure, json_integer_value(n));
}

static int64_t all_responses(json_t *keys)
{
	const char *key;
	int64_t n = 0;
	json_t *v;

	json_object_foreach(keys, key, v) n += json_int(v, measures[STATS_COUNT].name, 0);
	return n;
}

static int64_t responses_within(json_t *keys, int64_t minutes)
{
	const char *key;
	int64_t n = 0, of_key;
	json_t *v;

	json_object_foreach(keys, key, v) if (span_i64(span_of(key), &of_key) && of_key <= minutes)
	    n += json_int(v, measures[STATS_COUNT].name, 0);
	return n;
}

int64_t stats_minutes_percentile(json_t *sum, int percent)
{
	json_t *keys = json_object_get(sum, sections[STATS_MINUTES].name);
	int64_t all = all_responses(keys), low = 0, high = INT32_MAX;

	if (!all)
		return -1;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (responses_within(keys, middle) * 100 >= all * percent)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* --- cases --- */

struct slice {
	struct desk *d;
	const struct stats_span *span;
	json_t *sum;
};

/* A text of the store as a key; "" has a name that is none. */
static const char *key_of(const struct slice *s, struct span text)
{
	return text.n ? arena_cstr(s->d->arena, text) : "-";
}

static bool is_within(const struct slice *s, int64_t at)
{
	return at >= s->span->from_at && at < s->span->to_at;
}

static void count_by_day(const struct slice *s, int64_t at, enum stats_measure measure)
{
	struct civil local;

	zone_to_local(s->span->zone, at, &local);
	stats_count(s->sum, STATS_DAY,
		    arena_printf(s->d->arena, "%04d-%02d-%02d", local.year, local.month, local.day),
		    measure, 1);
}

static void count_case(const struct slice *s, const struct store_stats_case *c,
		       enum stats_measure measure)
{
	stats_count(s->sum, STATS_TOTAL, "", measure, 1);
	stats_count(s->sum, STATS_QUEUE, key_of(s, c->queue), measure, 1);
	stats_count(s->sum, STATS_PACKAGE, key_of(s, c->package), measure, 1);
	stats_count(s->sum, STATS_OWNER, key_of(s, c->owner), measure, 1);
}

/* Beside the rest, by when the case was opened. */
static void count_opening(const struct slice *s, const struct store_stats_case *c,
			  enum stats_measure measure)
{
	struct civil local;
	int weekday;

	count_case(s, c, measure);
	zone_to_local(s->span->zone, c->opened_at, &local);
	weekday = civil_weekday(civil_days(local.year, local.month, local.day));
	stats_count(s->sum, STATS_WEEKDAY, arena_printf(s->d->arena, "%d", weekday ? weekday : 7),
		    measure, 1);
	stats_count(s->sum, STATS_HOUR, arena_printf(s->d->arena, "%02d", local.hour), measure, 1);
}

static enum stats_measure response_of(const struct slice *s, const struct store_stats_case *c)
{
	if (c->due_at == INSTANT_NONE)
		return STATS_UNTIMED;
	if (c->met_at != INSTANT_NONE)
		return c->met_at < c->due_at ? STATS_MET : STATS_BREACHED;
	return c->due_at <= s->d->now ? STATS_BREACHED : STATS_RUNNING;
}

static void count_opened(const struct slice *s, const struct store_stats_case *c)
{
	count_opening(s, c, STATS_OPENED);
	count_opening(s, c, response_of(s, c));
	count_by_day(s, c->opened_at, STATS_OPENED);
	stats_count(s->sum, STATS_SENDER, key_of(s, c->requester), STATS_OPENED, 1);
	if (c->met_at != INSTANT_NONE && c->started_at != INSTANT_NONE)
		stats_count(
		    s->sum, STATS_MINUTES,
		    arena_printf(s->d->arena, "%" PRIi64,
				 c->met_at > c->started_at ? (c->met_at - c->started_at) / 60 : 0),
		    STATS_COUNT, 1);
}

/* States of one case, in the order of the log. */
static bool was_over(const struct store_stats_case *c, const struct store_stats_state *v, size_t n,
		     int64_t at)
{
	bool over = n == 0 && c->is_over;

	for (size_t i = 0; i < n; i++)
		over = v[i].at < at ? v[i].is_over : over;
	return over;
}

static void count_changes(const struct slice *s, const struct store_stats_case *c,
			  const struct store_stats_state *v, size_t n)
{
	bool over = false;

	for (size_t i = 0; i < n; i++) {
		enum stats_measure measure = v[i].is_over ? STATS_CLOSED : STATS_REOPENED;

		if (v[i].is_over != over && is_within(s, v[i].at)) {
			count_case(s, c, measure);
			count_by_day(s, v[i].at, measure);
		}
		over = v[i].is_over;
	}
}

static void count_backlog(const struct slice *s, const struct store_stats_case *c,
			  const struct store_stats_state *v, size_t n)
{
	const struct stats_span *span = s->span;

	if (c->opened_at < span->from_at && !was_over(c, v, n, span->from_at))
		count_case(s, c, STATS_BEFORE);
	if (c->opened_at >= span->to_at || was_over(c, v, n, span->to_at))
		return;
	count_case(s, c, STATS_BACKLOG);
	stats_count(s->sum, STATS_AGE,
		    arena_printf(s->d->arena, "%" PRIi64, (span->to_at - c->opened_at - 1) / DAY_S),
		    STATS_BACKLOG, 1);
}

static int count_cases(const struct slice *s, const struct store_stats_range *r, struct err *e)
{
	struct store_stats_case *cases;
	struct store_stats_state *states;
	size_t n, state_n, at = 0;

	if (store_stats_cases(s->d->store, r, s->d->arena, &cases, &n, e) < 0 ||
	    store_stats_states(s->d->store, r, s->d->arena, &states, &state_n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		size_t first;

		while (at < state_n && states[at].number < cases[i].number)
			at++;
		for (first = at; at < state_n && states[at].number == cases[i].number;)
			at++;
		if (is_within(s, cases[i].opened_at))
			count_opened(s, &cases[i]);
		count_changes(s, &cases[i], &states[first], at - first);
		count_backlog(s, &cases[i], &states[first], at - first);
	}
	return 0;
}

/* --- mails --- */

static int count_mails(const struct slice *s, const struct store_stats_range *r, struct err *e)
{
	struct store_stats_count *v;
	size_t n;

	if (r->queue.n || r->account.n)
		return 0;
	if (store_stats_mails(s->d->store, r, s->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		stats_count(s->sum, STATS_MAIL, key_of(s, v[i].state), STATS_COUNT, v[i].n);
		if (v[i].what.n)
			stats_count(s->sum, STATS_FILED, key_of(s, v[i].what), STATS_COUNT, v[i].n);
	}
	return 0;
}

static bool is_undelivered(struct span state)
{
	return span_is(state, "failed") || span_is(state, "bounced");
}

static int count_outbox(const struct slice *s, const struct store_stats_range *r, struct err *e)
{
	struct store_stats_count *v;
	size_t n;

	if (store_stats_outbox(s->d->store, r, s->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		stats_count(s->sum, STATS_SENT, key_of(s, v[i].state), STATS_COUNT, v[i].n);
		if (is_undelivered(v[i].state))
			stats_count(s->sum, STATS_UNDELIVERED, key_of(s, v[i].what), STATS_COUNT,
				    v[i].n);
	}
	return 0;
}

/* --- slices --- */

static const struct {
	int (*count)(const struct slice *s, const struct store_stats_range *r, struct err *e);
	int64_t rows;
} phases[STATS_PHASES] = { { count_cases, STATS_CASES_A_SLICE },
			   { count_mails, STATS_ROWS_A_SLICE },
			   { count_outbox, STATS_ROWS_A_SLICE } };

static struct stats_progress progress_of(const struct stats_cursor *at, const int64_t *last)
{
	struct stats_progress p = { 0 };

	for (int i = 0; i < STATS_PHASES; i++) {
		p.whole += last[i];
		p.done += i < at->phase ? last[i] : i == at->phase ? at->at : 0;
	}
	return p;
}

int stats_slice(struct desk *d, const struct stats_span *span, struct stats_cursor *cursor,
		json_t *sum, struct stats_progress *ret_progress, bool *ret_done, struct err *e)
{
	const struct slice s = { d, span, sum };
	struct store_stats_last now;
	struct stats_cursor at = *cursor;

	if (store_stats_last(d->store, &now, e) < 0)
		return -1;
	const int64_t last[STATS_PHASES] = { now.cases, now.mails, now.outbox };
	const struct store_stats_range r = { .first = at.at + 1,
					     .last = at.at + phases[at.phase].rows,
					     .since_at = span->from_at,
					     .until_at = span->to_at,
					     .queue = span->queue,
					     .account = span->account };

	if (phases[at.phase].count(&s, &r, e) < 0)
		return -1;
	at.at = r.last;
	if (at.at >= last[at.phase])
		at = (struct stats_cursor){ .phase = at.phase + 1 };
	*ret_done = at.phase == STATS_PHASES;
	*ret_progress = progress_of(&at, last);
	*cursor = at;
	return 0;
}
