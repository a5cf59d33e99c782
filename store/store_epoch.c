#include "store/query.h"

int store_identity(struct store *s, uint8_t ret_identity[STORE_TAG_SIZE], struct err *e)
{
	struct query q QUERY_AUTO;
	struct span bytes;

	query_open(&q, s, SQL_STANDING_IDENTITY, e);
	if (query_step_of(&q, "standing", 1) < 0)
		return -1;
	bytes = query_borrow_bytes(&q);
	if (bytes.n != STORE_TAG_SIZE)
		return err_set(e, ERR_PERM, "store: its identity has %zu bytes", bytes.n);
	memcpy(ret_identity, bytes.p, STORE_TAG_SIZE);
	return query_end_row(&q);
}

static void read_epoch(struct query *q, struct arena *a, void *ret_row)
{
	struct store_epoch *row = ret_row;
	struct span tag;

	(void)a;
	query_get_int(q); /* its number, which orders them */
	tag = query_borrow_bytes(q);
	row->has_tag = tag.n == STORE_TAG_SIZE;
	if (row->has_tag)
		memcpy(row->tag, tag.p, STORE_TAG_SIZE);
	row->mark = query_get_at(q);
	if (row->mark == INSTANT_NONE)
		row->mark = INT64_MAX;
}

int store_epoch_list(struct store *s, struct arena *a, struct store_epoch **ret_v, size_t *ret_n,
		     struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_EPOCH_LIST, e);
	query_limit(&q, STORE_EPOCHS_MAX);
	return QUERY_LIST(&q, read_epoch, a, ret_v, ret_n);
}

static int add(struct store *s, struct span tag, int64_t mark, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_EPOCH_ADD, e);
	query_blob(&q, tag);
	query_at(&q, mark);
	return query_run(&q);
}

int store_epoch_begin(struct store *s, int64_t mark, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	uint8_t tag[STORE_TAG_SIZE];

	if (store_needs_txn(s, "epoch_begin", e) < 0)
		return -1;
	query_open(&q, s, SQL_EPOCH_END, e);
	query_int(&q, mark);
	if (query_run(&q) < 0)
		return -1;
	s->epoch_changed = true;
	crypto_random(tag, sizeof(tag));
	return add(s, (struct span){ (const char *)tag, sizeof(tag) }, INSTANT_NONE, e);
}

int store_epoch_add(struct store *s, const struct store_epoch *epoch, struct err *e)
{
	size_t n = epoch->has_tag ? STORE_TAG_SIZE : 0;

	s->epoch_changed = true;
	return add(s, (struct span){ (const char *)epoch->tag, n }, epoch->mark, e);
}

int store_made(struct store *s, bool *ret_made, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t made = 0;

	query_open(&q, s, SQL_STANDING_IS_MADE, e);
	if (query_one_int(&q, &made) < 0)
		return -1;
	*ret_made = made;
	return 0;
}

int store_last_case(struct store *s, int64_t *ret_number, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SEQUENCE_GET, e);
	query_name(&q, "cases");
	return query_one_int(&q, ret_number);
}
