/* property live|changed|list|import, recommend list|import */
#include <sysexits.h>

#include "gatewayd/base/utf8.h"
#include "gatewayd/ctl/ctl_names.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/timer/recommend.h"

/* --- properties --- */

static json_t *property_view(const struct store_property *p)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "account", json_of_span(p->account), "property",
			 json_of_span(p->name), "live_at", json_of_instant(p->live_at), "told_at",
			 json_of_instant(p->told_at));
}

/* The words: an account, which must exist, and the property's name. */
static int run_event(struct ctl *c, struct recommend_event *event)
{
	struct store_property row = { 0 };
	struct store_account account;
	struct err e = { 0 };
	int status = ctl_account(c, c->words[0], &account);

	if (status != EX_OK)
		return status;
	event->account = account.id;
	event->property = span_of(c->words[1]);
	if (!event->property.n || !utf8_valid(event->property))
		return ctl_usage(c, "the property's name is empty or not UTF-8");
	if (recommend_apply(c->d, event, &e) < 0 ||
	    store_property_get(c->d->store, event->account, event->property, c->d->arena, &row,
			       &e) < 0)
		return ctl_fail(c, &e);
	return ctl_done(c, property_view(&row));
}

int ctl_property_live(struct ctl *c)
{
	struct recommend_event event = { .what = RECOMMEND_LIVE, .at = c->d->now };
	int status = ctl_option_time(c, "--at", &event.at);

	return status == EX_OK ? run_event(c, &event) : status;
}

int ctl_property_changed(struct ctl *c)
{
	struct recommend_event event = { .what = RECOMMEND_CHANGED, .at = c->d->now };

	return run_event(c, &event);
}

static json_t *property_row(struct ctl *c, const void *row, struct err *e)
{
	(void)c;
	(void)e;
	return property_view(row);
}

int ctl_property_list(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "account", "account", 16, CTL_TEXT },
		{ "live_at", "live", 25, CTL_TIME },
		{ "told_at", "mailed", 25, CTL_TIME },
		{ "property", "property", 0, CTL_TEXT },
	};
	struct store_property *v;
	struct err e = { 0 };
	size_t n;

	if (store_property_list(c->d->store, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	return CTL_LIST(c, v, n, property_row, columns);
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

	buf_init(&problems, RECOMMEND_PROBLEMS_MAX);
	if (import(c->d, c->words[0], c->input, &problems, &n, &e) < 0)
		return ctl_fail(c, &e);
	if (problems.n) {
		buf_add(c->err, buf_span(&problems));
		buf_addf(c->err, "gatewayctl: nothing of %s was taken\n", c->words[0]);
		return EX_DATAERR;
	}
	if (!c->json)
		buf_addf(c->out, "%s: %zu\n", what, n);
	return ctl_done(c, json_pack("{s:I}", what, (json_int_t)n));
}

int ctl_property_import(struct ctl *c)
{
	return import_file(c, recommend_import_events, "events");
}

int ctl_recommend_import(struct ctl *c)
{
	return import_file(c, recommend_import_rows, "recommendations");
}

/* --- recommendations --- */

static json_t *recommend_row(struct ctl *c, const void *row, struct err *e)
{
	const struct store_recommendation *r = row;

	(void)c;
	(void)e;
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)r->id, "account",
			 json_of_span(r->account), "property", json_of_span(r->property), "title",
			 json_of_span(r->title), "link", json_of_span(r->link), "state",
			 json_of_span(r->state), "at", json_of_instant(r->at));
}

int ctl_recommend_list(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "account", "account", 14, CTL_TEXT },
		{ "property", "property", 20, CTL_TEXT },
		{ "state", "state", 7, CTL_STATE },
		{ "title", "recommendation", 0, CTL_TEXT },
	};
	struct store_recommendation *v;
	struct store_account account;
	struct err e = { 0 };
	size_t n;
	int status = c->n ? ctl_account(c, c->words[0], &account) : EX_OK;

	if (status != EX_OK)
		return status;
	if (store_recommendation_list(c->d->store, c->n ? span_of(c->words[0]) : SPAN(""), SPAN(""),
				      c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	return CTL_LIST(c, v, n, recommend_row, columns);
}
