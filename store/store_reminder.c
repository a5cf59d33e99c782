#include "store/store_reminder.h"

#include "store/query.h"

static void read_reminder(struct query *q, struct arena *a, void *ret_row)
{
	struct store_reminder *r = ret_row;

	r->id = query_get_int(q);
	r->case_number = query_get_int(q);
	r->staff = query_get_text(q, a);
	r->due_at = query_get_at(q);
	r->text = query_get_text(q, a);
}

int store_reminder_add(struct store *s, const struct store_reminder *r, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_REMINDER_ADD, e);
	query_int(&q, r->case_number);
	query_text(&q, r->staff);
	query_at(&q, r->due_at);
	query_text(&q, r->text);
	return query_run(&q);
}

static int count(struct store *s, int64_t number, struct span staff, int64_t *ret_count,
		 struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_REMINDER_COUNT, e);
	query_int(&q, number);
	query_text(&q, staff);
	if (query_step(&q) <= 0)
		return -1;
	*ret_count = query_get_int(&q);
	return query_end_row(&q);
}

int store_reminder_drop(struct store *s, int64_t number, struct span staff, int64_t *ret_count,
			struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (count(s, number, staff, ret_count, e) < 0)
		return -1;
	query_open(&q, s, SQL_REMINDER_DROP, e);
	query_int(&q, number);
	query_text(&q, staff);
	return query_run(&q);
}

int store_reminder_due(struct store *s, int64_t now, int limit, struct arena *a,
		       struct store_reminder **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_REMINDER_DUE, e);
	query_at(&q, now);
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_reminder, a, ret_v, ret_n);
}

int store_reminder_done(struct store *s, int64_t id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_REMINDER_DONE, e);
	query_int(&q, id);
	return query_run_of(&q, "reminder", id);
}

int store_reminder_next(struct store *s, int64_t *ret_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_REMINDER_NEXT, e);
	return query_one_at(&q, ret_at);
}
