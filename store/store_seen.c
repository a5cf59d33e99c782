#include "store/store_seen.h"

#include "store/query.h"

static void read_seen(struct query *q, struct arena *a, void *ret_row)
{
	struct store_seen *v = ret_row;

	(void)a;
	v->seen = query_get_int(q);
	v->kept = query_get_int(q);
}

static int add(struct store *s, struct span mailbox, const struct store_seen *more, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SEEN_ADD, e);
	query_text(&q, mailbox);
	query_int(&q, more->seen);
	query_int(&q, more->kept);
	return query_run(&q);
}

int seen_write(struct store *s, struct err *e)
{
	struct seen_more more = s->more;

	if (more.count.seen == 0 && more.count.kept == 0)
		return 0;
	seen_forget(s);
	return add(s, (struct span){ more.mailbox, more.mailbox_n }, &more.count, e);
}

void seen_forget(struct store *s)
{
	s->more.count = (struct store_seen){ 0 };
}

int store_seen_get(struct store *s, struct span mailbox, struct store_seen *ret_seen, struct err *e)
{
	struct store_seen found = { 0 };
	struct query q QUERY_AUTO = { 0 };

	if (seen_write(s, e) < 0)
		return -1;
	query_open(&q, s, SQL_SEEN_GET, e);
	query_text(&q, mailbox);
	if (query_one(&q, read_seen, NULL, &found) < 0)
		return -1;
	*ret_seen = found;
	return 0;
}

static bool is_of(const struct seen_more *m, struct span mailbox)
{
	return span_eq((struct span){ m->mailbox, m->mailbox_n }, mailbox);
}

int store_seen_add(struct store *s, struct span mailbox, const struct store_seen *more,
		   struct err *e)
{
	struct seen_more *m = &s->more;

	if (!s->in_txn || mailbox.n > sizeof(m->mailbox))
		return add(s, mailbox, more, e);
	if (!is_of(m, mailbox)) {
		if (seen_write(s, e) < 0)
			return -1;
		memcpy(m->mailbox, mailbox.p, mailbox.n);
		m->mailbox_n = mailbox.n;
	}
	m->count.seen += more->seen;
	m->count.kept += more->kept;
	return 0;
}
