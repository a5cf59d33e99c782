#include "store/added.h"
#include "store/content.h"

static const char *const names[] = {
#define X(id, name) [id] = name,
	STORE_OUTBOX_STATES(X)
#undef X
};

const char *outbox_state_name(enum outbox_state state)
{
	return names[state];
}

bool outbox_state_find(struct span name, enum outbox_state *ret_state)
{
	int state = store_name_find(names, OUTBOX_STATE_COUNT, name);

	if (state >= 0)
		*ret_state = (enum outbox_state)state;
	return state >= 0;
}

void store_outbox_read(struct query *q, struct arena *a, void *ret_row)
{
	struct store_outbox *o = ret_row;

	o->id = query_get_int(q);
	o->case_number = query_get_int(q);
	o->note_id = query_get_int(q);
	o->kind = query_get_text(q, a);
	o->sender = query_get_text(q, a);
	o->recipient = query_get_text(q, a);
	o->message_id = query_get_text(q, a);
	o->subject = query_get_text(q, a);
	o->state = (enum outbox_state)query_get_state(q, names, OUTBOX_STATE_COUNT);
	o->attempts = (int)query_get_int(q);
	o->created_at = query_get_at(q);
	o->next_at = query_get_at(q);
	o->sent_at = query_get_at(q);
	o->last_code = (int)query_get_int(q);
	o->last_text = query_get_text(q, a);
	o->automatic = query_get_int(q);
	o->late_at = query_get_at(q);
	o->hook = query_get_text(q, a);
	o->domain = query_get_text(q, a);
	o->content = query_get_int(q);
}

/* What was changed comes in any order. */
static int claimed(struct query *q, struct arena *a, struct store_outbox **ret_v, size_t *ret_n)
{
	if (QUERY_LIST(q, store_outbox_read, a, ret_v, ret_n) < 0)
		return -1;
	outbox_sort(*ret_v, *ret_n);
	return 0;
}

int store_outbox_claim_but(struct store *s, const struct store_outbox_which *w, struct arena *a,
			   struct store_outbox **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (store_needs_txn(s, "outbox_claim", e) < 0)
		return -1;
	query_open(&q, s, SQL_OUTBOX_CLAIM, e);
	query_int(&q, w->now);
	query_limit(&q, w->limit);
	query_text(&q, w->hook);
	query_text(&q, store_node_name(s));
	query_text(&q, w->but);
	query_int(&q, w->from_at);
	query_int(&q, w->from_id);
	return claimed(&q, a, ret_v, ret_n);
}

int store_outbox_claim(struct store *s, struct span hook, int64_t now, int limit, struct arena *a,
		       struct store_outbox **ret_v, size_t *ret_n, struct err *e)
{
	struct store_outbox_which w = { .hook = hook, .now = now, .limit = limit };

	return store_outbox_claim_but(s, &w, a, ret_v, ret_n, e);
}

int store_outbox_claim_domain(struct store *s, struct span domain, int64_t now, int limit,
			      struct arena *a, struct store_outbox **ret_v, size_t *ret_n,
			      struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (store_needs_txn(s, "outbox_claim_domain", e) < 0)
		return -1;
	query_open(&q, s, SQL_OUTBOX_CLAIM_DOMAIN, e);
	query_int(&q, now);
	query_limit(&q, limit);
	query_text(&q, domain);
	query_text(&q, store_node_name(s));
	return claimed(&q, a, ret_v, ret_n);
}

int store_outbox_claim_operators(struct store *s, int64_t now, int limit, struct arena *a,
				 struct store_outbox **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (store_needs_txn(s, "outbox_claim_operators", e) < 0)
		return -1;
	query_open(&q, s, SQL_OUTBOX_CLAIM_OPERATORS, e);
	query_int(&q, now);
	query_limit(&q, limit);
	query_text(&q, SPAN("")); /* no hook: mails */
	query_text(&q, store_node_name(s));
	return claimed(&q, a, ret_v, ret_n);
}

int store_outbox_unclaim(struct store *s, int64_t id, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (store_needs_txn(s, "outbox_unclaim", e) < 0)
		return -1;
	query_open(&q, s, SQL_OUTBOX_UNCLAIM, e);
	query_int(&q, id);
	query_text(&q, store_node_name(s));
	return query_run(&q);
}

int store_outbox_message(struct store *s, int64_t id, struct buf *ret_message, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t content;

	query_open(&q, s, SQL_OUTBOX_MESSAGE, e);
	query_int(&q, id);
	if (query_step_of(&q, "outbox row", id) < 0)
		return -1;
	content = query_get_int(&q);
	return query_end_row(&q) < 0 ? -1 : store_content_get(s, content, ret_message, e);
}

int store_outbox_message_of(struct store *s, const struct store_outbox *row,
			    struct buf *ret_message, struct err *e)
{
	return store_content_get(s, row->content, ret_message, e);
}

static int state_of(struct store *s, int64_t id, enum outbox_state *ret_state, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_STATE, e);
	query_int(&q, id);
	if (query_step_of(&q, "outbox row", id) < 0)
		return -1;
	*ret_state = (enum outbox_state)query_get_state(&q, names, OUTBOX_STATE_COUNT);
	return query_end_row(&q);
}

/*
 * Which states may go before a result.  What was queued may be sent: an answer that comes after
 * store_outbox_recover() still tells the truth, and spares a double.  Of two nodes that tried one
 * row, which a person had queued again meanwhile, the one that sent it is right, whoever says so
 * first.
 */
static unsigned states_before(enum outbox_state to)
{
	static const unsigned before[OUTBOX_STATE_COUNT] = {
		[OUTBOX_QUEUED] = 1u << OUTBOX_QUEUED | 1u << OUTBOX_SENDING | 1u << OUTBOX_FAILED |
				  1u << OUTBOX_CANCELLED | 1u << OUTBOX_SUPPRESSED |
				  1u << OUTBOX_UNKNOWN | 1u << OUTBOX_BOUNCED,
		[OUTBOX_SENT] = 1u << OUTBOX_QUEUED | 1u << OUTBOX_SENDING | 1u << OUTBOX_FAILED |
				1u << OUTBOX_CANCELLED,
		[OUTBOX_FAILED] = 1u << OUTBOX_QUEUED | 1u << OUTBOX_SENDING | 1u << OUTBOX_UNKNOWN,
		[OUTBOX_CANCELLED] = 1u << OUTBOX_QUEUED | 1u << OUTBOX_SENDING |
				     1u << OUTBOX_FAILED | 1u << OUTBOX_UNKNOWN,
		[OUTBOX_UNKNOWN] = 1u << OUTBOX_SENDING,
		[OUTBOX_BOUNCED] = 1u << OUTBOX_SENDING | 1u << OUTBOX_SENT | 1u << OUTBOX_UNKNOWN,
	};

	return before[to];
}

static void put_states(unsigned states, struct buf *out)
{
	buf_addc(out, ' ');
	for (int i = 0; i < OUTBOX_STATE_COUNT; i++) {
		if (!(states >> i & 1))
			continue;
		buf_adds(out, names[i]);
		buf_addc(out, ' ');
	}
}

/* Or there is no such row. */
static int cannot_become(struct store *s, int64_t id, enum outbox_state to, struct err *e)
{
	enum outbox_state from;

	if (state_of(s, id, &from, e) < 0)
		return -1;
	return err_set(e, ERR_PERM, "outbox row %lld is %s and cannot become %s", (long long)id,
		       names[from], names[to]);
}

int store_outbox_result(struct store *s, int64_t id, enum outbox_state state, int64_t at,
			int64_t next_at, int code, struct span text, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	struct buf before BUF_AUTO;
	int got;

	buf_init(&before, 256);
	if (store_needs_txn(s, "outbox_result", e) < 0)
		return -1;
	put_states(states_before(state), &before);
	query_open(&q, s, SQL_OUTBOX_RESULT, e);
	query_int(&q, id);
	query_name(&q, names[state]);
	query_at(&q, state == OUTBOX_QUEUED ? next_at : INSTANT_NONE);
	query_at(&q, state == OUTBOX_SENT ? at : INSTANT_NONE);
	query_int(&q, code);
	query_text(&q, text);
	query_text(&q, buf_span(&before));
	got = query_run_any(&q, "outbox row that may have such a result", id);
	if (got != 0)
		return got < 0 ? -1 : 0;
	return cannot_become(s, id, state, e);
}

int store_outbox_sent(struct store *s, int64_t id, int64_t at, int code, struct span text,
		      struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (store_needs_txn(s, "outbox_sent", e) < 0)
		return -1;
	query_open(&q, s, SQL_OUTBOX_SENT, e);
	query_int(&q, id);
	query_at(&q, at);
	query_int(&q, code);
	query_text(&q, text);
	return query_run_of(&q, "outbox row that is being sent and not late,", id);
}

int store_outbox_unknown(struct store *s, int64_t id, int *ret_unknowns, struct err *e)
{
	struct query q QUERY_AUTO;
	int unknowns;

	query_open(&q, s, SQL_OUTBOX_UNKNOWN, e);
	query_int(&q, id);
	if (query_step_of(&q, "outbox row", id) < 0)
		return -1;
	unknowns = (int)query_get_int(&q);
	if (query_run(&q) < 0)
		return -1;
	*ret_unknowns = unknowns;
	return 0;
}

int store_outbox_damage(struct store *s, int64_t id, struct span text, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_DAMAGE, e);
	query_int(&q, id);
	query_text(&q, text);
	return query_run_of(&q, "outbox row that is being sent", id);
}

int store_outbox_damaged(struct store *s, int64_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_DAMAGED, e);
	return query_one_int(&q, ret_n);
}

int store_outbox_recover(struct store *s, bool hooks, int64_t now, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_RECOVER, e);
	query_text(&q, store_node_name(s));
	query_at(&q, now);
	query_int(&q, hooks);
	if (query_run(&q) < 0)
		return -1;
	*ret_n = (size_t)store_changes(s);
	return 0;
}

int store_outbox_sending(struct store *s, struct arena *a, struct store_outbox **ret_v,
			 size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_SENDING, e);
	query_text(&q, store_node_name(s));
	return QUERY_LIST(&q, store_outbox_read, a, ret_v, ret_n);
}

int store_outbox_rewind(struct store *s, int64_t latest, int64_t now, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_REWIND, e);
	query_at(&q, latest);
	query_at(&q, now);
	if (query_run(&q) < 0)
		return -1;
	*ret_n = (size_t)store_changes(s);
	return 0;
}

int store_outbox_next(struct store *s, struct span hook, int64_t *ret_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_NEXT, e);
	query_text(&q, hook);
	return query_one_at(&q, ret_at);
}

int store_outbox_get(struct store *s, int64_t id, struct arena *a, struct store_outbox *ret_row,
		     struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_GET, e);
	query_int(&q, id);
	return query_one_of(&q, "outbox row", id, store_outbox_read, a, ret_row);
}

/* What is sent is most of all, and any walk finds it. */
static enum sql_id list_statement(const struct store_outbox_filter *f)
{
	if (f->case_number)
		return SQL_OUTBOX_LIST_CASE;
	return f->state >= 0 && f->state != OUTBOX_SENT ? SQL_OUTBOX_LIST_STATE : SQL_OUTBOX_LIST;
}

int store_outbox_list(struct store *s, const struct store_outbox_filter *f, struct arena *a,
		      struct store_outbox **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, list_statement(f), e);
	query_name(&q, f->state >= 0 ? names[f->state] : "");
	query_int(&q, f->case_number);
	query_limit(&q, f->limit);
	query_int(&q, f->since_at ? f->since_at : INT64_MIN);
	query_int(&q, f->before ? f->before : INT64_MAX);
	return QUERY_LIST(&q, store_outbox_read, a, ret_v, ret_n);
}

static void read_id(struct query *q, struct arena *a, void *ret_row)
{
	struct span *id = ret_row;

	*id = query_get_text(q, a);
}

int store_outbox_ids(struct store *s, int64_t number, struct span recipient, struct arena *a,
		     struct span **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_IDS, e);
	query_int(&q, number);
	query_text(&q, recipient);
	return QUERY_LIST(&q, read_id, a, ret_v, ret_n);
}

int store_outbox_by_message_id(struct store *s, struct span message_id, struct arena *a,
			       struct store_outbox *ret_row, struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_OUTBOX_BY_MESSAGE_ID, e);
	query_text(&q, message_id);
	got = query_step(&q);
	if (got < 0)
		return -1;
	if (got && message_id.n)
		store_outbox_read(&q, a, ret_row);
	else
		*ret_row = (struct store_outbox){ 0 };
	return query_end_row(&q);
}

int store_outbox_late(struct store *s, int64_t made_before, int limit, struct arena *a,
		      struct store_outbox **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_LATE, e);
	query_at(&q, made_before);
	query_limit(&q, limit);
	return QUERY_LIST(&q, store_outbox_read, a, ret_v, ret_n);
}

int store_outbox_waits(struct store *s, int64_t *ret_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_WAITS, e);
	return query_one_at(&q, ret_at);
}

int store_outbox_told_late(struct store *s, int64_t id, int64_t at, bool *ret_waits, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_TOLD_LATE, e);
	query_int(&q, id);
	query_at(&q, at);
	if (query_run(&q) < 0)
		return -1;
	*ret_waits = store_changes(s) > 0;
	return 0;
}

int store_outbox_last_to(struct store *s, int64_t number, struct span recipient, struct arena *a,
			 struct store_outbox *ret_row, struct err *e)
{
	struct query q QUERY_AUTO;

	*ret_row = (struct store_outbox){ 0 };
	query_open(&q, s, SQL_OUTBOX_LAST_TO, e);
	query_int(&q, number);
	query_text(&q, recipient);
	return query_one(&q, store_outbox_read, a, ret_row) < 0 ? -1 : 0;
}
