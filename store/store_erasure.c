#include "store/store_erasure.h"

#include "store/query.h"

static void read_erasure(struct query *q, struct arena *a, void *ret_row)
{
	struct store_erasure *er = ret_row;

	er->id = query_get_int(q);
	er->at = query_get_at(q);
	er->done_at = query_get_at(q);
	er->is_dry = query_get_int(q);
	er->phase = (int)query_get_int(q);
	er->place = query_get_int(q);
	er->counts = query_get_text(q, a);
}

int store_erasure_add(struct store *s, int64_t at, bool is_dry, int64_t *ret_id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ERASURE_ADD, e);
	query_at(&q, at);
	query_int(&q, is_dry);
	return query_run_new(&q, ret_id);
}

int store_erasure_get(struct store *s, int64_t id, struct arena *a,
		      struct store_erasure *ret_erasure, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ERASURE_GET, e);
	query_int(&q, id);
	return query_one_of(&q, "erasure", id, read_erasure, a, ret_erasure);
}

int store_erasure_next(struct store *s, struct arena *a, struct store_erasure *ret_erasure,
		       struct err *e)
{
	struct query q QUERY_AUTO;

	*ret_erasure = (struct store_erasure){ 0 };
	query_open(&q, s, SQL_ERASURE_NEXT, e);
	return query_one(&q, read_erasure, a, ret_erasure) < 0 ? -1 : 0;
}

static int run_of(struct store *s, enum sql_id sql, int64_t id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, sql, e);
	query_int(&q, id);
	return query_run(&q);
}

int store_erasure_step(struct store *s, const struct store_erasure *er, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ERASURE_STEP, e);
	query_int(&q, er->id);
	query_int(&q, er->phase);
	query_int(&q, er->place);
	query_text(&q, er->counts);
	query_at(&q, er->done_at);
	return query_run_of(&q, "erasure", er->id);
}

int store_erasure_forget(struct store *s, int64_t id, bool hashes_too, struct err *e)
{
	return run_of(s, SQL_ERASURE_DROP_ITEMS, id, e) < 0 ||
		       run_of(s, SQL_ERASURE_DROP_NAMES, id, e) < 0
		   ? -1
		   : run_of(s, hashes_too ? SQL_ERASURE_DROP_ADDRESSES : SQL_ERASURE_HIDE, id, e);
}

/* --- addresses and names --- */

static struct span mac_span(const uint8_t hash[MAC_SIZE])
{
	return (struct span){ (const char *)hash, MAC_SIZE };
}

int store_erasure_address(struct store *s, int64_t id, const struct store_erasure_address *row,
			  struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ERASURE_ADDRESS_PUT, e);
	query_int(&q, id);
	query_blob(&q, mac_span(row->hash));
	query_text(&q, row->address);
	return query_run(&q);
}

static void read_address(struct query *q, struct arena *a, void *ret_row)
{
	struct store_erasure_address *row = ret_row;
	struct span hash = query_get_text(q, a);

	memset(row->hash, 0, sizeof(row->hash));
	if (hash.n == sizeof(row->hash))
		memcpy(row->hash, hash.p, hash.n);
	row->address = query_get_text(q, a);
}

int store_erasure_addresses(struct store *s, int64_t id, struct arena *a,
			    struct store_erasure_address **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ERASURE_ADDRESSES, e);
	query_int(&q, id);
	return QUERY_LIST(&q, read_address, a, ret_v, ret_n);
}

int store_erasure_name(struct store *s, int64_t id, struct span name, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ERASURE_NAME_PUT, e);
	query_int(&q, id);
	query_text(&q, name);
	return query_run(&q);
}

static void read_name(struct query *q, struct arena *a, void *ret_row)
{
	struct span *name = ret_row;

	*name = query_get_text(q, a);
}

int store_erasure_names(struct store *s, int64_t id, struct arena *a, struct span **ret_v,
			size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ERASURE_NAMES, e);
	query_int(&q, id);
	return QUERY_LIST(&q, read_name, a, ret_v, ret_n);
}

/* --- items --- */

static int run_item(struct store *s, enum sql_id sql, int64_t id,
		    const struct store_erasure_item *item, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, sql, e);
	query_int(&q, id);
	query_text(&q, item->kind);
	query_int(&q, item->id);
	return query_run(&q);
}

int store_erasure_item(struct store *s, int64_t id, const struct store_erasure_item *item,
		       struct err *e)
{
	return run_item(s, SQL_ERASURE_ITEM_PUT, id, item, e);
}

int store_erasure_item_done(struct store *s, int64_t id, const struct store_erasure_item *item,
			    struct err *e)
{
	return run_item(s, SQL_ERASURE_ITEM_DONE, id, item, e);
}

static void read_item(struct query *q, struct arena *a, void *ret_row)
{
	struct store_erasure_item *item = ret_row;

	item->kind = query_get_text(q, a);
	item->id = query_get_int(q);
}

int store_erasure_item_next(struct store *s, int64_t id, struct arena *a,
			    struct store_erasure_item *ret_item, struct err *e)
{
	struct query q QUERY_AUTO;

	*ret_item = (struct store_erasure_item){ SPAN(""), 0 };
	query_open(&q, s, SQL_ERASURE_ITEM_NEXT, e);
	query_int(&q, id);
	return query_one(&q, read_item, a, ret_item) < 0 ? -1 : 0;
}
