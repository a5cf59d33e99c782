#include "store/migrate.h"

#include "store/snapshot.h"
#include "store/standing.h"

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

/* It is written down as done. */
static int add_done(struct store *s, const struct sql_migration *m, struct err *e)
{
	struct query q QUERY_AUTO;
	uint8_t digest[SHA256_SIZE];

	sha256_of(span_of(m->text), digest);
	query_open(&q, s, SQL_MIGRATION_ADD, e);
	query_int(&q, m->number);
	query_name(&q, m->name);
	query_blob(&q, (struct span){ (const char *)digest, sizeof(digest) });
	return query_run(&q);
}

static int migrate_one(struct store *s, const struct sql_migration *m, struct err *e)
{
	if (s->ops->migrate(s->engine, m->text, e) < 0 || add_done(s, m, e) < 0)
		return err_prefix(e, "migration %s: ", m->name);
	return 0;
}

static int migrate_alone(struct store *s, const struct sql_migration *m, struct err *e)
{
	struct store *txn STORE_TXN = s;

	if (store_begin(txn, e) < 0 || migrate_one(s, m, e) < 0)
		return -1;
	return store_commit(txn, e);
}

/* All together.  What has nothing yet begins with what they leave. */
static int migrate_new(struct store *s, bool is_empty, struct err *e)
{
	const struct sql_dialect *sql = s->ops->sql;
	const char *snapshot = is_empty && s->ops->is_file ? snapshot_sqlite : NULL;
	struct store *txn STORE_TXN = s;

	if (store_begin(txn, e) < 0)
		return -1;
	if (snapshot && s->ops->migrate(s->engine, snapshot, e) < 0)
		return err_prefix(e, "a new store: ");
	for (size_t i = 0; i < sql->migration_count; i++)
		if ((snapshot ? add_done : migrate_one)(s, &sql->migrations[i], e) < 0)
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

static int begin_table(struct store *s, enum store_mode mode, bool *ret_empty, struct err *e)
{
	bool there;

	if (look(s, &there, ret_empty, e) < 0)
		return -1;
	if (there)
		return 0;
	if (!*ret_empty || mode == STORE_READ)
		return err_set(e, ERR_PERM, "not a store of gatewayd");
	return alone(s, true, e) < 0 ? -1 : first_table(s, e);
}

static void tell(struct store *s, enum store_migrating_step step)
{
	s->migrating.step = step;
	if (s->listener)
		s->listener->migrating(s->listener->ctx, &s->migrating);
}

static void goes_on(void *ctx, int64_t written)
{
	struct store *s = ctx;

	s->migrating.written = written;
	tell(s, STORE_MIGRATION_GOES_ON);
}

static int migrate_told(struct store *s, const struct sql_migration *m, struct err *e)
{
	int result;

	s->migrating.name = m->name;
	s->migrating.n++;
	s->migrating.written = 0;
	tell(s, STORE_MIGRATION_BEGINS);
	if (s->ops->watch)
		s->ops->watch(s->engine, goes_on, s);
	result = migrate_alone(s, m, e);
	if (s->ops->watch)
		s->ops->watch(s->engine, NULL, NULL);
	if (result == 0)
		tell(s, STORE_MIGRATION_DONE);
	return result;
}

/* What a large store took long for stays done. */
static int migrate_from(struct store *s, size_t n, bool is_empty, struct err *e)
{
	const struct sql_dialect *sql = s->ops->sql;

	if (n < sql->migration_count && alone(s, true, e) < 0)
		return -1;
	if (n == 0 && migrate_new(s, is_empty, e) < 0)
		return -1;
	s->migrating = (struct store_migrating){ .of = (int)(sql->migration_count - n) };
	for (; n && n < sql->migration_count; n++)
		if (migrate_told(s, &sql->migrations[n], e) < 0)
			return -1;
	return alone(s, false, e);
}

int migrate_store(struct store *s, enum store_mode mode, struct err *e)
{
	const struct sql_dialect *sql = s->ops->sql;
	struct arena a ARENA_AUTO;
	struct applied *v;
	bool is_empty;
	size_t n;

	arena_init(&a);
	if (begin_table(s, mode, &is_empty, e) < 0)
		return -1;
	if (applied_list(s, &a, &v, &n, e) < 0 || compare(sql, v, n, e) < 0 ||
	    keep_company(s, mode, n, e) < 0)
		return -1;
	if (mode == STORE_READ && n < sql->migration_count)
		return err_set(e, ERR_PERM,
			       "made by an older program: it must be opened for writing once");
	return migrate_from(s, n, is_empty, e);
}
