#include "store/store_away.h"

#include "store/query.h"

static void read_away(struct query *q, struct arena *a, void *ret_row)
{
	struct store_away *v = ret_row;

	v->staff = query_get_text(q, a);
	v->since_at = query_get_at(q);
	v->until_at = query_get_at(q);
	v->deputy = query_get_text(q, a);
}

int store_away_set(struct store *s, const struct store_away *away, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_AWAY_SET, e);
	query_text(&q, away->staff);
	query_at(&q, away->since_at);
	query_at(&q, away->until_at);
	query_text(&q, away->deputy);
	return query_run(&q);
}

int store_away_end(struct store *s, struct span staff, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_AWAY_END, e);
	query_text(&q, staff);
	return query_run(&q);
}

int store_away_get(struct store *s, struct span staff, int64_t now, struct arena *a,
		   struct store_away *ret_away, struct err *e)
{
	struct query q QUERY_AUTO;

	*ret_away = (struct store_away){ 0 };
	query_open(&q, s, SQL_AWAY_GET, e);
	query_text(&q, staff);
	query_at(&q, now);
	return query_one(&q, read_away, a, ret_away) < 0 ? -1 : 0;
}

int store_away_list(struct store *s, int64_t now, struct arena *a, struct store_away **ret_v,
		    size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_AWAY_LIST, e);
	query_at(&q, now);
	return QUERY_LIST(&q, read_away, a, ret_v, ret_n);
}
