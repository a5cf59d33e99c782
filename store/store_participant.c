#include "store/query.h"

static const char *const origins[] = {
#define X(id, name) [id] = name,
	STORE_ORIGINS(X)
#undef X
};

int store_participant_add(struct store *s, int64_t number, const struct store_person *p,
			  struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_PARTICIPANT_ADD, e);
	query_int(&q, number);
	query_text(&q, p->address);
	query_text(&q, p->name);
	query_name(&q, origins[p->origin]);
	return query_run(&q);
}

int store_participant_remove(struct store *s, int64_t number, struct span address, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_PARTICIPANT_REMOVE, e);
	query_int(&q, number);
	query_text(&q, address);
	return query_run(&q);
}

int store_participant_copy(struct store *s, int64_t from, int64_t to, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_PARTICIPANT_COPY, e);
	query_int(&q, from);
	query_int(&q, to);
	return query_run(&q);
}

static void read_person(struct query *q, struct arena *a, void *ret_row)
{
	struct store_person *p = ret_row;

	p->address = query_get_text(q, a);
	p->name = query_get_text(q, a);
	p->origin = (enum participant_origin)query_get_state(q, origins, ORIGIN_COUNT);
}

int store_participant_list(struct store *s, int64_t number, struct arena *a,
			   struct store_person **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (store_recalls(s) && recall_has_no_people(&s->recall, number))
		return QUERY_NO_ROWS(a, ret_v, ret_n);
	query_open(&q, s, SQL_PARTICIPANT_LIST, e);
	query_int(&q, number);
	return QUERY_LIST(&q, read_person, a, ret_v, ret_n);
}

int store_participant_role(struct store *s, int64_t number, struct span address,
			   enum participant_role *ret_role, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int got;

	if (store_recalls(s) && recall_is_requester(&s->recall, number, address)) {
		*ret_role = ROLE_REQUESTER;
		return 0;
	}
	if (store_recalls(s) && recall_is_outside(&s->recall, number, address)) {
		*ret_role = ROLE_NONE;
		return 0;
	}
	query_open(&q, s, SQL_PARTICIPANT_ROLE, e);
	query_int(&q, number);
	query_text(&q, address);
	got = query_step(&q);
	if (got < 0)
		return -1;
	*ret_role = got && address.n ? (enum participant_role)query_get_int(&q) : ROLE_NONE;
	return 0;
}

int store_thread_add(struct store *s, struct span key, int64_t number, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_THREAD_ADD, e);
	query_text(&q, key);
	query_int(&q, number);
	return query_run(&q);
}

int store_thread_case(struct store *s, struct span key, int64_t *ret_number, struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_THREAD_CASE, e);
	query_text(&q, key);
	got = query_step(&q);
	if (got < 0)
		return -1;
	*ret_number = got ? query_get_int(&q) : 0;
	return 0;
}
