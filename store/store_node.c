#include "store/store_node.h"

#include <stdio.h>

#include "store/query.h"

static int one_number(struct store *s, enum sql_id id, int64_t *ret_value, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	return query_one_int(&q, ret_value);
}

int store_turn_begin(struct store *s, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	char wait[32];
	int64_t got;

	if (!store_is_shared(s))
		return 0;
	if (store_broken(s))
		return err_set(e, ERR_TEMP, "store: the session with PostgreSQL is given up");
	snprintf(wait, sizeof(wait), "%dms", STORE_TURN_WAIT_MS);
	query_open(&q, s, SQL_TURN_BEGIN, e);
	query_name(&q, wait);
	if (query_one_int(&q, &got) < 0)
		return -1;
	return got ? s->ops->turn(s->engine, true, e)
		   : err_set(e, ERR_TEMP, "store: another node is in its turn");
}

/* Who does not know whether it has ended gives up its session, which ends it. */
int store_turn_end(struct store *s, struct err *e)
{
	int64_t was_ours = 1;

	if (!store_is_shared(s) || store_broken(s))
		return 0;
	if (s->ops->turn(s->engine, false, e) == 0 &&
	    one_number(s, SQL_TURN_END, &was_ours, e) == 0 && was_ours)
		return 0;
	s->ops->give_up(s->engine);
	return was_ours
		   ? err_prefix(e, "the end of a turn: ")
		   : err_set(
			 e, ERR_TEMP,
			 "store: the turn that ends was not this session's: a pooler between must "
			 "keep sessions, not share them");
}

int store_node_clock(struct store *s, int64_t *ret_now, struct err *e)
{
	return one_number(s, SQL_NODE_CLOCK, ret_now, e);
}

/* --- nodes --- */

static int take_name(struct store *s, struct span name, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t taken;

	query_open(&q, s, SQL_NODE_NAME, e);
	query_text(&q, name);
	if (query_one_int(&q, &taken) < 0)
		return -1;
	return taken ? 0
		     : err_set(e, ERR_TEMP,
			       "another process is the node " SPAN_FMT
			       ", or was until a few seconds ago: each needs a name of its own",
			       SPAN_ARG(name));
}

static int put_row(struct store *s, struct span name, int64_t fence, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int64_t now;

	if (store_node_clock(s, &now, e) < 0)
		return -1;
	query_open(&q, s, SQL_NODE_JOIN, e);
	query_text(&q, name);
	query_int(&q, fence);
	query_int(&q, now);
	query_int(&q, now + STORE_LEASE_S);
	return query_run(&q);
}

static int key_of(struct store *s, int64_t fence, int64_t *ret_key, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_NODE_KEY, e);
	query_int(&q, fence);
	return query_one_int(&q, ret_key);
}

int store_node_join(struct store *s, struct span name, struct err *e)
{
	struct store *txn STORE_TXN = s;
	int64_t fence, key;

	if (name.n == 0 || name.n > STORE_NODE_NAME_MAX)
		return err_set(e, ERR_PERM, "the name of a node has 1 to %d bytes",
			       STORE_NODE_NAME_MAX);
	if (take_name(s, name, e) < 0 || store_begin(txn, e) < 0 ||
	    one_number(s, SQL_NODE_FENCE, &fence, e) < 0 || put_row(s, name, fence, e) < 0 ||
	    key_of(s, fence, &key, e) < 0 || store_commit(txn, e) < 0)
		return -1;
	memcpy(s->node, name.p, name.n);
	s->node_size = name.n;
	s->fence = fence;
	if (s->ops->fence)
		s->ops->fence(s->engine, fence, key);
	return 0;
}

int store_node_renew(struct store *s, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int64_t now;

	if (store_node_clock(s, &now, e) < 0)
		return -1;
	query_open(&q, s, SQL_NODE_RENEW, e);
	query_int(&q, s->fence);
	query_int(&q, now);
	query_int(&q, now + STORE_LEASE_S);
	return query_run(&q);
}

int store_node_leave(struct store *s, struct err *e)
{
	struct store *txn STORE_TXN = s;
	int64_t now;
	size_t rows;
	bool done;

	if (store_begin(txn, e) < 0 || store_node_clock(s, &now, e) < 0 ||
	    store_node_end(s, store_node_name(s), now, &done, &rows, e) < 0)
		return -1;
	return store_commit(txn, e);
}

/* A statement that takes a name. */
static int about(struct store *s, enum sql_id id, struct span name, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	query_text(&q, name);
	return query_run(&q);
}

/* A statement that takes a name and an instant. */
static int about_at(struct store *s, enum sql_id id, struct span name, int64_t at, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	query_text(&q, name);
	query_int(&q, at);
	return query_run(&q);
}

/* One that has ended has no transactions. */
static int hold(struct store *s, struct span name, bool *ret_held, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t held = 1;

	query_open(&q, s, SQL_NODE_HOLD, e);
	query_text(&q, name);
	if (query_one(&q, query_read_int, NULL, &held) < 0)
		return -1;
	*ret_held = held;
	return 0;
}

static int end(struct store *s, struct span name, int64_t now, size_t *ret_rows, struct err *e)
{
	if (about_at(s, SQL_NODE_FENCE_OFF, name, now, e) < 0 ||
	    about_at(s, SQL_LEASE_GIVE_ALL, name, now, e) < 0 ||
	    about_at(s, SQL_OUTBOX_RECOVER_NODE, name, now, e) < 0)
		return -1;
	*ret_rows = (size_t)store_changes(s);
	return 0;
}

int store_node_end(struct store *s, struct span name, int64_t now, bool *ret_done, size_t *ret_rows,
		   struct err *e)
{
	bool held;

	if (store_needs_txn(s, "node_end", e) < 0 || hold(s, name, &held, e) < 0 ||
	    (held && end(s, name, now, ret_rows, e) < 0))
		return -1;
	*ret_done = held;
	return 0;
}

int store_node_hold_others(struct store *s, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int64_t ignored;

	if (store_needs_txn(s, "node_hold_others", e) < 0)
		return -1;
	if (!store_is_shared(s))
		return 0;
	query_open(&q, s, SQL_NODE_HOLD_OTHERS, e);
	query_text(&q, store_node_name(s));
	return query_one_int(&q, &ignored);
}

int store_node_restart_others(struct store *s, struct err *e)
{
	if (!store_is_shared(s))
		return 0;
	return store_node_hold_others(s, e) < 0
		   ? -1
		   : about(s, SQL_NODE_FENCE_OTHERS, store_node_name(s), e);
}

int store_node_drain(struct store *s, struct span name, bool drain, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_NODE_DRAIN, e);
	query_text(&q, name);
	query_int(&q, drain);
	if (query_run(&q) < 0)
		return -1;
	return store_changes(s) ? 0 : err_set(e, ERR_PERM, "no node " SPAN_FMT, SPAN_ARG(name));
}

static void read_node(struct query *q, struct arena *a, void *ret_row)
{
	struct store_node *n = ret_row;

	n->name = query_get_text(q, a);
	n->fence = query_get_int(q);
	n->began_at = query_get_int(q);
	n->seen_at = query_get_int(q);
	n->until_at = query_get_int(q);
	n->is_drained = query_get_int(q);
}

int store_node_list(struct store *s, struct arena *a, struct store_node **ret_v, size_t *ret_n,
		    struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_NODE_LIST, e);
	return QUERY_LIST(&q, read_node, a, ret_v, ret_n);
}

/* --- leases --- */

static void read_lease(struct query *q, struct arena *a, void *ret_row)
{
	struct store_lease *l = ret_row;

	l->mailbox = query_get_text(q, a);
	l->node = query_get_text(q, a);
	l->since_at = query_get_int(q);
}

int store_lease_list(struct store *s, struct arena *a, struct store_lease **ret_v, size_t *ret_n,
		     struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_LEASE_LIST, e);
	return QUERY_LIST(&q, read_lease, a, ret_v, ret_n);
}

int store_lease_add(struct store *s, struct span mailbox, int64_t now, struct err *e)
{
	return about_at(s, SQL_LEASE_ADD, mailbox, now, e);
}

static int change(struct store *s, enum sql_id id, struct span mailbox, int64_t now, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	query_text(&q, mailbox);
	query_text(&q, store_node_name(s));
	query_int(&q, now);
	return query_run(&q);
}

int store_lease_take(struct store *s, struct span mailbox, int64_t now, bool *ret_done,
		     struct err *e)
{
	if (change(s, SQL_LEASE_TAKE, mailbox, now, e) < 0)
		return -1;
	*ret_done = store_changes(s) > 0;
	return 0;
}

int store_lease_give(struct store *s, struct span mailbox, int64_t now, struct err *e)
{
	return change(s, SQL_LEASE_GIVE, mailbox, now, e);
}

int store_lease_drop(struct store *s, struct span mailbox, struct err *e)
{
	return about(s, SQL_LEASE_DROP, mailbox, e);
}

/* --- what nodes have configured --- */

static void read_node_mailbox(struct query *q, struct arena *a, void *ret_row)
{
	struct store_node_mailbox *m = ret_row;

	m->node = query_get_text(q, a);
	m->mailbox = query_get_text(q, a);
}

int store_node_mailbox_list(struct store *s, struct arena *a, struct store_node_mailbox **ret_v,
			    size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_NODE_MAILBOX_LIST, e);
	return QUERY_LIST(&q, read_node_mailbox, a, ret_v, ret_n);
}

int store_node_mailbox_set(struct store *s, const struct store_node_mailbox *m, bool has,
			   struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, has ? SQL_NODE_MAILBOX_ADD : SQL_NODE_MAILBOX_DROP, e);
	query_text(&q, m->node);
	query_text(&q, m->mailbox);
	return query_run(&q);
}

static void read_name(struct query *q, struct arena *a, void *ret_row)
{
	struct span *name = ret_row;

	*name = query_get_text(q, a);
}

int store_node_of_row(struct store *s, int64_t row, struct arena *a, struct span *ret_node,
		      struct err *e)
{
	struct query q QUERY_AUTO = { 0 };

	if (store_needs_txn(s, "node_of_row", e) < 0)
		return -1;
	query_open(&q, s, SQL_NODE_OF_ROW, e);
	query_int(&q, row);
	return query_one_of(&q, "outbox row", row, read_name, a, ret_node);
}
