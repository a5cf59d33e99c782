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
	int64_t level;

	query_open(&q, s, SQL_REACH_GET, e);
	query_int(&q, number);
	query_text(&q, address);
	if (query_one_int(&q, &level) < 0)
		return -1;
	*ret_level =
	    level >= REACH_NOBODY && level <= REACH_PROVEN ? (enum reach)level : REACH_UNKNOWN;
	return 0;
}
