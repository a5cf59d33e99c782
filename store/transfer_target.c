/* The place that is being filled: empty, half, a store. */
#include <stdio.h>

#include "gatewayd/base/mem.h"
#include "store/standing.h"
#include "store/transfer.h"

/* "TRUNCATE" and a table. */
static int do_to(struct store *s, const char *verb, const char *table, struct err *e)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "%s \"%s\"", verb, table);
	return s->ops->script(s->engine, sql, e);
}

/* --- how it is found --- */

/* What a new store has by itself. */
static bool is_its_own(const char *table)
{
	static const char *const own[] = { "standing", "epoch", "meta", "tally" };

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (strcmp(own[i], table) == 0)
			return true;
	return false;
}

/* Indexes and triggers that a later migration changes are not there yet. */
static int refuse_old_half(struct store *s, struct err *e)
{
	const struct sql_dialect *sql = s->ops->sql;
	struct query q QUERY_AUTO;
	int64_t last;

	query_open(&q, s, SQL_MIGRATION_LAST, e);
	if (query_one_int(&q, &last) < 0)
		return -1;
	if (last >= sql->migrations[sql->migration_count - 1].number)
		return 0;
	return err_set(e, ERR_PERM,
		       "half a copy that an older program began (its last migration is %d): it "
		       "cannot go on; empty the place (drop the database and create it again, or "
		       "remove the file) and copy from the beginning",
		       (int)last);
}

/* Nothing was put into it, or what is in it came from us. */
static int refuse_full(struct store *s, struct err *e)
{
	struct arena a ARENA_AUTO;
	const char **v;
	size_t n;
	bool half;

	arena_init(&a);
	if (store_is_half(s, &half, e) < 0)
		return -1;
	if (half)
		return refuse_old_half(s, e);
	if (transfer_names(s, &a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		bool empty = true;

		if (!is_its_own(v[i]) && transfer_is_empty(s, v[i], &empty, e) < 0)
			return -1;
		if (!empty)
			return err_set(e, ERR_PERM,
				       "not empty (there are rows in %s): a copy goes into an "
				       "empty place",
				       v[i]);
	}
	return 0;
}

int transfer_open_target(const char *where, struct store **ret_store, struct err *e)
{
	struct store *s STORE_AUTO = NULL;

	if (store_open_with(where, STORE_CREATE, refuse_full, NULL, &s, e) < 0)
		return -1;
	if (s->ops->script(s->engine, s->ops->rows->begin, e) < 0)
		return -1;
	*ret_store = s;
	s = NULL;
	return 0;
}

/* --- before the rows --- */

struct later {
	const char *now, *then; /* "": nothing */
};

static void read_later(struct query *q, struct arena *a, void *ret_row)
{
	struct later *row = ret_row;

	row->now = arena_cstr(a, query_borrow_bytes(q));
	row->then = arena_cstr(a, query_borrow_bytes(q));
	query_get_int(q); /* what orders them */
}

static int add_todo(struct store *to, int64_t id, const char *sql, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, to, SQL_TRANSFER_TODO_ADD, e);
	query_int(&q, id);
	query_name(&q, sql);
	return query_run(&q);
}

static int put_off(struct store *to, const struct later *v, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if ((v[i].now[0] && to->ops->script(to->engine, v[i].now, e) < 0) ||
		    (v[i].then[0] && add_todo(to, (int64_t)i + 1, v[i].then, e) < 0))
			return -1;
	return 0;
}

static int empty(struct store *to, struct err *e)
{
	struct arena a ARENA_AUTO;
	struct table *v;
	size_t n;

	arena_init(&a);
	if (transfer_tables(to, &a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (do_to(to, to->ops->rows->empty, v[i].name, e) < 0)
			return -1;
	return 0;
}

static int mark(struct store *to, const char *from, struct err *e)
{
	struct store *txn STORE_TXN = to;
	struct query q QUERY_AUTO = { 0 }, made QUERY_AUTO = { 0 };
	struct arena a ARENA_AUTO;
	struct later *v;
	size_t n;

	arena_init(&a);
	query_open(&q, to, SQL_TRANSFER_LATER, e);
	if (QUERY_LIST(&q, read_later, &a, &v, &n) < 0)
		return -1;
	query_close(&q);
	if (store_begin(txn, e) < 0)
		return -1;
	query_open(&made, to, SQL_TRANSFER_MARK, e);
	if (query_run(&made) < 0)
		return -1;
	query_close(&made);
	if (add_todo(to, 0, from, e) < 0 || put_off(to, v, n, e) < 0 || empty(to, e) < 0)
		return -1;
	return store_commit(txn, e);
}

/* --- what is still to be done --- */

struct todo {
	int64_t id;
	const char *sql;
};

static void read_todo(struct query *q, struct arena *a, void *ret_row)
{
	struct todo *row = ret_row;

	row->id = query_get_int(q);
	row->sql = arena_cstr(a, query_borrow_bytes(q));
}

/* Row 0 is the first of them. */
static int todo_list(struct store *to, struct arena *a, struct todo **ret_v, size_t *ret_n,
		     struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, to, SQL_TRANSFER_TODO, e);
	if (QUERY_LIST(&q, read_todo, a, ret_v, ret_n) < 0)
		return -1;
	if (*ret_n == 0 || (*ret_v)[0].id != 0)
		return err_set(e, ERR_PERM, "store: nothing says what it is a copy of");
	return 0;
}

static int set_origin(struct store *to, const char *from, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, to, SQL_TRANSFER_TODO_SET, e);
	query_int(&q, 0);
	query_name(&q, from);
	return query_run(&q);
}

static int begin_again(struct store *to, const char *from, struct err *e)
{
	struct store *txn STORE_TXN = to;

	if (store_begin(txn, e) < 0 || empty(to, e) < 0 || set_origin(to, from, e) < 0)
		return -1;
	return store_commit(txn, e);
}

int transfer_begin(struct store *to, const uint8_t from[STORE_TAG_SIZE], struct err *e)
{
	char origin[2 * STORE_TAG_SIZE + 1];
	struct arena a ARENA_AUTO;
	struct todo *v;
	bool half;
	size_t n;

	arena_init(&a);
	hex_encode(from, STORE_TAG_SIZE, origin);
	if (store_is_half(to, &half, e) < 0)
		return -1;
	if (!half)
		return mark(to, origin, e);
	if (todo_list(to, &a, &v, &n, e) < 0)
		return -1;
	if (!v[0].sql[0])
		return begin_again(to, origin, e);
	if (strcmp(v[0].sql, origin) != 0)
		return err_set(e, ERR_PERM, "it has half a copy of another store: empty it first");
	return 0;
}

int transfer_spoil(struct store *to, struct err *e)
{
	return set_origin(to, "", e);
}

/* --- after them --- */

static int do_one(struct store *to, const struct todo *todo, struct err *e)
{
	struct store *txn STORE_TXN = to;
	struct query q QUERY_AUTO = { 0 };

	if (store_begin(txn, e) < 0 || to->ops->script(to->engine, todo->sql, e) < 0)
		return err_prefix(e, "%s: ", todo->sql);
	query_open(&q, to, SQL_TRANSFER_TODO_DONE, e);
	query_int(&q, todo->id);
	if (query_run(&q) < 0)
		return -1;
	query_close(&q);
	return store_commit(txn, e);
}

/* The companions say what the copied store says of itself, and who was erased. */
static int make_companions(struct store *to, struct err *e)
{
	char *path MEM_AUTO = standing_path(to->where);
	struct witness_state state;

	if (!to->ops->is_file)
		return 0;
	return standing_read(to, &state, e) < 0 || witness_make(path, &state, true, e) < 0
		   ? -1
		   : store_erased_gather(to, e);
}

/* That it was copied is known as soon as it is a store, and not before: a copy of it is the same.
 */
static int unmark(struct store *to, const struct store_audit *audit, struct err *e)
{
	struct store *txn STORE_TXN = to;

	if (to->ops->script(to->engine, to->ops->rows->end, e) < 0 || store_begin(txn, e) < 0 ||
	    do_to(to, "DROP TABLE", "copying", e) < 0 || store_audit_add(to, audit, e) < 0)
		return -1;
	return store_commit(txn, e);
}

int transfer_finish(struct store *to, const struct store_audit *audit,
		    void (*said)(void *ctx, int64_t done, int64_t total), void *ctx, struct err *e)
{
	struct arena a ARENA_AUTO;
	struct todo *v;
	size_t n;

	arena_init(&a);
	if (todo_list(to, &a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 1; i < n; i++) {
		said(ctx, (int64_t)i - 1, (int64_t)n - 1);
		if (do_one(to, &v[i], e) < 0)
			return -1;
	}
	return make_companions(to, e) < 0 ? -1 : unmark(to, audit, e);
}
