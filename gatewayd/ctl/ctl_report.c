/*
 * report
 *
 * Each request counts a slice, so that the daemon does its work in between; gatewayctl adds them up
 * and makes the page.
 */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/base/units.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_names.h"
#include "gatewayd/ctl/ctl_progress.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/stats/stats_page.h"

enum { DAYS_DEFAULT = 28, REPORT_MS = 2 };

/* --- where the store is --- */

/* A day of the zone, an RFC 3339 time, or how long ago; without the option *ret_at stays. */
static int take_when(struct ctl *c, const char *name, const struct zone *zone, int64_t *ret_at)
{
	const char *value = ctl_value(c, name), *midnight;
	struct civil local;
	int64_t utc;

	if (!value || time_parse_rfc3339(span_of(value), ret_at))
		return EX_OK;
	midnight = arena_printf(c->d->arena, "%sT00:00:00Z", value);
	if (!time_parse_rfc3339(span_of(midnight), &utc))
		return ctl_when(c, name, ret_at);
	civil_from_utc(utc, &local);
	*ret_at = zone_to_utc(zone, &local);
	return EX_OK;
}

static int take_names(struct ctl *c, struct stats_span *span)
{
	const struct conf_queue *queue;
	struct store_account account;
	int status = EX_OK;

	span->queue = ctl_value_or_empty(c, "--queue");
	span->account = ctl_value_or_empty(c, "--account");
	if (span->queue.n)
		status = ctl_queue(c, ctl_value(c, "--queue"), &queue);
	if (status == EX_OK && span->account.n)
		status = ctl_account(c, ctl_value(c, "--account"), &account);
	return status;
}

static int take_span(struct ctl *c, struct stats_span *span)
{
	int status;

	span->zone = desk_zone(c->d, c->d->conf->reports.zone);
	span->to_at = c->d->now;
	span->from_at = INSTANT_NONE;
	status = take_when(c, "--to", span->zone, &span->to_at);
	if (status == EX_OK)
		status = take_when(c, "--from", span->zone, &span->from_at);
	if (span->from_at == INSTANT_NONE)
		span->from_at = span->to_at - DAYS_DEFAULT * DAY_S;
	if (status == EX_OK && span->from_at >= span->to_at)
		return ctl_usage(c, "--from is not before --to");
	return status == EX_OK ? take_names(c, span) : status;
}

static int take_cursor(struct ctl *c, struct stats_cursor *cursor)
{
	int64_t phase;
	int status = ctl_option_number(c, "--phase", &phase);

	if (status == EX_OK && phase >= STATS_PHASES)
		return ctl_usage(c, "--phase: below %d", STATS_PHASES);
	cursor->phase = (int)phase;
	return status == EX_OK ? ctl_option_number(c, "--at", &cursor->at) : status;
}

/* Some, so that core is at it for REPORT_MS and a slice. */
static int slices(struct ctl *c, const struct stats_span *span, struct stats_cursor *cursor,
		  json_t *sum, struct stats_progress *progress, bool *ret_done, struct err *e)
{
	int64_t end_ms = clock_wait_ms() + REPORT_MS;
	int done;

	do
		done = stats_slice(c->d, span, cursor, sum, progress, ret_done, e);
	while (done == 0 && !*ret_done && clock_wait_ms() < end_ms);
	return done;
}

/* The slices from --phase and --at on, and where the next one is. */
int ctl_report(struct ctl *c)
{
	json_t *sum;
	struct stats_progress progress;
	struct stats_cursor cursor;
	struct stats_span span;
	struct err e = { 0 };
	bool done;
	int status = take_span(c, &span);

	if (status == EX_OK)
		status = take_cursor(c, &cursor);
	if (status != EX_OK)
		return status;
	sum = json_object();
	if (slices(c, &span, &cursor, sum, &progress, &done, &e) < 0) {
		json_decref(sum);
		return ctl_fail(c, &e);
	}
	c->json = true;
	return ctl_done(
	    c, json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:b, s:i, s:I, s:I, s:I}", "from",
			 json_of_instant(span.from_at), "to", json_of_instant(span.to_at), "zone",
			 zone_name(span.zone), "company", c->d->conf->company, "made",
			 json_of_instant(c->d->now), "sum", sum, "finished", (int)done, "phase",
			 cursor.phase, "at", (json_int_t)cursor.at, "done",
			 (json_int_t)progress.done, "whole", (json_int_t)progress.whole));
}

/* --- in gatewayctl --- */

/* The words of a request. */
struct request {
	struct ctl *c;
	const char *words[16];
	int n;
};

static void add_text(struct request *r, const char *name, const char *value)
{
	if (!value)
		return;
	r->words[r->n++] = name;
	r->words[r->n++] = value;
}

static void add_number(struct request *r, const char *name, int64_t n)
{
	if (n)
		add_text(r, name, arena_printf(r->c->d->arena, "%" PRIi64, n));
}

/* The first request says what was asked, each other one what the answer before it says. */
static int ask_slice(struct ctl *c, const json_t *before, json_t **ret_answer)
{
	struct request r = { .c = c };

	r.words[r.n++] = "--json";
	add_text(&r, "--queue", ctl_value(c, "--queue"));
	add_text(&r, "--account", ctl_value(c, "--account"));
	add_text(&r, "--from",
		 before ? json_string_value(json_object_get(before, "from"))
			: ctl_value(c, "--from"));
	add_text(&r, "--to",
		 before ? json_string_value(json_object_get(before, "to")) : ctl_value(c, "--to"));
	add_number(&r, "--phase", json_int(before, "phase", 0));
	add_number(&r, "--at", json_int(before, "at", 0));
	return ctl_ask_value(c, r.n, r.words, ret_answer);
}

/* The last answer, which names the span, and the sum of all. */
static int ask_all(struct ctl *c, json_t *sum, json_t **ret_last)
{
	struct ctl_progress progress = ctl_progress_begin("rows");
	json_t *last = NULL;
	int status;

	do {
		json_t *answer = NULL;

		status = ask_slice(c, last, &answer);
		json_decref(last);
		last = answer;
		if (status != EX_OK)
			break;
		stats_add(sum, json_object_get(last, "sum"));
		ctl_progress_say(&progress, json_int(last, "done", 0), json_int(last, "whole", 0));
	} while (!json_is_true(json_object_get(last, "finished")));
	ctl_progress_end(&progress);
	*ret_last = last;
	return status;
}

static int head_of(struct ctl *c, const json_t *last, struct zones *zones,
		   struct stats_head *ret_head, struct err *e)
{
	struct span zone = json_span(last, "zone");

	*ret_head = (struct stats_head){ .span = { .queue = ctl_value_or_empty(c, "--queue"),
						   .account = ctl_value_or_empty(c, "--account") },
					 .company = json_span(last, "company") };
	if (!time_parse_rfc3339(json_span(last, "from"), &ret_head->span.from_at) ||
	    !time_parse_rfc3339(json_span(last, "to"), &ret_head->span.to_at) ||
	    !time_parse_rfc3339(json_span(last, "made"), &ret_head->made_at))
		return err_set(e, ERR_BUG, "an answer without its times");
	return zones_get(zones, arena_cstr(c->d->arena, zone), &ret_head->span.zone, e);
}

static int write_page(struct ctl *c, const json_t *last, json_t *sum, const char *path)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct stats_head head;
	struct buf page BUF_AUTO;
	struct err e = { 0 };

	buf_init(&page, STATS_PAGE_MAX);
	if (head_of(c, last, zones, &head, &e) < 0 ||
	    stats_page(c->d->arena, &head, sum, &page, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_write_file(c, path, buf_span(&page));
}

/* On a terminal what has few keys; a program gets all. */
static bool is_shown(const struct ctl *c, const char *section)
{
	static const enum stats_section few[] = { STATS_TOTAL, STATS_QUEUE, STATS_PACKAGE,
						  STATS_OWNER, STATS_MAIL,  STATS_SENT };

	for (size_t i = 0; i < sizeof(few) / sizeof(*few); i++)
		if (strcmp(section, stats_section_name(few[i])) == 0)
			return true;
	return c->csv;
}

static int say_rows(struct ctl *c, json_t *sum)
{
	static const struct ctl_column columns[] = { { "section", "section", 12, CTL_TEXT },
						     { "key", "key", 40, CTL_TEXT },
						     { "measure", "measure", 10, CTL_TEXT },
						     { "value", "value", 0, CTL_RIGHT } };
	json_t *rows = json_array(), *keys, *of_key, *n;
	const char *section, *key, *measure;

	json_object_foreach(sum, section, keys)
	{
		if (!is_shown(c, section))
			continue;
		json_object_foreach(keys, key, of_key) json_object_foreach(of_key, measure, n)
		    json_array_append_new(rows,
					  json_pack("{s:s, s:s, s:s, s:O}", "section", section,
						    "key", key, "measure", measure, "value", n));
	}
	return CTL_ROWS_OF(c, rows, columns);
}

static int say_json(struct ctl *c, const json_t *last, json_t *sum)
{
	return ctl_done(c,
			json_pack("{s:O, s:O, s:O, s:I, s:I, s:O}", "from",
				  json_object_get(last, "from"), "to", json_object_get(last, "to"),
				  "zone", json_object_get(last, "zone"), "median_minutes",
				  (json_int_t)stats_minutes_percentile(sum, 50), "ninth_minutes",
				  (json_int_t)stats_minutes_percentile(sum, 90), "sum", sum));
}

int ctl_report_local(struct ctl *c)
{
	json_t *sum JSON_AUTO = json_object(), *last JSON_AUTO = NULL;
	const char *path = ctl_value(c, "--html");
	int status;

	status = ask_all(c, sum, &last);
	if (status == EX_OK && path)
		status = write_page(c, last, sum, path);
	if (status != EX_OK || (path && !c->json && !c->csv))
		return status;
	return c->json ? say_json(c, last, sum) : say_rows(c, sum);
}
