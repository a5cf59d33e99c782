/* Budgets of automatic mail (store/store_outbox.h). */
#include "store/query.h"
#include "store/store_outbox.h"

/* Of one key: in the window of v[0], and in that of v[1], which is as long or longer. */
static int used_of(struct store *s, const struct store_budget *const v[2], int64_t now,
		   int64_t ret_used[2], struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_BUDGET_USED, e);
	query_text(&q, v[0]->key);
	query_int(&q, now);
	query_int(&q, v[0]->window_s);
	query_int(&q, v[1]->window_s);
	if (query_step(&q) <= 0)
		return -1;
	ret_used[0] = query_get_int(&q);
	ret_used[1] = query_get_int(&q);
	return query_end_row(&q);
}

int store_budget_used(struct store *s, const struct store_budget *b, int64_t now, int64_t *ret_used,
		      struct err *e)
{
	int64_t used[2];

	if (used_of(s, (const struct store_budget *const[]){ b, b }, now, used, e) < 0)
		return -1;
	*ret_used = used[0];
	return 0;
}

/* The last of those of the key of v[0]. */
static size_t last_of(const struct store_budget *v, size_t n)
{
	return n > 1 && span_eq(v[0].key, v[1].key) && v[0].window_s <= v[1].window_s;
}

static int has_room(struct store *s, const struct store_budget *first,
		    const struct store_budget *last, int64_t now, bool *ret_room, struct err *e)
{
	int64_t used[2];

	if (used_of(s, (const struct store_budget *const[]){ first, last }, now, used, e) < 0)
		return -1;
	*ret_room = used[0] < first->max && used[1] < last->max;
	return 0;
}

static int take(struct store *s, const struct store_budget *b, int64_t now, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_BUDGET_TAKE, e);
	query_text(&q, b->key);
	query_int(&q, now);
	return query_run(&q);
}

/* All of them are asked about, in a moment. */
static void say_all(struct store *s, const struct store_budget *v, size_t n, int64_t now)
{
	struct err ignored;
	bool room;

	if (n < 2 || !store_ahead_begin(s))
		return;
	for (size_t i = 0, last; i < n; i = last + 1) {
		last = i + last_of(&v[i], n - i);
		(void)has_room(s, &v[i], &v[last], now, &room, &ignored);
	}
	store_ahead_said(s);
}

int store_budget_take(struct store *s, const struct store_budget *v, size_t n, int64_t now,
		      bool *ret_within, struct err *e)
{
	bool within = true;

	say_all(s, v, n, now);
	for (size_t i = 0, last; i < n && within; i = last + 1) {
		last = i + last_of(&v[i], n - i);
		if (has_room(s, &v[i], &v[last], now, &within, e) < 0)
			return -1;
	}
	for (size_t i = 0; i < n && within; i += 1 + last_of(&v[i], n - i))
		if (take(s, &v[i], now, e) < 0)
			return -1;
	*ret_within = within;
	return 0;
}

int store_budget_sweep(struct store *s, int64_t before, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_BUDGET_SWEEP, e);
	query_int(&q, before);
	return query_run(&q);
}
