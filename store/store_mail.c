#include "store/content.h"
#include "store/store_seen.h"

static const char *const names[] = {
#define X(id, name) [id] = name,
	STORE_MAIL_STATES(X)
#undef X
};

const char *mail_state_name(enum mail_state state)
{
	return names[state];
}

bool mail_state_find(struct span name, enum mail_state *ret_state)
{
	int state = store_name_find(names, MAIL_STATE_COUNT, name);

	if (state >= 0)
		*ret_state = (enum mail_state)state;
	return state >= 0;
}

void store_mail_read(struct query *q, struct arena *a, void *ret_row)
{
	struct store_mail *m = ret_row;

	m->id = query_get_int(q);
	m->location.mailbox = query_get_text(q, a);
	m->location.uidvalidity = (uint32_t)query_get_int(q);
	m->location.uid = (uint32_t)query_get_int(q);
	m->received_at = query_get_at(q);
	m->kept_at = query_get_at(q);
	m->message_id = query_get_text(q, a);
	query_get_digest(q, m->identity);
	m->size = query_get_int(q);
	m->truncated = query_get_int(q);
	m->history = query_get_int(q);
	m->attempts = (int)query_get_int(q);
	m->state = (enum mail_state)query_get_state(q, names, MAIL_STATE_COUNT);
	m->reason = query_get_text(q, a);
	m->case_number = query_get_int(q);
	m->note_id = query_get_int(q);
	m->from = query_get_text(q, a);
	m->subject = query_get_text(q, a);
	m->released = query_get_int(q);
	m->again = (enum mail_again)query_get_int(q);
	m->moved = query_get_int(q);
}

/* The mail that is the same, else the newest. */
static int look_at(struct store *s, const struct store_mail *m, struct store_mail_place *ret_place,
		   struct err *e)
{
	struct store_mail_place place = { 0 };
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_MAIL_AT, e);
	query_text(&q, m->location.mailbox);
	query_int(&q, m->location.uidvalidity);
	query_int(&q, m->location.uid);
	query_int(&q, m->size);
	query_at(&q, m->received_at);
	while ((got = query_step(&q)) > 0) {
		struct store_mail_place row;

		row.id = query_get_int(&q);
		row.state = (enum mail_state)query_get_state(&q, names, MAIL_STATE_COUNT);
		row.is_same = query_get_int(&q);
		if (row.is_same > place.is_same ||
		    (row.is_same == place.is_same && row.id > place.id))
			place = row;
	}
	if (got < 0)
		return -1;
	*ret_place = place;
	return 0;
}

int store_mail_at(struct store *s, const struct store_mail *m, struct store_mail_place *ret_place,
		  struct err *e)
{
	struct store_mail_place place = { 0 };
	int below;

	if (store_recalls(s) && recall_place(&s->recall, m, ret_place))
		return 0;
	below = highest_is_below(s, &m->location, e);
	if (below < 0 || (!below && look_at(s, m, &place, e) < 0))
		return -1;
	if (store_learns(s))
		recall_keep_place(&s->recall, m, &place);
	*ret_place = place;
	return 0;
}

static int add_mail(struct store *s, const struct store_mail *m, int64_t content, int64_t *ret_id,
		    struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_KEEP, e);
	query_text(&q, m->location.mailbox);
	query_int(&q, m->location.uidvalidity);
	query_int(&q, m->location.uid);
	query_at(&q, m->received_at);
	query_at(&q, m->kept_at);
	query_text(&q, m->message_id);
	query_digest(&q, m->identity);
	query_int(&q, m->size);
	query_int(&q, m->truncated);
	query_int(&q, m->history);
	query_text(&q, m->from);
	query_text(&q, m->subject);
	query_int(&q, content);
	query_int(&q, m->again);
	query_int(&q, m->moved);
	highest_kept(s, &m->location);
	return query_run_new(&q, ret_id);
}

static int keep_new(struct store *s, const struct store_mail *m, struct span raw, int64_t *ret_id,
		    struct err *e)
{
	static const struct store_seen one = { .kept = 1 };
	int64_t content;

	if (store_content_came(s, raw, &content, e) < 0 || add_mail(s, m, content, ret_id, e) < 0)
		return -1;
	return store_seen_add(s, m->location.mailbox, &one, e);
}

int store_mail_keep(struct store *s, const struct store_mail *m, struct span raw, int64_t *ret_id,
		    bool *ret_new, struct err *e)
{
	struct store_mail_place at;

	if (store_needs_txn(s, "mail_keep", e) < 0 || store_mail_at(s, m, &at, e) < 0)
		return -1;
	if (!at.is_same && keep_new(s, m, raw, &at.id, e) < 0)
		return -1;
	*ret_new = !at.is_same;
	*ret_id = at.id;
	return 0;
}

static void read_twin(struct query *q, struct arena *a, void *ret_row)
{
	struct store_twin *t = ret_row;

	(void)a;
	t->id = query_get_int(q);
	t->proof = (int)query_get_int(q);
	t->state = (enum mail_state)query_get_state(q, names, MAIL_STATE_COUNT);
	t->case_number = query_get_int(q);
	t->note_id = query_get_int(q);
}

int store_mail_twins(struct store *s, const struct store_mail *m, struct arena *a,
		     struct store_twin **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_TWINS, e);
	query_digest(&q, m->identity);
	query_text(&q, m->message_id);
	query_int(&q, m->id);
	query_limit(&q, STORE_TWINS_MAX);
	return QUERY_LIST(&q, read_twin, a, ret_v, ret_n);
}

int store_mail_alike(struct store *s, const struct store_mail *m, int64_t said, struct arena *a,
		     struct store_twin **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_ALIKE, e);
	query_int(&q, said);
	query_text(&q, m->message_id);
	query_int(&q, m->id);
	query_limit(&q, STORE_TWINS_MAX);
	return QUERY_LIST(&q, read_twin, a, ret_v, ret_n);
}

int store_mail_count_case(struct store *s, int64_t case_number, int64_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_COUNT_CASE, e);
	query_int(&q, case_number);
	return query_one_int(&q, ret_n);
}

int store_mail_aside(struct store *s, int64_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_ASIDE, e);
	if (query_step(&q) <= 0)
		return -1;
	*ret_n = query_get_int(&q);
	return query_end_row(&q);
}

int store_mail_pending(struct store *s, int64_t after, int limit, struct arena *a,
		       struct store_mail **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	struct span node = store_node_name(s);

	query_open(&q, s, node.n ? SQL_MAIL_PENDING_OF : SQL_MAIL_PENDING, e);
	query_int(&q, after);
	query_limit(&q, limit);
	if (node.n)
		query_text(&q, node);
	return QUERY_LIST(&q, store_mail_read, a, ret_v, ret_n);
}

int store_mail_history_pending(struct store *s, int64_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_HISTORY_PENDING, e);
	return query_one_int(&q, ret_n);
}

int store_mail_undecided(struct store *s, struct span message_id, int64_t id, int64_t since_at,
			 bool *ret_any, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t n;

	query_open(&q, s, SQL_MAIL_UNDECIDED, e);
	query_text(&q, message_id);
	query_int(&q, id);
	query_int(&q, since_at);
	if (query_one_int(&q, &n) < 0)
		return -1;
	*ret_any = n > 0;
	return 0;
}

int store_mail_attempt(struct store *s, int64_t id, int attempts, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_ATTEMPT, e);
	query_int(&q, id);
	query_int(&q, attempts);
	return query_run_of(&q, "mail", id);
}

/* 1, or 0: there is no such mail, or only the other statement has its end counted. */
static int end_mail(struct store *s, enum sql_id how, int64_t id, const struct store_mail_end *end,
		    struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, how, e);
	query_int(&q, id);
	query_name(&q, names[end->state]);
	query_text(&q, end->reason);
	query_id(&q, end->case_number);
	query_id(&q, end->note_id);
	query_int(&q, end->proof);
	query_id(&q, end->said);
	return query_run_any(&q, "mail", id);
}

int store_mail_end(struct store *s, int64_t id, const struct store_mail_end *end, struct err *e)
{
	int got = end->state == MAIL_QUARANTINED ? 0 : end_mail(s, SQL_MAIL_FINISH, id, end, e);

	if (got == 0)
		got = end_mail(s, SQL_MAIL_FINISH_ASIDE, id, end, e);
	if (got <= 0)
		return got < 0 ? -1 : err_set(e, ERR_PERM, "no mail %lld", (long long)id);
	(s->in_txn ? s->deciding : s->decided)[end->state]++;
	return 0;
}

const int64_t *store_mail_decided(const struct store *s)
{
	return s->decided;
}

int store_mail_finish(struct store *s, int64_t id, enum mail_state state, struct span reason,
		      int64_t case_number, int64_t note_id, struct err *e)
{
	struct store_mail_end end = {
		.state = state, .reason = reason, .case_number = case_number, .note_id = note_id
	};

	return store_mail_end(s, id, &end, e);
}

int store_mail_reset(struct store *s, int64_t id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_RESET, e);
	query_int(&q, id);
	return query_run_of(&q, "mail", id);
}

int store_mail_release(struct store *s, int64_t id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_RELEASE, e);
	query_int(&q, id);
	return query_run_of(&q, "mail", id);
}

int store_mail_get(struct store *s, int64_t id, struct arena *a, struct store_mail *ret_mail,
		   struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_GET, e);
	query_int(&q, id);
	return query_one_of(&q, "mail", id, store_mail_read, a, ret_mail);
}

struct expirable {
	int64_t id, content, size;
	bool is_unidentified;
};

static void read_expirable(struct query *q, struct arena *a, void *ret_row)
{
	struct expirable *row = ret_row;

	(void)a;
	row->id = query_get_int(q);
	row->content = query_get_int(q);
	row->size = query_get_int(q);
	row->is_unidentified = query_get_int(q);
}

/* nothing: the content that a mail without its bytes has; 0: any has. */
static int list_expirable(struct store *s, const struct store_expiry *slice, int64_t nothing,
			  struct arena *a, struct expirable **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_EXPIRABLE, e);
	query_int(&q, slice->after);
	query_at(&q, slice->before);
	query_limit(&q, slice->limit);
	query_int(&q, slice->to ? slice->to : INT64_MAX);
	query_int(&q, nothing);
	return QUERY_LIST(&q, read_expirable, a, ret_v, ret_n);
}

static int set_content(struct store *s, int64_t id, int64_t content, struct err *e)
{
	struct query mail QUERY_AUTO;

	query_open(&mail, s, SQL_MAIL_EXPIRE, e);
	query_int(&mail, id);
	query_int(&mail, content);
	return query_run(&mail);
}

/* 0: what stands in it cannot be read (*ret_damage), so it stays. */
static int expire_one(struct store *s, const struct store_expiry *slice,
		      const struct expirable *row, int64_t nothing, struct err *ret_damage,
		      struct err *e)
{
	if (row->content == nothing)
		return 1;
	if (row->is_unidentified && slice->identify(s, row->id, e) < 0)
		return -1;
	if (set_content(s, row->id, nothing, e) < 0)
		return -1;
	if (store_content_drop(s, row->content, ret_damage) == 0)
		return 1;
	if (ret_damage->class == ERR_PERM)
		return set_content(s, row->id, row->content, e);
	*e = *ret_damage;
	return -1;
}

int store_mail_expire(struct store *s, const struct store_expiry *slice,
		      struct store_expired *ret_done, struct err *e)
{
	struct store_expired done = { 0 };
	struct arena a ARENA_AUTO = { 0 };
	struct expirable *v;
	int64_t nothing = 0, bytes = 0;
	size_t n;

	if (store_needs_txn(s, "mail_expire", e) < 0 ||
	    (slice->left && store_content(s, SPAN(""), &nothing, e) < 0) ||
	    list_expirable(s, slice, nothing, &a, &v, &n, e) < 0 ||
	    (n && store_content(s, SPAN(""), &nothing, e) < 0))
		return -1;
	for (size_t i = 0; i < n && bytes < slice->bytes && !done.is_damaged; i++) {
		int gone = expire_one(s, slice, &v[i], nothing, &done.damage, e);

		if (gone < 0)
			return -1;
		done.is_damaged = !gone;
		done.last = v[i].id;
		bytes += v[i].size;
	}
	*ret_done = done;
	return 0;
}

static int content_of(struct store *s, int64_t id, int64_t *ret_content, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_RAW, e);
	query_int(&q, id);
	if (query_step_of(&q, "mail", id) < 0)
		return -1;
	*ret_content = query_get_int(&q);
	return query_end_row(&q);
}

int store_mail_raw(struct store *s, int64_t id, struct buf *ret_raw, struct err *e)
{
	int64_t content;

	return content_of(s, id, &content, e) < 0 ? -1 : store_content_get(s, content, ret_raw, e);
}

int store_mail_raw_read(struct store *s, int64_t id, store_piece_fn *fn, void *ctx, struct err *e)
{
	int64_t content;

	return content_of(s, id, &content, e) < 0 ? -1 : store_content_read(s, content, fn, ctx, e);
}

/* What is damaged, or longer, has other bytes; -1 with another trouble. */
static int has_bytes(struct store *s, int64_t content, struct span raw, struct err *e)
{
	struct buf bytes BUF_AUTO;

	buf_init(&bytes, raw.n);
	if (store_content_get(s, content, &bytes, e) < 0)
		return e->class == ERR_PERM ? 0 : -1;
	return span_eq(buf_span(&bytes), raw);
}

int store_mail_share(struct store *s, int64_t id, int64_t earlier, struct span raw, struct err *e)
{
	int64_t own, other;
	int same;

	if (store_needs_txn(s, "mail_share", e) < 0 || content_of(s, id, &own, e) < 0 ||
	    content_of(s, earlier, &other, e) < 0)
		return -1;
	if (own == other)
		return 0;
	same = has_bytes(s, other, raw, e);
	if (same <= 0)
		return same;
	return set_content(s, id, other, e) < 0 ? -1 : store_content_drop(s, own, e);
}

/* An index has the mails of that state; else they are most of all, and any walk finds them. */
static bool is_few(int state)
{
	return state >= 0 && state != MAIL_CASE && state != MAIL_NOTE;
}

/* The statement whose index fits the filter best. */
static enum sql_id list_statement(const struct store_mail_filter *f)
{
	if (f->message_id.n)
		return SQL_MAIL_LIST_MESSAGE_ID;
	if (f->case_number)
		return SQL_MAIL_LIST_CASE;
	return is_few(f->state) ? SQL_MAIL_LIST_STATE : SQL_MAIL_LIST;
}

int store_mail_list(struct store *s, const struct store_mail_filter *f, struct arena *a,
		    struct store_mail **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, list_statement(f), e);
	query_text(&q, f->message_id);
	query_name(&q, f->state >= 0 ? names[f->state] : "");
	query_int(&q, f->case_number);
	query_limit(&q, f->limit);
	query_int(&q, f->since_at ? f->since_at : INT64_MIN);
	query_int(&q, f->before ? f->before : INT64_MAX);
	return QUERY_LIST(&q, store_mail_read, a, ret_v, ret_n);
}
