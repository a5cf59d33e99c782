#include "store/store_storm.h"

#include "store/query.h"

int store_storm_get(struct store *s, int64_t key, struct store_storm *ret_storm, struct err *e)
{
	struct query q QUERY_AUTO;
	struct store_storm storm = { 0 };
	int got;

	query_open(&q, s, SQL_STORM_GET, e);
	query_int(&q, key);
	got = query_step(&q);
	if (got < 0)
		return -1;
	if (got) {
		storm.case_number = query_get_int(&q);
		storm.count = query_get_int(&q);
		storm.last_at = query_get_int(&q);
		storm.told_at = query_get_int(&q);
	}
	if (query_end_row(&q) < 0)
		return -1;
	if (!got && store_learns(s))
		recall_keep_calm(&s->recall, key);
	*ret_storm = storm;
	return 0;
}

int store_storm_put(struct store *s, int64_t key, const struct store_storm *storm, struct err *e)
{
	bool is_new = store_recalls(s) && recall_is_calm(&s->recall, key);
	struct query q QUERY_AUTO;

	query_open(&q, s, is_new ? SQL_STORM_ADD : SQL_STORM_PUT, e);
	query_int(&q, key);
	query_int(&q, storm->case_number);
	query_int(&q, storm->count);
	query_int(&q, storm->last_at);
	query_int(&q, storm->told_at);
	return query_run(&q);
}

int store_storm_sweep(struct store *s, int64_t before, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_STORM_SWEEP, e);
	query_int(&q, before);
	return query_run(&q);
}
