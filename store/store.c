#include "store/store.h"

#include <stdlib.h>

#include "gatewayd/base/mem.h"
#include "store/standing.h"

/* --- migrations --- */

struct applied {
	int number;
	uint8_t sha256[SHA256_SIZE];
	struct span name;
};

static void read_applied(struct query *q, struct arena *a, void *ret_row)
{
	struct applied *row = ret_row;

	row->number = (int)query_get_int(q);
	row->name = query_get_text(q, a);
	query_get_digest(q, row->sha256);
}

static int run_alone(struct store *s, enum sql_id id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	return query_run(&q);
}

static int migrate_one(struct store *s, const struct sql_migration *m, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	uint8_t digest[SHA256_SIZE];

	sha256_of(span_of(m->text), digest);
	if (s->ops->migrate(s->engine, m->text, e) < 0)
		return err_prefix(e, "migration %s: ", m->name);
	query_open(&q, s, SQL_MIGRATION_ADD, e);
	query_int(&q, m->number);
	query_name(&q, m->name);
	query_blob(&q, (struct span){ (const char *)digest, sizeof(digest) });
	return query_run(&q) < 0 ? err_prefix(e, "migration %s: ", m->name) : 0;
}

static int migrate_some(struct store *s, const struct sql_migration *v, size_t n, struct err *e)
{
	struct store *txn STORE_TXN = s;

	if (store_begin(txn, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (migrate_one(s, &v[i], e) < 0)
			return -1;
	return store_commit(txn, e);
}

/* What was applied must be what this program would apply. */
static int compare(const struct sql_dialect *sql, const struct applied *v, size_t n, struct err *e)
{
	uint8_t digest[SHA256_SIZE];

	for (size_t i = 0; i < n; i++) {
		const struct sql_migration *m = &sql->migrations[i];

		if (i >= sql->migration_count)
			return err_set(e, ERR_PERM,
				       "made by a newer program (migration %d, this one knows %d)",
				       v[i].number, m[-1].number);
		sha256_of(span_of(m->text), digest);
		if (!span_is(v[i].name, m->name) ||
		    memcmp(v[i].sha256, digest, sizeof(digest)) != 0)
			return err_set(e, ERR_PERM,
				       "migration %d (" SPAN_FMT ") is not the one of this program",
				       v[i].number, SPAN_ARG(v[i].name));
	}
	return 0;
}

/* *ret_there: it has our table of migrations; *ret_empty: it has nothing at all. */
static int look(struct store *s, bool *ret_there, bool *ret_empty, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MIGRATION_THERE, e);
	if (query_step(&q) < 0)
		return -1;
	*ret_there = query_get_int(&q) > 0;
	*ret_empty = query_get_int(&q) == 0;
	return query_end_row(&q);
}

static int first_table(struct store *s, struct err *e)
{
	struct store *txn STORE_TXN = s;

	if (store_begin(txn, e) < 0 || run_alone(txn, SQL_MIGRATION_TABLE, e) < 0)
		return -1;
	return store_commit(txn, e);
}

static int applied_list(struct store *s, struct arena *a, struct applied **ret_v, size_t *ret_n,
			struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MIGRATION_LIST, e);
	return QUERY_LIST(&q, read_applied, a, ret_v, ret_n);
}

/* A file of an older program gets its companion before it is changed. */
static int keep_company(struct store *s, enum store_mode mode, size_t n, struct err *e)
{
	if (!s->ops->is_file || n >= STORE_FIRST_WITH_STANDING)
		return 0;
	s->upgraded = true;
	return mode == STORE_READ || mode == STORE_COPY ? 0 : standing_upgrade(s, e);
}

/* No other node may have it open meanwhile. */
static int alone(struct store *s, bool so, struct err *e)
{
	return store_is_shared(s) ? s->ops->alone(s->engine, so, e) : 0;
}

static int begin_table(struct store *s, enum store_mode mode, struct err *e)
{
	bool there, empty;

	if (look(s, &there, &empty, e) < 0)
		return -1;
	if (there)
		return 0;
	if (!empty || mode == STORE_READ)
		return err_set(e, ERR_PERM, "not a store of gatewayd");
	return alone(s, true, e) < 0 ? -1 : first_table(s, e);
}

/* All together where nothing is migrated yet; what a large store took long for stays done. */
static int migrate_from(struct store *s, size_t n, struct err *e)
{
	const struct sql_dialect *sql = s->ops->sql;
	size_t together = n ? 1 : sql->migration_count;

	if (n < sql->migration_count && alone(s, true, e) < 0)
		return -1;
	for (; n < sql->migration_count; n += together)
		if (migrate_some(s, &sql->migrations[n], together, e) < 0)
			return -1;
	return alone(s, false, e);
}

static int migrate(struct store *s, enum store_mode mode, struct err *e)
{
	const struct sql_dialect *sql = s->ops->sql;
	struct arena a ARENA_AUTO;
	struct applied *v;
	size_t n;

	arena_init(&a);
	if (begin_table(s, mode, e) < 0)
		return -1;
	if (applied_list(s, &a, &v, &n, e) < 0 || compare(sql, v, n, e) < 0 ||
	    keep_company(s, mode, n, e) < 0)
		return -1;
	if (mode == STORE_READ && n < sql->migration_count)
		return err_set(e, ERR_PERM,
			       "made by an older program: it must be opened for writing once");
	return migrate_from(s, n, e);
}

int store_is_half(struct store *s, bool *ret_half, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t half;

	query_open(&q, s, SQL_TRANSFER_HALF, e);
	if (query_one_int(&q, &half) < 0)
		return -1;
	*ret_half = half;
	return 0;
}

static int refuse_half(struct store *s, struct err *e)
{
	bool half;

	if (store_is_half(s, &half, e) < 0)
		return -1;
	return half ? err_set(e, ERR_PERM,
			      "half a copy of another store: \"gatewayctl store copy\" goes on "
			      "with it")
		    : 0;
}

bool store_is_file(const char *where)
{
	return !span_starts(span_of(where), SPAN("postgresql://"));
}

static struct store *new_store(const struct engine_ops *ops)
{
	struct store *s = mem_alloc(sizeof(*s));

	s->ops = ops;
	s->packer = packer_new();
	recall_init(&s->recall, ops->sql);
	s->witness.fd = -1;
	return s;
}

static void free_store(struct store *s)
{
	packer_free(s->packer);
	recall_release(&s->recall);
	free(s->where);
	free(s->erased);
	free(s);
}

int store_open_with(const char *where, enum store_mode mode, store_check_fn *check,
		    struct store **ret_store, struct err *e)
{
	bool is_node = mode == STORE_NODE;
	struct store *s;

	if (is_node && store_is_file(where))
		mode = STORE_CREATE;
	if (store_is_file(where) && mode != STORE_COPY && standing_look(where, mode, e) < 0)
		return -1;
	s = new_store(store_is_file(where) ? &engine_sqlite : &engine_pg);
	if (s->ops->open(where, mode, &s->engine, e) < 0) {
		free_store(s);
		return -1;
	}
	s->where = mem_strdup(where);
	s->is_copy = mode == STORE_COPY;
	s->is_node = is_node && !s->ops->is_file;
	if (check(s, e) < 0 || migrate(s, mode, e) < 0 ||
	    (check == refuse_half && standing_take(s, mode, e) < 0)) {
		store_close(&s);
		return err_prefix(e, "store %s: ", store_is_file(where) ? where : "of PostgreSQL");
	}
	*ret_store = s;
	return 0;
}

int store_open(const char *where, enum store_mode mode, struct store **ret_store, struct err *e)
{
	return store_open_with(where, mode, refuse_half, ret_store, e);
}

int store_open_copy(int fd, struct store **ret_store, struct err *e)
{
	struct store *s = new_store(&engine_sqlite);

	s->is_copy = true;
	if (s->ops->open_copy(fd, &s->engine, e) < 0) {
		free_store(s);
		return -1;
	}
	*ret_store = s;
	return 0;
}

void store_close(struct store **s)
{
	if (!*s)
		return;
	(*s)->ops->close((*s)->engine);
	standing_release(*s);
	free_store(*s);
	*s = NULL;
}

bool store_broken(struct store *s)
{
	return s->ops->broken(s->engine);
}

int store_copy_begin(struct store *s, struct store_copy **ret_copy, struct err *e)
{
	if (s->in_txn)
		return err_set(e, ERR_BUG, "a copy inside of a transaction");
	return s->ops->copy_begin(s->engine, s->where, ret_copy, e);
}

int store_copy_step(struct store *s, struct store_copy *c, int pages,
		    struct store_copied *ret_copied, struct err *e)
{
	return s->ops->copy_step(c, pages, ret_copied, e);
}

int store_copy_end(struct store *s, struct store_copy **c, int *ret_fd, struct err *e)
{
	return s->ops->copy_end(c, ret_fd, e);
}

/* --- transactions --- */

/* What was deferred goes the way of the transaction. */
static void deferred_became(struct store *s, enum store_deferred became, const struct err *why)
{
	if (s->deferred != STORE_DEFERRED_JOINED)
		return;
	s->deferred = became;
	s->deferred_why = *why;
}

int store_defer(struct store *s, struct err *e)
{
	if (!s->in_txn)
		return err_set(e, ERR_BUG, "store: nothing to defer");
	query_unheard(s, false);
	(void)query_settle(s, e);
	if (s->doomed.class != ERR_NONE) {
		*e = s->doomed;
		store_rollback(s);
		return -1;
	}
	s->in_txn = false;
	s->deferred = STORE_DEFERRED_OPEN;
	return 0;
}

enum store_deferred store_deferred(const struct store *s, struct err *ret_why)
{
	if (s->deferred == STORE_DEFERRED_LOST)
		*ret_why = s->deferred_why;
	return s->deferred;
}

int store_begin(struct store *s, struct err *e)
{
	if (s->in_txn)
		return err_set(e, ERR_BUG, "store: a transaction inside of a transaction");
	recall_forget(&s->recall);
	if (s->deferred == STORE_DEFERRED_OPEN) {
		s->deferred = STORE_DEFERRED_JOINED;
		s->in_txn = true;
		return 0;
	}
	if (s->ops->begin(s->engine, e) < 0)
		return -1;
	s->in_txn = true;
	query_unheard(s, false);
	s->doomed.class = ERR_NONE;
	s->epoch_changed = false;
	s->changed = s->ops->changed(s->engine);
	return 0;
}

/* What changed nothing writes nothing. */
static bool counts(const struct store *s)
{
	return s->witness.fd >= 0 && s->ops->changed(s->engine) != s->changed;
}

void store_on_commit(struct store *s, store_commit_fn *fn, void *ctx)
{
	s->on_commit = fn;
	s->commit_ctx = ctx;
}

static void say_commit(const struct store *s, enum store_commit_step step, const struct err *e)
{
	if (s->on_commit)
		s->on_commit(s->commit_ctx, step, e);
}

/* What was decided in the transaction; what is deferred is still in it. */
static void count_decided(struct store *s, bool stands)
{
	for (int i = 0; i < MAIL_STATE_COUNT; i++) {
		s->decided[i] += stands ? s->deciding[i] : 0;
		s->deciding[i] = 0;
	}
}

int store_commit(struct store *s, struct err *e)
{
	bool counted;

	if (!s->in_txn)
		return err_set(e, ERR_BUG, "store: a commit without a transaction");
	counted = s->doomed.class == ERR_NONE && counts(s);
	if (counted)
		(void)standing_count(s, &s->doomed); /* a failure dooms it, as any other */
	if (s->doomed.class != ERR_NONE) {
		*e = s->doomed;
		store_rollback(s);
		return -1;
	}
	s->in_txn = s->is_unheard = false;
	say_commit(s, STORE_COMMIT_BEGINS, NULL);
	if (s->ops->commit(s->engine, e) < 0) {
		deferred_became(s, STORE_DEFERRED_LOST, e);
		count_decided(s, false);
		say_commit(s, STORE_COMMIT_FAILED, e);
		return -1;
	}
	deferred_became(s, STORE_DEFERRED_STANDS, &s->doomed);
	count_decided(s, true);
	if (counted) {
		s->standing = s->next;
		standing_committed(s);
	}
	say_commit(s, STORE_COMMIT_STANDS, NULL);
	return 0;
}

void store_rollback(struct store *s)
{
	static const struct err by_hand = { ERR_TEMP, "store: rolled back" };

	if (s->in_txn) {
		deferred_became(s, STORE_DEFERRED_LOST,
				s->doomed.class != ERR_NONE ? &s->doomed : &by_hand);
		s->ops->rollback(s->engine);
		count_decided(s, false);
	}
	s->in_txn = s->is_unheard = false;
	s->doomed.class = ERR_NONE;
}

void store_txn_end(struct store **s)
{
	if (*s)
		store_rollback(*s);
}

static int run_script(struct store *s, const char *sql, struct err *e)
{
	if (!s->in_txn)
		return err_set(e, ERR_BUG, "store: a mark without a transaction");
	query_unheard(s, false);
	return s->ops->script(s->engine, sql, e);
}

int store_mark(struct store *s, struct err *e)
{
	return run_script(s, "SAVEPOINT mark", e);
}

int store_back_to_mark(struct store *s, struct err *e)
{
	recall_forget(&s->recall);
	if (s->ops->forget)
		s->ops->forget(s->engine);
	return run_script(s, "ROLLBACK TO SAVEPOINT mark", e);
}

/* --- small things --- */

int store_meta_get(struct store *s, const char *key, struct arena *a, struct span *ret_value,
		   struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_META_GET, e);
	query_name(&q, key);
	got = query_step(&q);
	if (got < 0)
		return -1;
	*ret_value = got ? query_get_text(&q, a) : SPAN_NONE;
	return query_end_row(&q);
}

int store_meta_set(struct store *s, const char *key, struct span value, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_META_SET, e);
	query_name(&q, key);
	query_blob(&q, value);
	return query_run(&q);
}
