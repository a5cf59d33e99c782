#include "gatewayd/core/board_pages.h"

#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_view.h"
#include "gatewayd/case/staff_name.h"
#include "gatewayd/core/board_rows.h"

enum {
	ROWS_A_PAGE = 50,
	GLANCE_ROWS = 15,
	NOTES_A_PAGE = 30,
	EVENTS_A_PAGE = 100,
	DEADLINES_A_PAGE = 200,
	LOOKED_MAX = 5000, /* rows of others among those of a person's queues */
};

/* 1: found; 0: call again. */
typedef int find_fn(struct board_page *p, struct desk *d, struct err *e);

static int found(struct board_page *p, const void *v, size_t n, size_t size)
{
	p->v = v;
	p->n = n;
	p->size = size;
	return 1;
}

/* The elements of an array, which goes with the page. */
static int found_json(struct board_page *p, struct desk *d, json_t *array)
{
	size_t n = json_array_size(array);
	json_t **v = arena_alloc_n(d->arena, n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i] = json_array_get(array, i);
	p->kept = array;
	return found(p, v, n, sizeof(*v));
}

/* --- what this person may see of it --- */

int board_case_get(struct desk *d, const struct conf_staff *staff, int64_t number,
		   struct store_case *ret_case, struct err *e)
{
	if (store_case_get(d->store, number, d->arena, ret_case, e) < 0)
		return -1;
	return staff_name_sees(staff, ret_case)
		   ? 0
		   : err_set(e, ERR_PERM, "case %lld is none that %s may see", (long long)number,
			     staff->id);
}

static bool sees_all(const struct board_page *p)
{
	return p->staff->queues.n == 0;
}

static void keep_cases(struct board_page *p, struct desk *d, const struct store_case *v, size_t n)
{
	if (!p->cases)
		p->cases = arena_alloc_n(d->arena, ROWS_A_PAGE, sizeof(*p->cases));
	for (size_t i = 0; i < n && p->case_n < ROWS_A_PAGE; i++)
		if (staff_name_sees(p->staff, &v[i]))
			p->cases[p->case_n++] = v[i];
}

/* 1: it sees the case; 0: not, or it is gone. */
static int sees(const struct board_page *p, struct desk *d, int64_t number, struct err *e)
{
	struct store_case ignored;

	if (sees_all(p) || board_case_get(d, p->staff, number, &ignored, e) == 0)
		return 1;
	return e->class == ERR_PERM ? 0 : -1;
}

static int keep_deadlines(struct board_page *p, struct desk *d, const struct store_deadline *v,
			  size_t n, struct err *e)
{
	int seen = 0;

	if (!p->deadlines)
		p->deadlines = arena_alloc_n(d->arena, DEADLINES_A_PAGE, sizeof(*p->deadlines));
	for (size_t i = 0; i < n && p->deadline_n < DEADLINES_A_PAGE && seen >= 0; i++) {
		seen = sees(p, d, v[i].case_number, e);
		if (seen > 0)
			p->deadlines[p->deadline_n++] = v[i];
	}
	return seen < 0 ? -1 : 0;
}

/* The hits that remain stand where all of them stood. */
static int keep_hits(struct board_page *p, struct desk *d, struct err *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->search.n && kept < ROWS_A_PAGE; i++) {
		int seen = sees(p, d, p->search.v[i].number, e);

		if (seen < 0)
			return -1;
		if (seen)
			p->search.v[kept++] = p->search.v[i];
	}
	p->search.n = kept;
	return 0;
}

static json_t *keep_queues(const struct board_page *p, json_t *rows)
{
	for (size_t i = json_array_size(rows); i > 0; i--) {
		json_t *queue = json_object_get(json_array_get(rows, i - 1), "queue");

		if (!staff_name_works_on(p->staff, json_string_value(queue)))
			json_array_remove(rows, i - 1);
	}
	return rows;
}

/* --- what is looked for --- */

static int find_queues(struct board_page *p, struct desk *d, struct err *e)
{
	json_t *rows;

	if (queue_view_step(&p->queues, d, &rows, e) < 0)
		return -1;
	return rows ? found_json(p, d, keep_queues(p, rows)) : 0;
}

static int find_mine(struct board_page *p, struct desk *d, struct err *e)
{
	struct store_case_filter own = { .owner = span_of(p->staff->id),
					 .queue = SPAN(""),
					 .requester = SPAN(""),
					 .account = SPAN(""),
					 .open_only = true,
					 .limit = GLANCE_ROWS };

	struct store_case *v;
	size_t n;

	if (store_case_list(d->store, &own, d->arena, &v, &n, e) < 0)
		return -1;
	return found(p, v, n, sizeof(*v));
}

static int unmet(struct board_page *p, struct desk *d, size_t most, struct err *e)
{
	struct store_deadline *v;
	size_t n;

	if (store_deadline_unmet(d->store, p->looked, (int)most, d->arena, &v, &n, e) < 0 ||
	    keep_deadlines(p, d, v, n, e) < 0)
		return -1;
	p->looked += (int64_t)n;
	if (n == most && p->deadline_n < most && p->looked < LOOKED_MAX)
		return 0;
	return found(p, p->deadlines, p->deadline_n < most ? p->deadline_n : most, sizeof(*v));
}

static int find_near(struct board_page *p, struct desk *d, struct err *e)
{
	return unmet(p, d, GLANCE_ROWS, e);
}

static int find_deadlines(struct board_page *p, struct desk *d, struct err *e)
{
	return unmet(p, d, DEADLINES_A_PAGE, e);
}

static int find_wrong(struct board_page *p, struct desk *d, struct err *e)
{
	(void)e;
	return found_json(p, d, json_incref(p->wrong));
}

static bool is_closed(const struct web_ask *ask)
{
	return span_is(ask->state, "closed");
}

static bool is_all(const struct web_ask *ask)
{
	return span_is(ask->state, "all");
}

static int find_cases(struct board_page *p, struct desk *d, struct err *e)
{
	const struct web_ask *ask = p->ask;
	struct store_case_filter f = { .queue = ask->queue,
				       .owner = ask->owner,
				       .requester = SPAN(""),
				       .account = SPAN(""),
				       .open_only = !is_closed(ask) && !is_all(ask),
				       .closed_only = is_closed(ask),
				       .before = p->looked ? p->looked : ask->before,
				       .limit = ROWS_A_PAGE };
	struct store_case *v;
	size_t n;

	if (store_case_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	keep_cases(p, d, v, n);
	p->looked = n ? v[n - 1].number : 0;
	p->passed += n;
	if (n == ROWS_A_PAGE && p->case_n < ROWS_A_PAGE) {
		if (p->passed < LOOKED_MAX)
			return 0;
		p->older = p->looked;
	}
	return found(p, p->cases, p->case_n, sizeof(*v));
}

static int find_names(struct board_page *p, struct desk *d, struct err *e)
{
	json_t *names = json_array();

	(void)e;
	for (size_t i = 0; i < d->conf->queue_count; i++) {
		const char *name = d->conf->queues[i].name;

		if (!staff_name_works_on(p->staff, name))
			continue;
		json_array_append_new(names, json_pack("{s:s, s:b}", "name", name, "chosen",
						       span_is(p->ask->queue, name)));
	}
	return found_json(p, d, names);
}

static int find_hits(struct board_page *p, struct desk *d, struct err *e)
{
	const struct store_case_find find = { .limit = sees_all(p) ? ROWS_A_PAGE : SEARCH_MAX };
	bool done = !p->ask->word.n;

	if (!done && !p->search.limit)
		search_begin(&p->search, d->arena, p->ask->word, &find);
	if (!done && search_step(&p->search, d, &done, e) < 0)
		return -1;
	if (!done)
		return 0;
	return keep_hits(p, d, e) < 0 ? -1
				      : found(p, p->search.v, p->search.n, sizeof(*p->search.v));
}

/* Long ones are heavy: one at a time. */
static int find_notes(struct board_page *p, struct desk *d, struct err *e)
{
	int64_t before = p->note_n ? p->notes[p->note_n - 1].id : p->ask->before;
	struct store_note *v;
	size_t n;

	if (!p->notes)
		p->notes = arena_alloc_n(d->arena, NOTES_A_PAGE, sizeof(*p->notes));
	if (store_note_page(d->store, p->ask->number, before, 1, d->arena, &v, &n, e) < 0)
		return -1;
	if (n)
		p->notes[p->note_n++] = v[0];
	if (n && p->note_n < NOTES_A_PAGE)
		return 0;
	p->older = n ? v[0].id : 0;
	return found(p, p->notes, p->note_n, sizeof(*p->notes));
}

static int find_events(struct board_page *p, struct desk *d, struct err *e)
{
	struct case_event *v;
	size_t n;

	if (case_log_tail(d, p->ask->number, EVENTS_A_PAGE, &v, &n, e) < 0)
		return -1;
	return found(p, v, n, sizeof(*v));
}

static int find_links(struct board_page *p, struct desk *d, struct err *e)
{
	json_t *links = case_view_links(d, p->ask->number, e);

	return links ? found_json(p, d, links) : -1;
}

/* --- what stands beside the lists --- */

typedef json_t *head_fn(struct board_page *p, struct desk *d, struct err *e);

static json_t *no_head(struct board_page *p, struct desk *d, struct err *e)
{
	(void)p, (void)d, (void)e;
	return json_object();
}

static json_t *head_of_cases(struct board_page *p, struct desk *d, struct err *e)
{
	const struct web_ask *ask = p->ask;

	(void)d, (void)e;
	return json_pack("{s:o, s:o, s:o, s:b, s:b}", "queue", json_of_span(ask->queue), "owner",
			 json_of_span(ask->owner), "state_wanted", json_of_span(ask->state),
			 "closed", is_closed(ask), "all", is_all(ask));
}

static json_t *head_of_case(struct board_page *p, struct desk *d, struct err *e)
{
	struct store_case c;

	return board_case_get(d, p->staff, p->ask->number, &c, e) < 0 ? NULL
								      : board_case_row(d, &c, e);
}

static json_t *head_of_search(struct board_page *p, struct desk *d, struct err *e)
{
	(void)d, (void)e;
	return json_pack("{s:o}", "word", json_of_span(p->ask->word));
}

/* Where the next page goes on; null: there is none. */
static json_t *older(const struct board_page *p)
{
	return json_pack("{s:o}", "older", p->older ? json_integer(p->older) : json_null());
}

static json_t *tail_of_search(const struct board_page *p)
{
	return json_pack("{s:b}", "not_all", p->search.more);
}

/* --- pages --- */

static const struct {
	enum web_page page;
	head_fn *head;
	json_t *(*tail)(const struct board_page *p);
} ends[] = { { WEB_BOARD, no_head, NULL },
	     { WEB_CASES, head_of_cases, older },
	     { WEB_CASE, head_of_case, older },
	     { WEB_SEARCH, head_of_search, tail_of_search },
	     { WEB_DEADLINES, no_head, NULL } };

/* The lists of a page stand together. */
static const struct {
	enum web_page page;
	const char *name;
	find_fn *find;
	json_row_fn *row;
} parts[] = {
	{ WEB_BOARD, "queues", find_queues, board_made_row },
	{ WEB_BOARD, "risk", find_near, board_deadline_row },
	{ WEB_BOARD, "mine", find_mine, board_case_row },
	{ WEB_BOARD, "wrong", find_wrong, board_made_row },
	{ WEB_CASES, "cases", find_cases, board_case_row },
	{ WEB_CASES, "names", find_names, board_made_row },
	{ WEB_CASE, "notes", find_notes, board_note_row },
	{ WEB_CASE, "events", find_events, board_event_row },
	{ WEB_CASE, "links", find_links, board_made_row },
	{ WEB_SEARCH, "cases", find_hits, board_hit_row },
	{ WEB_DEADLINES, "deadlines", find_deadlines, board_deadline_row },
};

enum { PARTS = sizeof(parts) / sizeof(*parts), ENDS = sizeof(ends) / sizeof(*ends) };

static size_t end_of(enum web_page page)
{
	size_t i = 0;

	while (i < ENDS && ends[i].page != page)
		i++;
	return i;
}

/* All of an object but its last brace. */
static void open_object(json_t *object, struct buf *out)
{
	json_write(object, true, out);
	while (out->n && out->p[out->n - 1] != '}')
		out->n--;
	out->n -= out->n > 0;
}

/* In the zone of who reads it. */
static int local_times(const struct board_page *p, struct desk *d, json_t *row, struct err *e)
{
	const struct zone *zone;

	if (zones_get(d->zones, staff_name_zone(d->conf, p->staff), &zone, e) < 0)
		return -1;
	board_local_times(zone, row);
	return 0;
}

static int begin(struct board_page *p, struct desk *d, struct buf *out, struct err *e)
{
	json_t *head JSON_AUTO = ends[end_of(p->ask->page)].head(p, d, e);

	if (!head || local_times(p, d, head, e) < 0)
		return -1;
	json_object_set_new(head, "zone", json_string(staff_name_zone(d->conf, p->staff)));
	json_object_set_new(head, "me", json_string(p->staff->name));
	json_object_set_new(head, "company", json_string(d->conf->company));
	open_object(head, out);
	while (parts[p->part].page != p->ask->page)
		p->part++;
	p->begun = true;
	return 0;
}

static int find(struct board_page *p, struct desk *d, struct buf *out, struct err *e)
{
	int got = parts[p->part].find(p, d, e);

	if (got <= 0)
		return got;
	p->found = true;
	p->at = 0;
	buf_addf(out, ",\"%s\":[", parts[p->part].name);
	return 0;
}

static int write_row(struct board_page *p, struct desk *d, struct buf *out, struct err *e)
{
	const void *it = (const char *)p->v + p->at * p->size;
	json_t *row JSON_AUTO = parts[p->part].row(d, it, e);

	if (!row || local_times(p, d, row, e) < 0)
		return -1;
	buf_adds(out, p->at ? "," : "");
	json_write(row, true, out);
	p->at++;
	if (parts[p->part].find == find_cases && p->at == ROWS_A_PAGE)
		p->older = json_int(row, "number", 0);
	return 0;
}

static void close_object(const struct board_page *p, struct buf *out)
{
	json_t *(*tail)(const struct board_page *p) = ends[end_of(p->ask->page)].tail;
	json_t *last JSON_AUTO = tail ? tail(p) : NULL;
	struct buf text BUF_AUTO = { 0 };

	if (!last) {
		buf_addc(out, '}');
		return;
	}
	buf_init(&text, SIZE_MAX);
	json_write(last, true, &text);
	buf_addc(out, ',');
	buf_add(out, span_sub(buf_span(&text), 1, SIZE_MAX));
}

static int end_part(struct board_page *p, struct buf *out)
{
	buf_addc(out, ']');
	json_decref(p->kept);
	p->kept = NULL;
	p->found = false;
	p->looked = 0;
	p->part++;
	if (p->part < PARTS && parts[p->part].page == p->ask->page)
		return 0;
	close_object(p, out);
	return 1;
}

int board_page_step(struct board_page *p, struct desk *d, struct buf *out, struct err *e)
{
	if (!p->begun)
		return begin(p, d, out, e);
	if (!p->found)
		return find(p, d, out, e);
	return p->at < p->n ? write_row(p, d, out, e) : end_part(p, out);
}

void board_page_release(struct board_page *p)
{
	queue_view_release(&p->queues);
	json_decref(p->kept);
	p->kept = NULL;
}
