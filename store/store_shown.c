#include "store/query.h"

int store_shown_add(struct store *s, int64_t number, int64_t until_at, struct span lines,
		    struct err *e)
{
	struct query q QUERY_AUTO;
	uint8_t digest[SHA256_SIZE];

	sha256_of(lines, digest);
	query_open(&q, s, SQL_SHOWN_ADD, e);
	query_int(&q, number);
	query_blob(&q, (struct span){ (const char *)digest, sizeof(digest) });
	query_at(&q, until_at);
	query_packed(&q, lines);
	return query_run(&q);
}

static void read_lines(struct query *q, struct arena *a, void *ret_row)
{
	struct span *lines = ret_row;

	if (query_get_packed(q, a, lines) < 0)
		*lines = SPAN("");
}

int store_shown_list(struct store *s, int64_t number, int64_t now, int limit, struct arena *a,
		     struct span **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SHOWN_LIST, e);
	query_int(&q, number);
	query_at(&q, now);
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_lines, a, ret_v, ret_n);
}

int store_shown_sweep(struct store *s, int64_t before, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SHOWN_SWEEP, e);
	query_at(&q, before);
	return query_run(&q);
}
