/* What waits for webhooks, of store_outbox.h. */
#include "store/query.h"

int store_outbox_expire(struct store *s, struct span hook, int64_t before, struct span text,
			size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_EXPIRE, e);
	query_text(&q, hook);
	query_at(&q, before);
	query_text(&q, text);
	if (query_run(&q) < 0)
		return -1;
	*ret_n = (size_t)store_changes(s);
	return 0;
}

static void read_hook(struct query *q, struct arena *a, void *ret_row)
{
	struct store_hook *h = ret_row;

	h->name = query_get_text(q, a);
	h->waiting = query_get_int(q);
	h->failed = query_get_int(q);
	h->oldest_at = query_get_at(q);
}

int store_outbox_hooks(struct store *s, struct arena *a, struct store_hook **ret_v, size_t *ret_n,
		       struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_HOOKS, e);
	return QUERY_LIST(&q, read_hook, a, ret_v, ret_n);
}
