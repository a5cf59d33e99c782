#include "store/content.h"

static void read_dead(struct query *q, struct arena *a, void *ret_row)
{
	struct store_dead *d = ret_row;

	d->address = query_get_text(q, a);
	d->at = query_get_at(q);
	d->until_at = query_get_at(q);
	d->reason = query_get_text(q, a);
}

int store_dead_put(struct store *s, const struct store_dead *dead, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DEAD_PUT, e);
	query_text(&q, dead->address);
	query_at(&q, dead->at);
	query_at(&q, dead->until_at);
	query_text(&q, dead->reason);
	return query_run(&q);
}

int store_dead_get(struct store *s, struct span address, int64_t now, struct arena *a,
		   struct store_dead *ret_dead, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int got;

	*ret_dead = (struct store_dead){ .address = SPAN("") };
	if (store_recalls(s) && recall_living(&s->recall, address, now))
		return 0;
	got = bare_is(s, BARE_DEAD, e);
	if (got)
		return got < 0 ? -1 : 0;
	query_open(&q, s, SQL_DEAD_GET, e);
	query_text(&q, address);
	query_at(&q, now);
	got = query_one(&q, read_dead, a, ret_dead);
	if (got == 0 && store_learns(s))
		recall_keep_living(&s->recall, address, now);
	return got < 0 ? -1 : 0;
}

int store_dead_forget(struct store *s, struct span address, bool *ret_there, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DEAD_FORGET, e);
	query_text(&q, address);
	if (query_run(&q) < 0)
		return -1;
	*ret_there = store_changes(s) > 0;
	return 0;
}

int store_dead_list(struct store *s, int64_t now, struct arena *a, struct store_dead **ret_v,
		    size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DEAD_LIST, e);
	query_at(&q, now);
	return QUERY_LIST(&q, read_dead, a, ret_v, ret_n);
}

int store_dead_sweep(struct store *s, int64_t before, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DEAD_SWEEP, e);
	query_at(&q, before);
	return query_run(&q);
}
