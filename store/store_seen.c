#include "store/store_seen.h"

#include "store/query.h"

static void read_seen(struct query *q, struct arena *a, void *ret_row)
{
	struct store_seen *v = ret_row;

	(void)a;
	v->seen = query_get_int(q);
	v->kept = query_get_int(q);
}

int store_seen_get(struct store *s, struct span mailbox, struct store_seen *ret_seen, struct err *e)
{
	struct store_seen found = { 0 };
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SEEN_GET, e);
	query_text(&q, mailbox);
	if (query_one(&q, read_seen, NULL, &found) < 0)
		return -1;
	*ret_seen = found;
	return 0;
}

int store_seen_add(struct store *s, struct span mailbox, const struct store_seen *more,
		   struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SEEN_ADD, e);
	query_text(&q, mailbox);
	query_int(&q, more->seen);
	query_int(&q, more->kept);
	return query_run(&q);
}
