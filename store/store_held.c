#include "store/query.h"

static const char *const names[] = {
#define X(id, name) [id] = name,
	STORE_HELD_STATES(X)
#undef X
};

static void read_held(struct query *q, struct arena *a, void *ret_row)
{
	struct store_held *h = ret_row;

	h->id = query_get_int(q);
	h->case_number = query_get_int(q);
	h->note_id = query_get_int(q);
	h->staff = query_get_text(q, a);
	h->held_at = query_get_at(q);
	h->due_at = query_get_at(q);
	h->state = (enum held_state)query_get_state(q, names, HELD_STATE_COUNT);
	h->why = query_get_text(q, a);
}

int store_held_add(struct store *s, const struct store_held *h, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_HELD_ADD, e);
	query_int(&q, h->case_number);
	query_int(&q, h->note_id);
	query_text(&q, h->staff);
	query_at(&q, h->held_at);
	query_at(&q, h->due_at);
	query_text(&q, h->why);
	return query_run(&q);
}

int store_held_by_note(struct store *s, int64_t note_id, struct arena *a, struct store_held *ret,
		       struct err *e)
{
	struct query q QUERY_AUTO;

	*ret = (struct store_held){ 0 };
	query_open(&q, s, SQL_HELD_BY_NOTE, e);
	query_int(&q, note_id);
	return query_one(&q, read_held, a, ret) < 0 ? -1 : 0;
}

int store_held_list(struct store *s, int64_t number, struct arena *a, struct store_held **ret_v,
		    size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_HELD_LIST, e);
	query_int(&q, number);
	return QUERY_LIST(&q, read_held, a, ret_v, ret_n);
}

int store_held_sent(struct store *s, int64_t id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_HELD_STATE, e);
	query_int(&q, id);
	query_name(&q, names[HELD_SENT]);
	return query_run_of(&q, "held answer", id);
}

int store_held_again(struct store *s, int64_t id, struct span why, int64_t due_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_HELD_AGAIN, e);
	query_int(&q, id);
	query_text(&q, why);
	query_at(&q, due_at);
	return query_run_of(&q, "held answer", id);
}

int store_held_replace(struct store *s, int64_t number, struct span staff, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_HELD_REPLACE, e);
	query_int(&q, number);
	query_text(&q, staff);
	return query_run(&q);
}

int store_held_due(struct store *s, int64_t now, int limit, struct arena *a,
		   struct store_held **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_HELD_DUE, e);
	query_at(&q, now);
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_held, a, ret_v, ret_n);
}

int store_held_told(struct store *s, int64_t id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_HELD_TOLD, e);
	query_int(&q, id);
	return query_run_of(&q, "held answer", id);
}

int store_held_next(struct store *s, int64_t *ret_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_HELD_NEXT, e);
	return query_one_at(&q, ret_at);
}
