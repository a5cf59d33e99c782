/* Budgets of automatic mail (store/store_outbox.h). */
#include "store/query.h"
#include "store/store_outbox.h"

int store_budget_used(struct store *s, const struct store_budget *b, int64_t now, int64_t *ret_used,
		      struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_BUDGET_USED, e);
	query_text(&q, b->key);
	query_int(&q, now);
	query_int(&q, b->window_s);
	if (query_step(&q) <= 0)
		return -1;
	*ret_used = query_get_int(&q);
	return 0;
}

static int has_room(struct store *s, const struct store_budget *b, int64_t now, bool *ret_room,
		    struct err *e)
{
	int64_t used;

	if (store_budget_used(s, b, now, &used, e) < 0)
		return -1;
	*ret_room = used < b->max;
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

int store_budget_take(struct store *s, const struct store_budget *v, size_t n, int64_t now,
		      bool *ret_within, struct err *e)
{
	bool within = true;

	for (size_t i = 0; i < n && within; i++)
		if (has_room(s, &v[i], now, &within, e) < 0)
			return -1;
	for (size_t i = 0; i < n && within; i++)
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
