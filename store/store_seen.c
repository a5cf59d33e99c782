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
	struct seen_more *m = &s->more;
	size_t n = m->n;

	seen_forget(s);
	for (size_t i = 0; i < n; i++)
		if (add(s, (struct span){ m->v[i].mailbox, m->v[i].mailbox_n }, &m->v[i].count, e) <
		    0)
			return -1;
	return 0;
}

void seen_forget(struct store *s)
{
	s->more.n = 0;
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

/* NULL: nothing was counted of it. */
static struct seen_of *find(struct seen_more *m, struct span mailbox)
{
	for (size_t i = 0; i < m->n; i++)
		if (span_eq((struct span){ m->v[i].mailbox, m->v[i].mailbox_n }, mailbox))
			return &m->v[i];
	return NULL;
}

static struct seen_of *append(struct seen_more *m, struct span mailbox)
{
	struct seen_of *of = &m->v[m->n++];

	memcpy(of->mailbox, mailbox.p, mailbox.n);
	of->mailbox_n = mailbox.n;
	of->count = (struct store_seen){ 0 };
	return of;
}

int store_seen_add(struct store *s, struct span mailbox, const struct store_seen *more,
		   struct err *e)
{
	struct seen_of *of;

	if (!s->in_txn || mailbox.n > SEEN_MAILBOX_MAX)
		return add(s, mailbox, more, e);
	of = find(&s->more, mailbox);
	if (!of && s->more.n == SEEN_MAILBOXES_MAX && seen_write(s, e) < 0)
		return -1;
	if (!of)
		of = append(&s->more, mailbox);
	of->count.seen += more->seen;
	of->count.kept += more->kept;
	return 0;
}
