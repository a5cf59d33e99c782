#include "store/store_turn.h"

#include "store/query.h"

static void read_turn(struct query *q, struct arena *a, void *ret_row)
{
	*(struct span *)ret_row = query_get_text(q, a);
}

int store_turn_get(struct store *s, struct span rule, struct arena *a, struct span *ret_staff,
		   struct err *e)
{
	struct query q QUERY_AUTO;

	*ret_staff = SPAN("");
	query_open(&q, s, SQL_TURN_GET, e);
	query_text(&q, rule);
	return query_one(&q, read_turn, a, ret_staff) < 0 ? -1 : 0;
}

int store_turn_set(struct store *s, struct span rule, struct span staff, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_TURN_SET, e);
	query_text(&q, rule);
	query_text(&q, staff);
	return query_run(&q);
}
