#include "store/store_second_try.h"

#include "store/query.h"

int store_second_try_add(struct store *s, int64_t mail, int64_t due_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SECOND_TRY_ADD, e);
	query_int(&q, mail);
	query_at(&q, due_at);
	return query_run(&q);
}

int store_second_try_put_off(struct store *s, int64_t due_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SECOND_TRY_PUT_OFF, e);
	query_at(&q, due_at);
	return query_run(&q);
}

int store_second_try_all(struct store *s, int64_t due_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SECOND_TRY_ALL, e);
	query_at(&q, due_at);
	return query_run(&q);
}

static void read_mail(struct query *q, struct arena *a, void *ret_row)
{
	(void)a;
	*(int64_t *)ret_row = query_get_int(q);
}

int store_second_try_due(struct store *s, int64_t now, int limit, struct arena *a,
			 int64_t **ret_mails, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SECOND_TRY_DUE, e);
	query_int(&q, now);
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_mail, a, ret_mails, ret_n);
}

int store_second_try_done(struct store *s, int64_t mail, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SECOND_TRY_DONE, e);
	query_int(&q, mail);
	return query_run(&q);
}

int store_second_try_next(struct store *s, int64_t *ret_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SECOND_TRY_NEXT, e);
	return query_one_at(&q, ret_at);
}
