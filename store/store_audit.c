#include "store/store_audit.h"

#include "store/query.h"

static const char *const names[AUDIT_CHANNEL_COUNT] = {
#define X(id, name) [id] = name,
	STORE_AUDIT_CHANNELS(X)
#undef X
};

const char *audit_channel_name(enum audit_channel channel)
{
	return names[channel];
}

int store_audit_add(struct store *s, const struct store_audit *row, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_AUDIT_ADD, e);
	query_at(&q, row->at);
	query_name(&q, names[row->channel]);
	query_text(&q, row->who);
	query_text(&q, row->action);
	query_id(&q, row->case_number);
	query_text(&q, row->detail);
	return query_run(&q);
}

static void read_audit(struct query *q, struct arena *a, void *ret_row)
{
	struct store_audit *row = ret_row;

	row->id = query_get_int(q);
	row->at = query_get_at(q);
	row->channel = (enum audit_channel)query_get_state(q, names, AUDIT_CHANNEL_COUNT);
	row->who = query_get_text(q, a);
	row->action = query_get_text(q, a);
	row->case_number = query_get_int(q);
	row->detail = query_get_text(q, a);
}

int store_audit_list(struct store *s, const struct store_audit_filter *f, struct arena *a,
		     struct store_audit **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, f->case_number ? SQL_AUDIT_LIST_CASE : SQL_AUDIT_LIST, e);
	query_text(&q, f->who);
	query_text(&q, f->action);
	query_int(&q, f->case_number);
	query_int(&q, f->since_at ? f->since_at : INT64_MIN);
	query_int(&q, f->until_at ? f->until_at : INT64_MAX);
	query_limit(&q, f->limit);
	query_int(&q, f->before ? f->before : INT64_MAX);
	return QUERY_LIST(&q, read_audit, a, ret_v, ret_n);
}
