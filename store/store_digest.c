#include "store/store_digest.h"

#include "store/query.h"

static const char *const names[] = {
#define X(id, name) [id] = name,
	STORE_DIGEST_KINDS(X)
#undef X
};

int store_digest_add(struct store *s, enum digest_kind kind, struct span queue, int64_t mail,
		     int64_t due_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DIGEST_ADD, e);
	query_name(&q, names[kind]);
	query_text(&q, queue);
	query_int(&q, mail);
	query_at(&q, due_at);
	return query_run(&q);
}

int store_digest_next(struct store *s, int64_t *ret_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DIGEST_NEXT, e);
	return query_one_at(&q, ret_at);
}

/* The group that is due first; false: none. */
static int due(struct store *s, int64_t now, struct arena *a, struct store_digest *d,
	       bool *ret_found, struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_DIGEST_DUE, e);
	query_int(&q, now);
	got = query_step(&q);
	if (got < 0)
		return -1;
	*ret_found = got;
	if (!got)
		return query_end_row(&q);
	d->kind = (enum digest_kind)query_get_state(&q, names, DIGEST_KIND_COUNT);
	d->queue = query_get_text(&q, a);
	return query_end_row(&q);
}

static int count(struct store *s, struct store_digest *d, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DIGEST_COUNT, e);
	query_name(&q, names[d->kind]);
	query_text(&q, d->queue);
	if (query_step(&q) <= 0)
		return -1;
	d->count = query_get_int(&q);
	return query_end_row(&q);
}

static void read_mail(struct query *q, struct arena *a, void *ret_row)
{
	(void)a;
	*(int64_t *)ret_row = query_get_int(q);
}

static int mails(struct store *s, struct store_digest *d, int limit, struct arena *a, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DIGEST_MAILS, e);
	query_name(&q, names[d->kind]);
	query_text(&q, d->queue);
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_mail, a, &d->mails, &d->n);
}

int store_digest_due(struct store *s, int64_t now, int limit, struct arena *a,
		     struct store_digest *ret_digest, struct err *e)
{
	struct store_digest d = { 0 };
	bool found;

	if (due(s, now, a, &d, &found, e) < 0 ||
	    (found && (count(s, &d, e) < 0 || mails(s, &d, limit, a, e) < 0)))
		return -1;
	*ret_digest = d;
	return 0;
}

int store_digest_told(struct store *s, const struct store_digest *digest, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DIGEST_TOLD, e);
	query_name(&q, names[digest->kind]);
	query_text(&q, digest->queue);
	return query_run(&q);
}
