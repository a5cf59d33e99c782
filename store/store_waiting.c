#include "store/query.h"

static const char *const parties[] = {
#define X(id, name) [id] = name,
	STORE_PARTIES(X)
#undef X
};

const char *party_name(enum party party)
{
	return parties[party];
}

static void read_waiting(struct query *q, struct arena *a, void *ret_row)
{
	struct store_waiting *w = ret_row;

	(void)a;
	w->case_number = query_get_int(q);
	w->party = (enum party)query_get_state(q, parties, PARTY_COUNT);
	w->since_at = query_get_at(q);
	w->due_at = query_get_at(q);
	w->reminded = query_get_int(q) != 0;
}

int store_waiting_put(struct store *s, const struct store_waiting *w, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_WAITING_PUT, e);
	query_int(&q, w->case_number);
	query_name(&q, parties[w->party]);
	query_at(&q, w->since_at);
	query_at(&q, w->due_at);
	query_int(&q, w->reminded);
	return query_run(&q);
}

int store_waiting_end(struct store *s, int64_t number, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_WAITING_END, e);
	query_int(&q, number);
	return query_run(&q);
}

int store_waiting_get(struct store *s, int64_t number, struct store_waiting *ret_waiting,
		      struct err *e)
{
	struct query q QUERY_AUTO;

	*ret_waiting = (struct store_waiting){ 0 };
	query_open(&q, s, SQL_WAITING_GET, e);
	query_int(&q, number);
	return query_one(&q, read_waiting, NULL, ret_waiting) < 0 ? -1 : 0;
}

int store_waiting_due(struct store *s, int64_t now, int limit, struct arena *a,
		      struct store_waiting **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_WAITING_DUE, e);
	query_at(&q, now);
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_waiting, a, ret_v, ret_n);
}

int store_waiting_next(struct store *s, int64_t *ret_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_WAITING_NEXT, e);
	return query_one_at(&q, ret_at);
}
