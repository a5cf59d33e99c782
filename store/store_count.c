/* How much there is, for status and the metrics: store.h, store_mail.h. */
#include "store/query.h"

static void read_oldest(struct query *q, struct arena *a, void *ret_row)
{
	struct store_oldest *row = ret_row;

	row->kind = query_get_text(q, a);
	row->name = query_get_text(q, a);
	row->at = query_get_at(q);
}

int store_oldest(struct store *s, struct arena *a, struct store_oldest **ret_v, size_t *ret_n,
		 struct err *e)
{
	enum { LOOKED_AT = 1000 };
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OLDEST, e);
	query_limit(&q, LOOKED_AT);
	return QUERY_LIST(&q, read_oldest, a, ret_v, ret_n);
}

int store_count(struct store *s, struct store_counts *ret_counts, struct err *e)
{
	struct store_counts c;
	int64_t *const columns[] = { &c.mails,		&c.mails_pending, &c.quarantined,
				     &c.cases,		&c.cases_open,	  &c.outbox_queued,
				     &c.outbox_sending, &c.outbox_failed, &c.accounts,
				     &c.articles };
	struct query q QUERY_AUTO = { 0 };

	if (tally_write(s, e) < 0)
		return -1;
	query_open(&q, s, SQL_COUNT_ALL, e);
	if (query_step(&q) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		*columns[i] = query_get_int(&q);
	if (query_end_row(&q) < 0)
		return -1;
	if (store_again_count(s, &c.held, e) < 0)
		return -1;
	c.bytes = s->ops->size(s->engine) + bulk_size(&s->bulk);
	*ret_counts = c;
	return 0;
}

static void read_count(struct query *q, struct arena *a, void *ret_row)
{
	struct store_mail_count *row = ret_row;

	row->mailbox = query_get_text(q, a);
	row->kept = query_get_int(q);
	for (size_t i = 0; i < MAIL_STATE_COUNT; i++)
		row->states[i] = query_get_int(q);
}

int store_mail_count(struct store *s, struct arena *a, struct store_mail_count **ret_v,
		     size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_COUNT, e);
	return QUERY_LIST(&q, read_count, a, ret_v, ret_n);
}
