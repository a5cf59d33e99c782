#include "store/bare.h"

#include "store/query.h"

int bare_is(struct store *s, enum bare_table table, struct err *e)
{
	static const enum sql_id questions[] = {
		[BARE_ACCOUNTS] = SQL_ACCOUNT_ANY, [BARE_DEAD] = SQL_DEAD_ANY
	};
	struct query q QUERY_AUTO = { 0 };
	int64_t any;
	bool none;

	if (!store_is_alone(s))
		return 0;
	if (recall_none(&s->recall, table, &none))
		return none;
	query_open(&q, s, questions[table], e);
	if (query_one_int(&q, &any) < 0)
		return -1;
	recall_keep_none(&s->recall, table, !any);
	return !any;
}
