/* Commands that list: cases, and the commands themselves.  They change nothing. */
#include <stdlib.h>

#include "gatewayd/base/units.h"
#include "gatewayd/case/case_wait.h"
#include "gatewayd/case/search.h"
#include "gatewayd/case/staff_name.h"
#include "gatewayd/mail/staff_run.h"
#include "gatewayd/mail/staff_said.h"
#include "gatewayd/mail/staff_unknown.h"

enum {
	LIST_READ_MAX = 2000, /* open cases that are put in order */
	LIST_MAX = 50,	      /* of a mail */
	FOUND_MAX = 20,
	TEXT_MAX = 256 * KIB,
};

/* --- help --- */

int staff_run_help(struct run *r, struct err *e)
{
	struct buf out BUF_AUTO;

	(void)e;
	buf_init(&out, TEXT_MAX);
	for (int i = 0; i < STAFF_VERB_COUNT; i++) {
		struct span usage = words_get(r->words, staff_verb_usage((enum staff_verb)i));
		struct span does = words_get(r->words, staff_verb_help((enum staff_verb)i));

		buf_addf(&out, SPAN_FMT " - " SPAN_FMT "\n", SPAN_ARG(usage), SPAN_ARG(does));
	}
	r->found = arena_dup(r->d->arena, buf_span(&out));
	staff_says(r, WORD_DONE_HELP, NULL, SPAN_NONE);
	return 0;
}

/* --- a list --- */

struct listed {
	struct store_case row;
	int64_t due_at; /* of the clock that ends first; INSTANT_NONE: none runs */
};

struct listing {
	struct listed *v;
	size_t n;
	bool breached; /* only those */
	bool is_full;  /* more were not read */
};

static int find_due(struct run *r, int64_t number, int64_t *ret_due, struct err *e)
{
	struct store_deadline *v;
	size_t n;

	*ret_due = INSTANT_NONE;
	if (store_deadline_list(r->d->store, number, r->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (v[i].due_at != INSTANT_NONE && v[i].met_at == INSTANT_NONE &&
		    v[i].state != DEADLINE_NONE &&
		    (*ret_due == INSTANT_NONE || v[i].due_at < *ret_due))
			*ret_due = v[i].due_at;
	return 0;
}

/* What a rule gave priority comes first, then what is due first, what has no clock last, the newest
 * before the older. */
static int by_due(const void *left, const void *right)
{
	const struct listed *a = left, *b = right;
	bool a_none = a->due_at == INSTANT_NONE, b_none = b->due_at == INSTANT_NONE;

	if (a->row.priority != b->row.priority)
		return a->row.priority < b->row.priority ? 1 : -1;
	if (a_none != b_none)
		return a_none - b_none;
	if (a->due_at != b->due_at)
		return (a->due_at > b->due_at) - (a->due_at < b->due_at);
	return (a->row.number < b->row.number) - (a->row.number > b->row.number);
}

static int keep_rows(struct run *r, const struct store_case *v, size_t n, struct listing *l,
		     struct err *e)
{
	l->v = arena_alloc_n(r->d->arena, n, sizeof(*l->v));
	for (size_t i = 0; i < n; i++) {
		int64_t due;

		if (!staff_name_sees(r->r->staff, &v[i]))
			continue;
		if (find_due(r, v[i].number, &due, e) < 0)
			return -1;
		if (l->breached && (due == INSTANT_NONE || due > r->d->now))
			continue;
		l->v[l->n++] = (struct listed){ v[i], due };
	}
	return 0;
}

static void put_row(struct run *r, const struct listed *c, struct buf *out)
{
	const char *zone = staff_name_zone(r->d->conf, r->r->staff);
	const struct conf_staff *owner =
	    conf_staff_find(r->d->conf, arena_cstr(r->d->arena, c->row.owner));
	struct word_value v[] = {
		{ "case", word_number(r->d, c->row.number) },
		{ "subject",
		  c->row.subject.n ? c->row.subject : words_get(r->words, WORD_NO_SUBJECT) },
		{ "queue", c->row.queue },
		{ "severity", word_number(r->d, c->row.severity) },
		{ "state", case_wait_word(r->d, r->words, &c->row, false) },
		{ "owner", owner ? span_of(owner->name) : words_get(r->words, WORD_NO_OWNER) },
	};
	struct span due = SPAN("");

	if (c->due_at != INSTANT_NONE)
		due = word_with(r->d, r->words,
				c->due_at <= r->d->now ? WORD_LIST_MISSED : WORD_LIST_DUE, "due",
				word_time(r->d, r->words, zone, c->due_at));
	buf_add(out, word_fill(r->d, r->words, WORD_LIST_ROW, v, 2));
	buf_adds(out, "\n    ");
	buf_add(out, word_fill(r->d, r->words, WORD_LIST_ABOUT, v + 2, 4));
	buf_add(out, due);
	if (c->row.priority)
		buf_add(out, word_with(r->d, r->words, WORD_LIST_PRIORITY, "priority",
				       word_number(r->d, c->row.priority)));
	buf_addc(out, '\n');
}

/* How a listing says what it is. */
struct listing_words {
	enum word all, cut, none;
	enum staff_verb verb;
	size_t max;
	const char *all_of_it; /* what gives more than can be asked for by mail */
};
static const struct listing_words open_words = {
	WORD_DONE_LIST, WORD_DONE_LIST_CUT, WORD_DONE_LIST_NONE,
	STAFF_LIST,	LIST_MAX,	    "gatewayctl case list"
};
static const struct listing_words found_words = {
	WORD_DONE_SEARCH, WORD_DONE_SEARCH_CUT,	   WORD_DONE_SEARCH_NONE, STAFF_SEARCH,
	FOUND_MAX,	  "gatewayctl case search"
};

/* "#list billing 51", "#search from 21 purge fails" */
static struct span rest_of(struct run *r, const struct listing_words *w,
			   const struct staff_list *said, size_t next)
{
	const char *name = staff_verb_name(w->verb);

	if (w->verb == STAFF_SEARCH)
		return span_of(arena_printf(r->d->arena, "#%s from %zu " SPAN_FMT, name, next,
					    SPAN_ARG(said->what)));
	return span_of(arena_printf(r->d->arena, "#%s " SPAN_FMT "%s%zu", name,
				    SPAN_ARG(said->what), said->what.n ? " " : "", next));
}

/* "1 to 50 of 213 cases", and how the rest is asked for. */
static void says_listing(struct run *r, const struct listing_words *w,
			 const struct staff_list *said, const struct listing *l)
{
	size_t first = said->from < l->n ? said->from : l->n;
	size_t last = l->n - first < w->max ? l->n : first + w->max;
	struct word_value v[] = {
		{ "first", word_number(r->d, (int64_t)first + 1) },
		{ "last", word_number(r->d, (int64_t)last) },
		{ "n", word_number(r->d, (int64_t)l->n) },
		{ "command", last < l->n ? rest_of(r, w, said, last + 1) : span_of(w->all_of_it) },
	};
	struct buf out BUF_AUTO;

	buf_init(&out, TEXT_MAX);
	for (size_t i = first; i < last; i++)
		put_row(r, &l->v[i], &out);
	r->found = arena_dup(r->d->arena, buf_span(&out));
	if (first == last)
		staff_says(r, w->none, NULL, SPAN_NONE);
	else
		r->result =
		    word_fill(r->d, r->words, last < l->n || l->is_full ? w->cut : w->all, v, 4);
}

int staff_run_list(struct run *r, struct err *e)
{
	struct staff_list said;
	struct listing l = { 0 };
	struct store_case *v;
	size_t n;

	staff_said_list(r->d->conf, r->c->argument, r->r->staff, r->r->queue, &said);
	if (said.unknown.n)
		return staff_unknown_listed(r, said.unknown, e);
	struct store_case_filter f = { .open_only = true,
				       .queue = said.queue,
				       .owner = said.owner,
				       .requester = SPAN(""),
				       .account = SPAN(""),
				       .limit = LIST_READ_MAX };

	l.breached = said.breached;
	if (store_case_list(r->d->store, &f, r->d->arena, &v, &n, e) < 0 ||
	    keep_rows(r, v, n, &l, e) < 0)
		return -1;
	l.is_full = n == LIST_READ_MAX;
	if (l.n)
		qsort(l.v, l.n, sizeof(*l.v), by_due);
	says_listing(r, &open_words, &said, &l);
	return 0;
}

/* --- search --- */

/* What "gatewayctl case search" finds, in its order, of what this person sees. */
static int find_cases(struct run *r, struct span words, struct listing *l, struct err *e)
{
	struct store_case_find find = { .limit = SEARCH_MAX };
	struct search_hit *v;
	bool more;
	size_t n;

	if (search_cases_now(r->d, words, &find, &v, &n, &more, e) < 0)
		return -1;
	l->is_full = n == SEARCH_MAX;
	l->v = arena_alloc_n(r->d->arena, n, sizeof(*l->v));
	for (size_t i = 0; i < n; i++) {
		struct listed *row = &l->v[l->n];

		if (store_case_get(r->d->store, v[i].number, r->d->arena, &row->row, e) < 0)
			return -1;
		row->due_at = INSTANT_NONE;
		l->n += staff_name_sees(r->r->staff, &row->row);
	}
	return 0;
}

/* "#search purge fails", "#search from 21 purge fails" */
int staff_run_search(struct run *r, struct err *e)
{
	struct staff_list said = { .what = SPAN("") };
	struct span rest, word;
	struct listing l = { 0 };

	said.what = staff_said_from(r->c->argument, &said.from);
	rest = said.what;
	if (!staff_said_word(&rest, &word))
		return staff_refuse_usage(r, e);
	if (find_cases(r, said.what, &l, e) < 0)
		return -1;
	says_listing(r, &found_words, &said, &l);
	return 0;
}
