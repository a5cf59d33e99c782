#include "store/query.h"

int store_stats_last(struct store *s, struct store_stats_last *ret_last, struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_STATS_LAST, e);
	got = query_step(&q);
	if (got < 0)
		return -1;
	ret_last->cases = query_get_int(&q);
	ret_last->mails = query_get_int(&q);
	ret_last->outbox = query_get_int(&q);
	return query_end_row(&q);
}

/* --- cases --- */

static void bind_cases(struct query *q, const struct store_stats_range *r)
{
	query_int(q, r->first);
	query_int(q, r->last);
	query_int(q, r->since_at);
	query_text(q, r->queue);
	query_text(q, r->account);
}

static void read_case(struct query *q, struct arena *a, void *ret_row)
{
	struct store_stats_case *c = ret_row;

	c->number = query_get_int(q);
	c->queue = query_get_text(q, a);
	c->account = query_get_text(q, a);
	c->package = query_get_text(q, a);
	c->owner = query_get_text(q, a);
	c->requester = query_get_text(q, a);
	c->opened_at = query_get_int(q);
	c->is_over = query_get_int(q);
	c->due_at = query_get_at(q);
	c->started_at = query_get_at(q);
	c->met_at = query_get_at(q);
}

int store_stats_cases(struct store *s, const struct store_stats_range *r, struct arena *a,
		      struct store_stats_case **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_STATS_CASES, e);
	bind_cases(&q, r);
	return QUERY_LIST(&q, read_case, a, ret_v, ret_n);
}

static void read_state(struct query *q, struct arena *a, void *ret_row)
{
	struct store_stats_state *st = ret_row;

	(void)a;
	st->number = query_get_int(q);
	st->at = query_get_int(q);
	st->is_over = query_get_int(q);
}

int store_stats_states(struct store *s, const struct store_stats_range *r, struct arena *a,
		       struct store_stats_state **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_STATS_STATES, e);
	bind_cases(&q, r);
	return QUERY_LIST(&q, read_state, a, ret_v, ret_n);
}

/* --- mails --- */

static void read_mail_count(struct query *q, struct arena *a, void *ret_row)
{
	struct store_stats_count *c = ret_row;

	c->state = query_get_text(q, a);
	c->what = query_get_text(q, a);
	c->n = query_get_int(q);
}

static void read_outbox_count(struct query *q, struct arena *a, void *ret_row)
{
	struct store_stats_count *c = ret_row;

	c->what = query_get_text(q, a);
	c->state = query_get_text(q, a);
	c->n = query_get_int(q);
}

static void bind_range(struct query *q, const struct store_stats_range *r)
{
	query_int(q, r->first);
	query_int(q, r->last);
	query_int(q, r->since_at);
	query_int(q, r->until_at);
}

int store_stats_mails(struct store *s, const struct store_stats_range *r, struct arena *a,
		      struct store_stats_count **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_STATS_MAILS, e);
	bind_range(&q, r);
	return QUERY_LIST(&q, read_mail_count, a, ret_v, ret_n);
}

int store_stats_outbox(struct store *s, const struct store_stats_range *r, struct arena *a,
		       struct store_stats_count **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_STATS_OUTBOX, e);
	bind_range(&q, r);
	query_text(&q, r->queue);
	query_text(&q, r->account);
	return QUERY_LIST(&q, read_outbox_count, a, ret_v, ret_n);
}
