#include "store/store_storm.h"

#include "store/query.h"

/* What stands for a key in a statement: its row where that is known (storms.h), or itself.  0: it
 * has no row. */
static int place_of(struct store *s, int64_t key, int64_t *ret_place, struct err *e)
{
	if (s->ops->is_file)
		return storms_find(s, key, ret_place, e);
	*ret_place = key;
	return 0;
}

static int get(struct store *s, int64_t key, int64_t place, struct store_storm *ret_storm,
	       struct err *e)
{
	struct query q QUERY_AUTO;
	struct store_storm storm = { 0 };
	int got;

	query_open(&q, s, SQL_STORM_GET, e);
	query_int(&q, place);
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

int store_storm_get(struct store *s, int64_t key, struct store_storm *ret_storm, struct err *e)
{
	int64_t place;

	if (place_of(s, key, &place, e) < 0)
		return -1;
	if (place || !store_is_alone(s))
		return get(s, key, place, ret_storm, e);
	*ret_storm = (struct store_storm){ 0 };
	return 0;
}

static int write_row(struct store *s, enum sql_id id, int64_t place,
		     const struct store_storm *storm, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	query_int(&q, place);
	query_int(&q, storm->case_number);
	query_int(&q, storm->count);
	query_int(&q, storm->last_at);
	query_int(&q, storm->told_at);
	return query_run(&q);
}

int store_storm_put(struct store *s, int64_t key, const struct store_storm *storm, struct err *e)
{
	int64_t place;
	bool is_new;

	if (place_of(s, key, &place, e) < 0)
		return -1;
	is_new = s->ops->is_file ? !place : store_recalls(s) && recall_is_calm(&s->recall, key);
	if (write_row(s, is_new ? SQL_STORM_ADD : SQL_STORM_PUT, is_new ? key : place, storm, e) <
	    0)
		return -1;
	if (is_new && s->ops->is_file)
		storms_add(&s->storms, key, s->ops->new_row(s->engine));
	return 0;
}

int store_storm_sweep(struct store *s, int64_t before, struct err *e)
{
	struct query q QUERY_AUTO;

	storms_forget(&s->storms);
	query_open(&q, s, SQL_STORM_SWEEP, e);
	query_int(&q, before);
	return query_run(&q);
}
