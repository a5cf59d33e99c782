#include "gatewayd/core/board_pages.h"

#include "gatewayd/base/units.h"
#include "gatewayd/case/author.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_view.h"
#include "gatewayd/case/queue_view.h"
#include "gatewayd/case/search.h"

enum {
	ROWS_A_PAGE = 50,
	GLANCE_ROWS = 15,
	NOTES_A_PAGE = 30,
	EVENTS_A_PAGE = 100,
	EVENT_TEXT_MAX = 4 * KIB,
};

/* --- rows --- */

/* "Ann Lee <ann@example.com>": a name cannot be read as an address. */
static void add_who(struct desk *d, json_t *row, struct span name, struct span address)
{
	json_object_set_new(row, "who", json_of_span(author_text(name, address, d->arena)));
}

static json_t *case_row(void *desk, const void *it, struct err *e)
{
	const struct store_case *c = it;
	struct desk *d = desk;
	json_t *row = case_view_row(d, c, e);

	if (row)
		add_who(d, row, c->requester_name, c->requester_address);
	return row;
}

static json_t *list(struct desk *d, struct store_case_filter *f, int limit, struct err *e)
{
	struct store_case *v;
	size_t n;

	f->limit = limit;
	if (store_case_list(d->store, f, d->arena, &v, &n, e) < 0)
		return NULL;
	return json_rows(v, n, sizeof(*v), case_row, d, e);
}

static json_t *deadline_row(void *desk, const void *it, struct err *e)
{
	const struct store_deadline *v = it;
	struct desk *d = desk;
	struct store_case c;
	json_t *row;

	if (store_case_get(d->store, v->case_number, d->arena, &c, e) < 0)
		return NULL;
	row = case_view_deadline(d, v);
	json_object_set_new(row, "late", json_boolean(v->due_at <= d->now));
	json_object_set_new(row, "number", json_integer(c.number));
	json_object_set_new(row, "queue", json_of_span(c.queue));
	json_object_set_new(row, "severity", json_integer(c.severity));
	json_object_set_new(row, "owner", json_of_span_or_null(c.owner));
	json_object_set_new(row, "subject", json_of_span(c.subject));
	return row;
}

static json_t *unmet(struct desk *d, int limit, struct err *e)
{
	struct store_deadline *v;
	size_t n;

	if (store_deadline_unmet(d->store, limit, d->arena, &v, &n, e) < 0)
		return NULL;
	return json_rows(v, n, sizeof(*v), deadline_row, d, e);
}

/* --- at a glance --- */

json_t *board_overview(struct desk *d, const struct conf_staff *staff, json_t *wrong, struct err *e)
{
	struct store_case_filter own = { .owner = span_of(staff->id),
					 .queue = SPAN(""),
					 .requester = SPAN(""),
					 .account = SPAN(""),
					 .open_only = true };
	json_t *q = queue_view(d, e), *risk = q ? unmet(d, GLANCE_ROWS, e) : NULL,
	       *mine = risk ? list(d, &own, GLANCE_ROWS, e) : NULL;

	if (!mine) {
		json_decref(q);
		json_decref(risk);
		return NULL;
	}
	return json_pack("{s:o, s:o, s:o, s:O}", "queues", q, "risk", risk, "mine", mine, "wrong",
			 wrong);
}

/* --- lists --- */

/* Where the next page goes on; null: there is none. */
static json_t *last_number(const json_t *rows)
{
	size_t n = json_array_size(rows);

	return n == ROWS_A_PAGE
		   ? json_incref(json_object_get(json_array_get(rows, n - 1), "number"))
		   : json_null();
}

json_t *board_cases(struct desk *d, const struct web_ask *ask, struct err *e)
{
	struct store_case_filter f = { .queue = ask->queue,
				       .owner = ask->owner,
				       .requester = SPAN(""),
				       .account = SPAN(""),
				       .open_only = !span_is(ask->state, "closed") &&
						    !span_is(ask->state, "all"),
				       .closed_only = span_is(ask->state, "closed"),
				       .before = ask->before };
	json_t *rows = list(d, &f, ROWS_A_PAGE, e), *names;

	if (!rows)
		return NULL;
	names = json_array();
	for (size_t i = 0; i < d->conf->queue_count; i++) {
		const char *name = d->conf->queues[i].name;

		json_array_append_new(names, json_pack("{s:s, s:b}", "name", name, "chosen",
						       span_is(ask->queue, name)));
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o}", "cases", rows, "names", names,
			 "queue", json_of_span(ask->queue), "owner", json_of_span(ask->owner),
			 "state_wanted", json_of_span(ask->state), "closed", f.closed_only, "all",
			 !f.closed_only && !f.open_only, "older", last_number(rows));
}

json_t *board_deadlines(struct desk *d, struct err *e)
{
	json_t *rows = unmet(d, 4 * ROWS_A_PAGE, e);

	return rows ? json_pack("{s:o}", "deadlines", rows) : NULL;
}

static json_t *hit_row(void *desk, const void *it, struct err *e)
{
	const struct search_hit *hit = it;
	struct desk *d = desk;
	struct store_case c;

	return store_case_get(d->store, hit->number, d->arena, &c, e) < 0 ? NULL
									  : case_row(d, &c, e);
}

json_t *board_search(struct desk *d, struct span words, struct err *e)
{
	struct store_case_find find = { .limit = ROWS_A_PAGE };
	struct search_hit *v = NULL;
	bool more = false;
	size_t n = 0;
	json_t *rows;

	if (words.n && search_cases_now(d, words, &find, &v, &n, &more, e) < 0)
		return NULL;
	rows = json_rows(v, n, sizeof(*v), hit_row, d, e);
	return rows ? json_pack("{s:o, s:o, s:b}", "word", json_of_span(words), "cases", rows,
				"not_all", more)
		    : NULL;
}

/* --- one case --- */

static json_t *note_row(void *desk, const void *it, struct err *e)
{
	const struct store_note *n = it;
	json_t *row = case_view_note(desk, n, e);

	if (row)
		add_who(desk, row, n->author_name, n->author_address);
	return row;
}

static json_t *notes(struct desk *d, int64_t number, int64_t before, int64_t *ret_older,
		     struct err *e)
{
	struct store_note *v;
	size_t n;

	if (store_note_page(d->store, number, before, NOTES_A_PAGE, d->arena, &v, &n, e) < 0)
		return NULL;
	*ret_older = n == NOTES_A_PAGE ? v[n - 1].id : 0;
	return json_rows(v, n, sizeof(*v), note_row, d, e);
}

static json_t *events(struct desk *d, int64_t number, struct err *e)
{
	struct buf text BUF_AUTO = { 0 };
	struct case_event *v;
	json_t *all;
	size_t n;

	if (case_log_tail(d, number, EVENTS_A_PAGE, &v, &n, e) < 0)
		return NULL;
	buf_init(&text, EVENT_TEXT_MAX);
	all = json_array();
	for (size_t i = 0; i < n; i++) {
		buf_clear(&text);
		case_event_text(&v[i], &text);
		json_array_append_new(all,
				      json_pack("{s:o, s:o, s:o}", "at", json_of_instant(v[i].at),
						"what", json_of_span(buf_span(&text)), "actor",
						json_of_span(v[i].actor)));
	}
	return all;
}

json_t *board_case(struct desk *d, const struct web_ask *ask, struct err *e)
{
	struct store_case c;
	int64_t older;
	json_t *page, *part;

	if (store_case_get(d->store, ask->number, d->arena, &c, e) < 0)
		return NULL;
	page = case_row(d, &c, e);
	if (!page)
		return NULL;
	part = notes(d, c.number, ask->before, &older, e);
	json_object_set_new(page, "notes", part);
	if (part)
		json_object_set_new(page, "events", part = events(d, c.number, e));
	if (part)
		json_object_set_new(page, "links", part = case_view_links(d, c.number, e));
	json_object_set_new(page, "older", part && older ? json_integer(older) : json_null());
	if (part)
		return page;
	json_decref(page);
	return NULL;
}
