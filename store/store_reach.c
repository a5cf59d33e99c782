#include "store/store_reach.h"

#include "store/query.h"

int store_reach_raise(struct store *s, int64_t number, struct span address, enum reach level,
		      struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_REACH_RAISE, e);
	query_int(&q, number);
	query_text(&q, address);
	query_int(&q, level);
	return query_run(&q);
}

int store_reach_get(struct store *s, int64_t number, struct span address, enum reach *ret_level,
		    struct err *e)
{
	struct query q QUERY_AUTO;
	enum reach level = REACH_UNKNOWN;
	int64_t value = 0;
	int got;

	query_open(&q, s, SQL_REACH_GET, e);
	query_int(&q, number);
	query_text(&q, address);
	got = query_step(&q);
	if (got < 0)
		return -1;
	if (got)
		value = query_get_int(&q);
	if (value >= REACH_NOBODY && value <= REACH_PROVEN)
		level = (enum reach)value;
	*ret_level = level;
	return query_end_row(&q);
}
