#include "store/query.h"

static const char *const names[] = {
#define X(id, name) [id] = name,
	STORE_DEADLINE_STATES(X)
#undef X
};

const char *deadline_state_name(enum deadline_state state)
{
	return names[state];
}

static void read_deadline(struct query *q, struct arena *a, void *ret_row)
{
	struct store_deadline *d = ret_row;

	d->case_number = query_get_int(q);
	d->clock = query_get_text(q, a);
	d->target = query_get_text(q, a);
	d->rule = query_get_text(q, a);
	d->state = (enum deadline_state)query_get_state(q, names, DEADLINE_STATE_COUNT);
	d->started_at = query_get_at(q);
	d->due_at = query_get_at(q);
	d->met_at = query_get_at(q);
	d->alarm_at = query_get_at(q);
}

/* The parameters of a clock. */
static void put_clock(struct query *q, const struct store_deadline *d)
{
	query_text(q, d->clock);
	query_text(q, d->target);
	query_text(q, d->rule);
	query_name(q, names[d->state]);
	query_at(q, d->started_at);
	query_at(q, d->due_at);
	query_at(q, d->met_at);
	query_at(q, d->alarm_at);
}

static int put(struct store *s, enum sql_id id, const struct store_deadline *d, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	query_int(&q, d->case_number);
	put_clock(&q, d);
	return query_run(&q);
}

static int written(struct store *s, const struct store_deadline v[STORE_DEADLINE_CLOCKS],
		   struct err *e)
{
	if (query_settle(s, e) < 0)
		return -1;
	if (store_learns(s))
		recall_keep_deadlines(&s->recall, v);
	return 0;
}

/* The others have no row while there is nothing to say of them. */
static bool counts(const struct store_deadline *d)
{
	return d->state != DEADLINE_NONE || span_is(d->clock, "initial");
}

int store_deadline_begin(struct store *s, const struct store_deadline v[STORE_DEADLINE_CLOCKS],
			 struct err *e)
{
	for (int i = 0; i < STORE_DEADLINE_CLOCKS; i++)
		if (counts(&v[i]) && put(s, SQL_DEADLINE_BEGIN, &v[i], e) < 0)
			return -1;
	return written(s, v, e);
}

static bool are_same(const struct store_deadline *a, const struct store_deadline *b)
{
	return span_eq(a->target, b->target) && span_eq(a->rule, b->rule) && a->state == b->state &&
	       a->started_at == b->started_at && a->due_at == b->due_at && a->met_at == b->met_at &&
	       a->alarm_at == b->alarm_at;
}

/* There is nothing to write of the clock beside its rows. */
static bool is_among(const struct store_deadline *v, size_t n, const struct store_deadline *d)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(v[i].clock, d->clock))
			return are_same(&v[i], d);
	return !counts(d);
}

/* Most go on as they did, which a file says for less than it looks at what is to be written. */
static int stand(struct store *s, const struct store_deadline v[STORE_DEADLINE_CLOCKS],
		 bool *ret_stand, struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	struct query q QUERY_AUTO;
	struct store_deadline *rows;
	bool all = true;
	size_t n;

	query_open(&q, s, SQL_DEADLINE_STAND, e);
	query_int(&q, v[0].case_number);
	if (QUERY_LIST(&q, read_deadline, &a, &rows, &n) < 0)
		return -1;
	for (int i = 0; i < STORE_DEADLINE_CLOCKS; i++)
		all = all && is_among(rows, n, &v[i]);
	*ret_stand = all;
	return 0;
}

static int put_all(struct store *s, const struct store_deadline v[STORE_DEADLINE_CLOCKS],
		   struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DEADLINE_PUT_ALL, e);
	query_int(&q, v[0].case_number);
	for (int i = 0; i < STORE_DEADLINE_CLOCKS; i++)
		put_clock(&q, &v[i]);
	return query_run(&q);
}

int store_deadline_put_all(struct store *s, const struct store_deadline v[STORE_DEADLINE_CLOCKS],
			   struct err *e)
{
	bool same = false;

	if (s->ops->is_file && stand(s, v, &same, e) < 0)
		return -1;
	return !same && put_all(s, v, e) < 0 ? -1 : written(s, v, e);
}

int store_deadline_put(struct store *s, const struct store_deadline *d, struct err *e)
{
	return put(s, SQL_DEADLINE_PUT, d, e) < 0 ? -1 : query_settle(s, e);
}

int store_deadline_list(struct store *s, int64_t number, struct arena *a,
			struct store_deadline **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (store_recalls(s) && recall_deadlines(&s->recall, number, a, ret_v)) {
		*ret_n = STORE_DEADLINE_CLOCKS;
		return 0;
	}
	query_open(&q, s, SQL_DEADLINE_LIST, e);
	query_int(&q, number);
	return QUERY_LIST(&q, read_deadline, a, ret_v, ret_n);
}

int store_deadline_due(struct store *s, int64_t now, int limit, struct arena *a,
		       struct store_deadline **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DEADLINE_DUE, e);
	query_int(&q, now);
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_deadline, a, ret_v, ret_n);
}

int store_deadline_next(struct store *s, int64_t *ret_at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DEADLINE_NEXT, e);
	return query_one_at(&q, ret_at);
}

int store_deadline_open(struct store *s, int64_t skip, int limit, struct arena *a,
			struct store_deadline **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DEADLINE_OPEN, e);
	query_limit(&q, limit);
	query_int(&q, skip);
	return QUERY_LIST(&q, read_deadline, a, ret_v, ret_n);
}

int store_deadline_unmet(struct store *s, int64_t skip, int limit, struct arena *a,
			 struct store_deadline **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DEADLINE_UNMET, e);
	query_limit(&q, limit);
	query_int(&q, skip);
	return QUERY_LIST(&q, read_deadline, a, ret_v, ret_n);
}

static void read_tally(struct query *q, struct arena *a, void *ret_row)
{
	struct store_deadline_tally *t = ret_row;

	t->queue = query_get_text(q, a);
	t->passed = query_get_int(q);
	t->near = query_get_int(q);
}

int store_deadline_tally(struct store *s, int64_t now, int64_t until, int after, struct arena *a,
			 struct store_deadline_tally **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DEADLINE_TALLY, e);
	query_int(&q, now);
	query_int(&q, until);
	query_limit(&q, STORE_TALLY_ROWS);
	query_int(&q, after);
	return QUERY_LIST(&q, read_tally, a, ret_v, ret_n);
}
