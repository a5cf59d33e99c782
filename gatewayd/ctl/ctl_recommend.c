/* property live|changed|list|import, recommend list|import, kb index|search, severity */
#include <sysexits.h>

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/ctl/ctl.h"
#include "gatewayd/case/kb.h"
#include "gatewayd/timer/recommend.h"

/* --- properties --- */

/* Both words are there: an account, which must exist, and the property's name. */
static int take_property(struct ctl *c, struct recommend_event *ret_event)
{
	*ret_event = (struct recommend_event){ .account = span_of(c->words[0]),
					       .property = span_of(c->words[1]),
					       .at = c->d->now };
	if (!ret_event->property.n || !utf8_valid(ret_event->property))
		return ctl_usage(c, "the property's name is empty or not UTF-8");
	return EX_OK;
}

static int run_event(struct ctl *c, const struct recommend_event *event)
{
	struct err e = { 0 };

	return recommend_apply(c->d, event, &e) < 0 ? ctl_fail(c, &e) : EX_OK;
}

static int property_live(struct ctl *c)
{
	const char *at = ctl_value(c, "--at");
	struct recommend_event event;
	int status = ctl_words(c, 2, 2);

	if (status == EX_OK)
		status = take_property(c, &event);
	if (status != EX_OK)
		return status;
	if (at && !time_parse_rfc3339(span_of(at), &event.at))
		return ctl_usage(c, "--at %s is no RFC 3339 time", at);
	event.what = RECOMMEND_LIVE;
	return run_event(c, &event);
}

static int property_changed(struct ctl *c)
{
	struct recommend_event event;
	int status = ctl_words(c, 2, 2);

	if (status == EX_OK)
		status = take_property(c, &event);
	if (status != EX_OK)
		return status;
	event.what = RECOMMEND_CHANGED;
	return run_event(c, &event);
}

static int property_list(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "account", "account", 16, CTL_TEXT },
		{ "live_at", "live", 25, CTL_TIME },
		{ "told_at", "told", 25, CTL_TIME },
		{ "property", "property", 0, CTL_TEXT },
	};
	struct store_property *v;
	struct err e = { 0 };
	json_t *rows;
	size_t n;
	int status = ctl_words(c, 0, 0);

	if (status != EX_OK)
		return status;
	if (store_property_list(c->d->store, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	rows = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, json_pack("{s:o, s:o, s:o, s:o}", "account",
						      json_of_span(v[i].account), "property",
						      json_of_span(v[i].name), "live_at",
						      json_of_instant(v[i].live_at), "told_at",
						      json_of_instant(v[i].told_at)));
	return ctl_rows(c, rows, columns, sizeof(columns) / sizeof(*columns));
}

/* --- imports: all or nothing --- */

static int import_file(struct ctl *c,
		       int (*import)(struct desk *, const char *, struct span, struct buf *,
				     size_t *, struct err *),
		       const char *what)
{
	struct buf problems BUF_AUTO;
	struct err e = { 0 };
	size_t n = 0;
	int status = ctl_words(c, 1, 1);

	buf_init(&problems, RECOMMEND_PROBLEMS_MAX);
	if (status != EX_OK)
		return status;
	if (import(c->d, c->words[0], c->input, &problems, &n, &e) < 0)
		return ctl_fail(c, &e);
	if (problems.n) {
		buf_add(c->err, buf_span(&problems));
		buf_addf(c->err, "gatewayctl: nothing of %s was taken\n", c->words[0]);
		return EX_DATAERR;
	}
	if (c->json)
		buf_addf(c->out, "{\"%s\": %zu}\n", what, n);
	else
		buf_addf(c->out, "%s: %zu\n", what, n);
	return EX_OK;
}

static int property_import(struct ctl *c)
{
	return import_file(c, recommend_import_events, "events");
}

static int recommend_import(struct ctl *c)
{
	return import_file(c, recommend_import_rows, "recommendations");
}

static int recommend_list(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "account", "account", 14, CTL_TEXT },
		{ "property", "property", 20, CTL_TEXT },
		{ "state", "state", 7, CTL_TEXT },
		{ "title", "recommendation", 0, CTL_TEXT },
	};
	struct store_recommendation *v;
	struct err e = { 0 };
	json_t *rows;
	size_t n;
	int status = ctl_words(c, 0, 1);

	if (status != EX_OK)
		return status;
	if (store_recommendation_list(c->d->store, c->n ? span_of(c->words[0]) : SPAN(""), SPAN(""),
				      c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	rows = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(
		    rows,
		    json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)v[i].id,
			      "account", json_of_span(v[i].account), "property",
			      json_of_span(v[i].property), "title", json_of_span(v[i].title),
			      "link", json_of_span(v[i].link), "state", json_of_span(v[i].state),
			      "at", json_of_instant(v[i].at)));
	return ctl_rows(c, rows, columns, sizeof(columns) / sizeof(*columns));
}

/* --- known answers --- */

static void say_skipped(void *ctx, const char *path, const char *why)
{
	struct ctl *c = ctx;

	buf_addf(c->err, "gatewayctl: %s: %s; passed over\n", path, why);
}

static int kb_index_verb(struct ctl *c)
{
	struct kb_counts n = { 0 };
	struct err e = { 0 };
	int status = ctl_words(c, 0, 0);

	if (status != EX_OK)
		return status;
	if (!c->d->conf->kb_dir)
		return ctl_usage(c, "kb_dir is not set in the configuration");
	if (kb_index(c->d, say_skipped, c, &n, &e) < 0)
		return ctl_fail(c, &e);
	if (c->json)
		buf_addf(c->out,
			 "{\"indexed\": %zu, \"unchanged\": %zu, \"removed\": %zu, \"skipped\": "
			 "%zu}\n",
			 n.indexed, n.unchanged, n.removed, n.skipped);
	else
		buf_addf(c->out, "articles: %zu indexed, %zu unchanged, %zu removed, %zu skipped\n",
			 n.indexed, n.unchanged, n.removed, n.skipped);
	return EX_OK;
}

static struct span all_words(struct ctl *c)
{
	struct buf b BUF_AUTO;

	buf_init(&b, 64 * KIB);
	for (int i = 0; i < c->n; i++) {
		buf_adds(&b, i ? " " : "");
		buf_adds(&b, c->words[i]);
	}
	return arena_dup(c->d->arena, buf_span(&b));
}

static int kb_search_verb(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "score", "score", 6, CTL_TEXT },
		{ "title", "title", 40, CTL_TEXT },
		{ "path", "file", 0, CTL_TEXT },
	};
	struct kb_answer *v;
	struct err e = { 0 };
	json_t *rows;
	size_t n;
	int status = ctl_words(c, 1, CTL_WORDS_MAX);

	if (status != EX_OK)
		return status;
	if (kb_search(c->d, all_words(c), SPAN(""), KB_ANSWERS_MAX, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	rows = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, json_pack("{s:s, s:o, s:o, s:o}", "score",
						      arena_printf(c->d->arena, "%.2f", v[i].score),
						      "title", json_of_span(v[i].title), "link",
						      json_of_span(v[i].link), "path",
						      json_of_span(v[i].path)));
	return ctl_rows(c, rows, columns, sizeof(columns) / sizeof(*columns));
}

/* --- severities --- */

static json_t *scale_json(const struct policy_kind *kind)
{
	json_t *levels = json_array();

	for (int i = 0; i < policy_kind_levels(kind); i++)
		json_array_append_new(levels, json_pack("{s:i, s:s, s:s?}", "severity", i + 1,
							"label", kind->levels[i].label, "meaning",
							kind->levels[i].meaning));
	return json_pack("{s:s, s:b, s:b, s:i, s:o}", "kind", kind->name, "always_open",
			 kind->always_open, "severity1_by_phone", kind->severity1_phone_only,
			 "default", kind->default_severity, "levels", levels);
}

static void print_scale(struct ctl *c, const struct policy_kind *kind)
{
	buf_addf(c->out, "%s (%s, severity %d when nothing else decides%s)\n", kind->name,
		 kind->always_open ? "24 x 7" : "business days", kind->default_severity,
		 kind->severity1_phone_only ? ", severity 1 by phone only" : "");
	for (int i = 0; i < policy_kind_levels(kind); i++)
		buf_addf(c->out, "    %d %-9s %s\n", i + 1, kind->levels[i].label,
			 kind->levels[i].meaning ? kind->levels[i].meaning : "");
}

static int severity_verb(struct ctl *c)
{
	const struct policy *p = &c->d->conf->policy;
	int status = ctl_words(c, 0, 1);
	json_t *rows;

	if (status != EX_OK)
		return status;
	if (c->n && !policy_kind_find(p, c->words[0]))
		return ctl_usage(c, "there is no kind of case \"%s\"", c->words[0]);
	rows = json_array();
	for (size_t i = 0; i < p->kind_count; i++) {
		if (c->n && strcmp(c->words[0], p->kinds[i].name) != 0)
			continue;
		if (c->json)
			json_array_append_new(rows, scale_json(&p->kinds[i]));
		else
			print_scale(c, &p->kinds[i]);
	}
	if (c->json)
		json_write(rows, false, c->out);
	json_decref(rows);
	return EX_OK;
}

const struct ctl_verb ctl_recommend_verbs[] = {
	{ "property live", "ACCOUNT PROPERTY [--at TIME]",
	  "a property went live: its recommendations are mailed after the delay", CTL_WRITES,
	  property_live },
	{ "property changed", "ACCOUNT PROPERTY",
	  "it was changed elsewhere: its open recommendations are dropped", CTL_WRITES,
	  property_changed },
	{ "property list", "", "the properties, when they went live and were told of", 0,
	  property_list },
	{ "property import", "FILE", "events from a JSON or CSV file, all or nothing",
	  CTL_WRITES | CTL_INPUT | CTL_HIDDEN, property_import },
	{ "recommend list", "[ACCOUNT]", "recommendations and what became of them", 0,
	  recommend_list },
	{ "recommend import", "FILE", "recommendations from a JSON or CSV file, all or nothing",
	  CTL_WRITES | CTL_INPUT | CTL_HIDDEN, recommend_import },
	{ "kb index", "", "reads what changed in the folder of known answers", CTL_OWN_TXN,
	  kb_index_verb },
	{ "kb search", "WORD...", "what a mail with these words would be answered with", 0,
	  kb_search_verb },
	{ "severity", "[KIND]", "the scales of severity and what the levels mean", 0,
	  severity_verb },
	{ 0 },
};
