#include "store/query.h"

static const char *const names[] = {
#define X(id, name) [id] = name,
	STORE_CASE_STATES(X)
#undef X
};

static const char *const link_kinds[] = {
#define X(id, name) [id] = name,
	STORE_LINK_KINDS(X)
#undef X
};

const char *link_kind_name(enum link_kind kind)
{
	return link_kinds[kind];
}

const char *case_state_name(enum case_state state)
{
	return names[state];
}

bool case_state_find(struct span name, enum case_state *ret_state)
{
	int state = store_name_find(names, CASE_STATE_COUNT, name);

	if (state >= 0)
		*ret_state = (enum case_state)state;
	return state >= 0;
}

static bool is_open(enum case_state state)
{
	return state == CASE_NEW || state == CASE_OPEN || state == CASE_WAITING;
}

static void read_case(struct query *q, struct arena *a, void *ret_row)
{
	struct store_case *c = ret_row;

	c->number = query_get_int(q);
	c->queue = query_get_text(q, a);
	c->kind = query_get_text(q, a);
	c->channel = query_get_text(q, a);
	c->severity = (int)query_get_int(q);
	c->severity_requested = (int)query_get_int(q);
	c->state = (enum case_state)query_get_state(q, names, CASE_STATE_COUNT);
	c->subject = query_get_text(q, a);
	c->requester_name = query_get_text(q, a);
	c->requester_address = query_get_text(q, a);
	c->account = query_get_text(q, a);
	c->behalf = query_get_text(q, a);
	c->reseller = query_get_text(q, a);
	c->top_visible = query_get_int(q);
	c->owner = query_get_text(q, a);
	c->rule = query_get_text(q, a);
	c->resource = query_get_text(q, a);
	c->priority = (int)query_get_int(q);
	c->opened_at = query_get_at(q);
	c->updated_at = query_get_at(q);
	c->merged_into = query_get_int(q);
	c->language = query_get_text(q, a);
	c->written_to = query_get_text(q, a);
}

/* The first seventeen parameters of case_open and case_update. */
static void put_fields(struct query *q, const struct store_case *c)
{
	query_text(q, c->queue);
	query_text(q, c->kind);
	query_text(q, c->channel);
	query_int(q, c->severity);
	query_int(q, c->severity_requested);
	query_name(q, names[c->state]);
	query_text(q, c->subject);
	query_text(q, c->requester_name);
	query_text(q, c->requester_address);
	query_text(q, c->account);
	query_text(q, c->behalf);
	query_text(q, c->reseller);
	query_int(q, c->top_visible);
	query_text(q, c->owner);
	query_text(q, c->rule);
	query_text(q, c->resource);
	query_int(q, c->priority);
}

int store_case_open(struct store *s, const struct store_case *c, int64_t *ret_number, struct err *e)
{
	struct store_case row = *c;
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CASE_OPEN, e);
	put_fields(&q, c);
	query_at(&q, c->opened_at);
	query_at(&q, c->updated_at);
	query_id(&q, c->merged_into);
	query_text(&q, c->language);
	query_text(&q, c->written_to);
	query_int(&q, c->reach);
	if (query_run_new(&q, &row.number) < 0 || tally_opened(s, is_open(c->state), e) < 0)
		return -1;
	*ret_number = row.number;
	row.reach = REACH_UNKNOWN; /* as store_case_get() has it */
	if (store_learns(s)) {
		recall_keep_case(&s->recall, &row);
		recall_keep_made(&s->recall, row.number);
	}
	return 0;
}

int store_case_get(struct store *s, int64_t number, struct arena *a, struct store_case *ret_case,
		   struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (store_recalls(s) && recall_case(&s->recall, number, a, ret_case))
		return 0;
	query_open(&q, s, SQL_CASE_GET, e);
	query_int(&q, number);
	if (query_one_of(&q, "case", number, read_case, a, ret_case) < 0)
		return -1;
	if (store_learns(s))
		recall_keep_case(&s->recall, ret_case);
	return 0;
}

int store_case_root(struct store *s, int64_t number, int64_t *ret_root, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CASE_ROOT, e);
	query_int(&q, number);
	return query_one_of(&q, "case", number, query_read_int, NULL, ret_root);
}

/* What is known of who was the requester stays known. */
static int leave_reach(struct store *s, const struct store_case *c, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (store_recalls(s) && recall_has_requester(&s->recall, c))
		return 0;
	query_open(&q, s, SQL_REACH_LEAVE, e);
	query_int(&q, c->number);
	query_text(&q, c->requester_address);
	return query_run(&q);
}

static int update_row(struct store *s, const struct store_case *c, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CASE_UPDATE, e);
	put_fields(&q, c);
	query_at(&q, c->updated_at);
	query_id(&q, c->merged_into);
	query_text(&q, c->language);
	query_text(&q, c->written_to);
	query_int(&q, c->number);
	return query_run_of(&q, "case", c->number);
}

static int update_deadlines(struct store *s, const struct store_case *c, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CASE_UPDATE_DEADLINES, e);
	query_int(&q, c->number);
	query_int(&q, is_open(c->state));
	return query_run(&q);
}

static int touch(struct store *s, const struct store_case *c, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CASE_TOUCH, e);
	query_at(&q, c->updated_at);
	query_int(&q, c->number);
	return query_run_of(&q, "case", c->number);
}

int store_case_update(struct store *s, const struct store_case *c, struct err *e)
{
	bool is_same = store_recalls(s) && recall_is_case(&s->recall, c);

	if (store_needs_txn(s, "case_update", e) < 0)
		return -1;
	if (is_same ? touch(s, c, e) < 0
		    : leave_reach(s, c, e) < 0 || update_row(s, c, e) < 0 ||
			  update_deadlines(s, c, e) < 0)
		return -1;
	if (store_learns(s))
		recall_keep_case(&s->recall, c);
	return 0;
}

/* The statement whose index fits the filter best: first match. */
static enum sql_id list_statement(const struct store_case_filter *f)
{
	const struct {
		bool fits;
		enum sql_id id;
	} rows[] = {
		{ f->requester.n, SQL_CASE_LIST_REQUESTER },
		{ f->open_only && f->owner.n, SQL_CASE_LIST_OPEN_OWNER },
		{ f->account.n, SQL_CASE_LIST_ACCOUNT },
		{ f->owner.n, SQL_CASE_LIST_OWNER },
		{ f->open_only && f->queue.n, SQL_CASE_LIST_OPEN_QUEUE },
		{ f->queue.n, SQL_CASE_LIST_QUEUE },
		{ f->open_only, SQL_CASE_LIST_OPEN },
		{ true, SQL_CASE_LIST },
	};
	size_t i = 0;

	while (!rows[i].fits)
		i++;
	return rows[i].id;
}

int store_case_list(struct store *s, const struct store_case_filter *f, struct arena *a,
		    struct store_case **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, list_statement(f), e);
	query_int(&q, f->open_only);
	query_int(&q, f->closed_only);
	query_text(&q, f->queue);
	query_text(&q, f->owner);
	query_text(&q, f->requester);
	query_text(&q, f->account);
	query_int(&q, f->before ? f->before : INT64_MAX);
	query_limit(&q, f->limit);
	query_int(&q, f->since_at ? f->since_at : INT64_MIN);
	return QUERY_LIST(&q, read_case, a, ret_v, ret_n);
}

int store_link_add(struct store *s, const struct store_link *l, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_LINK_ADD, e);
	query_int(&q, l->number);
	query_int(&q, l->other);
	query_name(&q, link_kinds[l->kind]);
	query_at(&q, l->at);
	return query_run(&q);
}

static void read_link(struct query *q, struct arena *a, void *ret_row)
{
	struct store_link *l = ret_row;

	(void)a;
	l->number = query_get_int(q);
	l->other = query_get_int(q);
	l->kind = (enum link_kind)query_get_state(q, link_kinds, LINK_KIND_COUNT);
	l->at = query_get_at(q);
}

static int remove_link(struct store *s, int64_t number, int64_t other, enum link_kind kind,
		       struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_LINK_REMOVE, e);
	query_int(&q, number);
	query_int(&q, other);
	query_name(&q, link_kinds[kind]);
	return query_run(&q);
}

int store_link_remove(struct store *s, int64_t number, int64_t other, enum link_kind kind,
		      struct err *e)
{
	if (remove_link(s, number, other, kind, e) < 0)
		return -1;
	return remove_link(s, other, number, kind, e);
}

int store_link_list(struct store *s, int64_t number, struct arena *a, struct store_link **ret_v,
		    size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (store_recalls(s) && recall_has_no_links(&s->recall, number))
		return QUERY_NO_ROWS(a, ret_v, ret_n);
	query_open(&q, s, SQL_LINK_LIST, e);
	query_int(&q, number);
	return QUERY_LIST(&q, read_link, a, ret_v, ret_n);
}

static void read_tally(struct query *q, struct arena *a, void *ret_row)
{
	struct store_case_tally *t = ret_row;

	(void)a;
	t->open = query_get_int(q);
	t->unowned = query_get_int(q);
	t->waiting = query_get_int(q);
	t->oldest_at = query_get_at(q);
}

int store_case_tally(struct store *s, struct span queue, int after,
		     struct store_case_tally *ret_tally, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CASE_TALLY, e);
	query_text(&q, queue);
	query_limit(&q, STORE_TALLY_ROWS);
	query_int(&q, after);
	return query_one(&q, read_tally, NULL, ret_tally) < 0 ? -1 : 0;
}
