#include "gatewayd/core/board_pages.h"

#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_view.h"
#include "gatewayd/core/board_rows.h"

enum {
	ROWS_A_PAGE = 50,
	GLANCE_ROWS = 15,
	NOTES_A_PAGE = 30,
	EVENTS_A_PAGE = 100,
};

/* --- what is looked for --- */

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

static int find_queues(struct board_page *p, struct desk *d, struct err *e)
{
	json_t *rows;

	if (queue_view_step(&p->queues, d, &rows, e) < 0)
		return -1;
	return rows ? found_json(p, d, rows) : 0;
}

static int list(struct board_page *p, struct desk *d, struct store_case_filter *f, struct err *e)
{
	struct store_case *v;
	size_t n;

	if (store_case_list(d->store, f, d->arena, &v, &n, e) < 0)
		return -1;
	return found(p, v, n, sizeof(*v));
}

static int find_mine(struct board_page *p, struct desk *d, struct err *e)
{
	struct store_case_filter own = { .owner = span_of(p->staff_id),
					 .queue = SPAN(""),
					 .requester = SPAN(""),
					 .account = SPAN(""),
					 .open_only = true,
					 .limit = GLANCE_ROWS };

	return list(p, d, &own, e);
}

static int unmet(struct board_page *p, struct desk *d, int limit, struct err *e)
{
	struct store_deadline *v;
	size_t n;

	if (store_deadline_unmet(d->store, limit, d->arena, &v, &n, e) < 0)
		return -1;
	return found(p, v, n, sizeof(*v));
}

static int find_near(struct board_page *p, struct desk *d, struct err *e)
{
	return unmet(p, d, GLANCE_ROWS, e);
}

static int find_deadlines(struct board_page *p, struct desk *d, struct err *e)
{
	return unmet(p, d, 4 * ROWS_A_PAGE, e);
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
				       .before = ask->before,
				       .limit = ROWS_A_PAGE };

	return list(p, d, &f, e);
}

static int find_names(struct board_page *p, struct desk *d, struct err *e)
{
	json_t *names = json_array();

	(void)e;
	for (size_t i = 0; i < d->conf->queue_count; i++) {
		const char *name = d->conf->queues[i].name;

		json_array_append_new(names, json_pack("{s:s, s:b}", "name", name, "chosen",
						       span_is(p->ask->queue, name)));
	}
	return found_json(p, d, names);
}

static int find_hits(struct board_page *p, struct desk *d, struct err *e)
{
	static const struct store_case_find find = { .limit = ROWS_A_PAGE };
	bool done = !p->ask->word.n;

	if (!done && !p->search.limit)
		search_begin(&p->search, d->arena, p->ask->word, &find);
	if (!done && search_step(&p->search, d, &done, e) < 0)
		return -1;
	return done ? found(p, p->search.v, p->search.n, sizeof(*p->search.v)) : 0;
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

	return store_case_get(d->store, p->ask->number, d->arena, &c, e) < 0
		   ? NULL
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

static const char *name_of(const struct desk *d, const char *staff_id)
{
	const struct conf_staff *staff = conf_staff_find(d->conf, staff_id);

	return staff ? staff->name : staff_id;
}

/* All of an object but its last brace. */
static void open_object(json_t *object, struct buf *out)
{
	json_write(object, true, out);
	while (out->n && out->p[out->n - 1] != '}')
		out->n--;
	out->n -= out->n > 0;
}

static int begin(struct board_page *p, struct desk *d, struct buf *out, struct err *e)
{
	json_t *head JSON_AUTO = ends[end_of(p->ask->page)].head(p, d, e);

	if (!head)
		return -1;
	json_object_set_new(head, "me", json_string(name_of(d, p->staff_id)));
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

	if (!row)
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
