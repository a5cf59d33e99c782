#include "store/query.h"

static void read_property(struct query *q, struct arena *a, void *ret_row)
{
	struct store_property *p = ret_row;

	p->account = query_get_text(q, a);
	p->name = query_get_text(q, a);
	p->live_at = query_get_at(q);
	p->told_at = query_get_at(q);
}

static void read_recommendation(struct query *q, struct arena *a, void *ret_row)
{
	struct store_recommendation *r = ret_row;

	r->id = query_get_int(q);
	r->account = query_get_text(q, a);
	r->property = query_get_text(q, a);
	r->title = query_get_text(q, a);
	r->link = query_get_text(q, a);
	r->state = query_get_text(q, a);
	r->at = query_get_at(q);
}

int store_property_put(struct store *s, const struct store_property *p, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_PROPERTY_PUT, e);
	query_text(&q, p->account);
	query_text(&q, p->name);
	query_at(&q, p->live_at);
	query_at(&q, p->told_at);
	return query_run(&q);
}

int store_property_get(struct store *s, struct span account, struct span name, struct arena *a,
		       struct store_property *ret_property, struct err *e)
{
	struct store_property property = { 0 };
	struct query q QUERY_AUTO = { 0 };

	query_open(&q, s, SQL_PROPERTY_GET, e);
	query_text(&q, account);
	query_text(&q, name);
	if (query_one(&q, read_property, a, &property) < 0)
		return -1;
	*ret_property = property;
	return 0;
}

int store_property_list(struct store *s, struct arena *a, struct store_property **ret_v,
			size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_PROPERTY_LIST, e);
	return QUERY_LIST(&q, read_property, a, ret_v, ret_n);
}

static void read_account(struct query *q, struct arena *a, void *ret_row)
{
	*(struct span *)ret_row = query_get_text(q, a);
}

int store_recommend_due(struct store *s, int64_t live_before, int64_t last_before, int limit,
			struct arena *a, struct span **ret_accounts, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_RECOMMEND_DUE, e);
	query_int(&q, live_before);
	query_int(&q, last_before);
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_account, a, ret_accounts, ret_n);
}

int store_recommend_next(struct store *s, int64_t live_delay_s, int64_t mail_delay_s,
			 int64_t *ret_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_RECOMMEND_NEXT, e);
	query_int(&q, live_delay_s);
	query_int(&q, mail_delay_s);
	return query_one_at(&q, ret_at);
}

int store_recommend_list(struct store *s, struct span account, int64_t live_before, struct arena *a,
			 struct store_recommendation **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_RECOMMEND_LIST, e);
	query_text(&q, account);
	query_int(&q, live_before);
	return QUERY_LIST(&q, read_recommendation, a, ret_v, ret_n);
}

static int run_told(struct store *s, enum sql_id sql, struct span account, int64_t live_before,
		    int64_t at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, sql, e);
	query_text(&q, account);
	query_int(&q, live_before);
	query_at(&q, at);
	return query_run(&q);
}

static int put_last(struct store *s, struct span account, int64_t at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_RECOMMEND_LAST_PUT, e);
	query_text(&q, account);
	query_at(&q, at);
	return query_run(&q);
}

int store_recommend_told(struct store *s, struct span account, int64_t live_before, bool mailed,
			 int64_t at, struct err *e)
{
	if (run_told(s, SQL_RECOMMEND_TOLD, account, live_before, at, e) < 0)
		return -1;
	if (!mailed)
		return 0;
	if (run_told(s, SQL_RECOMMEND_SENT, account, live_before, at, e) < 0)
		return -1;
	return put_last(s, account, at, e);
}

int store_recommend_again(struct store *s, struct span account, struct span property, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_RECOMMEND_AGAIN, e);
	query_text(&q, account);
	query_text(&q, property);
	return query_run(&q);
}

int store_recommendation_add(struct store *s, const struct store_recommendation *r, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_RECOMMENDATION_ADD, e);
	query_text(&q, r->account);
	query_text(&q, r->property);
	query_text(&q, r->title);
	query_text(&q, r->link);
	query_text(&q, r->state);
	query_at(&q, r->at);
	return query_run(&q);
}

int store_recommendation_list(struct store *s, struct span account, struct span property,
			      struct arena *a, struct store_recommendation **ret_v, size_t *ret_n,
			      struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, account.n ? SQL_RECOMMENDATION_LIST_ACCOUNT : SQL_RECOMMENDATION_LIST, e);
	query_text(&q, account);
	query_text(&q, property);
	return QUERY_LIST(&q, read_recommendation, a, ret_v, ret_n);
}

int store_recommendation_state(struct store *s, struct span account, struct span property,
			       struct span from, struct span to, int64_t at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_RECOMMENDATION_STATE, e);
	query_text(&q, account);
	query_text(&q, property);
	query_text(&q, from);
	query_text(&q, to);
	query_at(&q, at);
	return query_run(&q);
}

int store_optout_add(struct store *s, struct span address, int64_t at, struct span how,
		     struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OPTOUT_ADD, e);
	query_text(&q, address);
	query_at(&q, at);
	query_text(&q, how);
	return query_run(&q);
}

int store_optout_has(struct store *s, struct span address, bool *ret_has, struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_OPTOUT_HAS, e);
	query_text(&q, address);
	got = query_step(&q);
	if (got < 0)
		return -1;
	*ret_has = got;
	return 0;
}
