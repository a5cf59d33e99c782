#include "store/store.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "store/extent.h"
#include "store/libpq.h"
#include "store/migrate.h"
#include "store/sqlite_file.h"
#include "store/sqlite_log.h"
#include "store/standing.h"

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

int store_needs(const char *where, struct err *e)
{
	return store_is_file(where) ? 0 : libpq_load(e);
}

static struct store *new_store(const struct engine_ops *ops)
{
	struct store *s = mem_alloc(sizeof(*s));

	s->ops = ops;
	s->packer = packer_new();
	recall_init(&s->recall, ops->sql);
	gathered_init(&s->gathered, ops->sql);
	s->witness.fd = -1;
	bulk_init(&s->bulk);
	s->beneath.commits = s->beneath.first = -1;
	return s;
}

static void free_store(struct store *s)
{
	packer_free(s->packer);
	added_release(&s->added);
	storms_release(&s->storms);
	gathered_release(&s->gathered);
	bulk_close(&s->bulk);
	recall_release(&s->recall);
	free(s->where);
	free(s->erased);
	free(s);
}

static int open_image(int fd, const struct sqlite_log *log, struct store **ret_store, struct err *e)
{
	struct store *s = new_store(&engine_sqlite);

	s->is_copy = true;
	if (s->ops->open_copy(fd, log, &s->engine, e) < 0) {
		free_store(s);
		return -1;
	}
	*ret_store = s;
	return 0;
}

int store_open_copy(int fd, struct store **ret_store, struct err *e)
{
	return open_image(fd, NULL, ret_store, e);
}

/* -1: it does not say. */
static int64_t commits_of(int fd, const struct sqlite_log *log)
{
	struct store *s STORE_AUTO = NULL;
	struct err ignored;
	int64_t commits;

	if (open_image(fd, log, &s, &ignored) < 0 || standing_commits(s, &commits, &ignored) < 0)
		return -1;
	return commits;
}

/* Before the file itself is looked at: who has it open may go on with both, and that only rises. */
static int64_t first_commits(int fd, int wal)
{
	struct sqlite_log log;
	int64_t commits;

	if (!sqlite_log_first(wal, &log))
		return -1;
	commits = commits_of(fd, &log);
	if (!sqlite_log_is_same(&log))
		commits = -1;
	sqlite_log_release(&log);
	return commits;
}

static void identity_of(int fd, uint8_t ret_identity[STORE_TAG_SIZE])
{
	struct store *s STORE_AUTO = NULL;
	struct err ignored;

	if (store_open_copy(fd, &s, &ignored) < 0 || store_identity(s, ret_identity, &ignored) < 0)
		memset(ret_identity, 0, STORE_TAG_SIZE);
}

static void look_beneath(const char *where, struct store_beneath *ret_beneath)
{
	char *path MEM_AUTO = mem_alloc(strlen(where) + sizeof("-wal"));
	int fd = -1, wal = -1;

	stpcpy(stpcpy(path, where), "-wal");
	if (sqlite_file_size(path) > 0) {
		fd = open(where, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		wal = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	}
	if (fd >= 0 && wal >= 0) {
		ret_beneath->first = first_commits(fd, wal);
		ret_beneath->commits = commits_of(fd, NULL);
	}
	if (fd >= 0) {
		identity_of(fd, ret_beneath->identity);
		close(fd);
	}
	if (wal >= 0)
		close(wal);
}

void store_trust(struct store *s)
{
	if (s->ops->trust)
		s->ops->trust(s->engine);
}

int store_open_with(const char *where, enum store_mode mode, store_check_fn *check,
		    const struct store_listener *listener, struct store **ret_store, struct err *e)
{
	bool is_node = mode == STORE_NODE;
	struct store *s;

	if (is_node && store_is_file(where))
		mode = STORE_CREATE;
	if (store_is_file(where) && mode != STORE_COPY && standing_look(where, mode, e) < 0)
		return -1;
	s = new_store(store_is_file(where) ? &engine_sqlite : &engine_pg);
	if (store_is_file(where) && mode != STORE_COPY)
		look_beneath(where, &s->beneath);
	if (s->ops->open(where, mode, &s->engine, e) < 0) {
		free_store(s);
		return -1;
	}
	s->where = mem_strdup(where);
	s->is_copy = mode == STORE_COPY;
	s->is_node = is_node && !s->ops->is_file;
	s->listener = listener;
	if (check(s, e) < 0 || migrate_store(s, mode, e) < 0 ||
	    (check == refuse_half && standing_take(s, mode, e) < 0) ||
	    extent_open(s, where, mode, e) < 0) {
		store_close(&s);
		return err_prefix(e, "store %s: ", store_is_file(where) ? where : "of PostgreSQL");
	}
	s->listener = NULL;
	if (mode != STORE_COPY)
		store_trust(s);
	(void)extent_sweep(s, e);
	*ret_store = s;
	return 0;
}

int store_open_told(const char *where, enum store_mode mode, const struct store_listener *listener,
		    struct store **ret_store, struct err *e)
{
	return store_open_with(where, mode, refuse_half, listener, ret_store, e);
}

int store_open(const char *where, enum store_mode mode, struct store **ret_store, struct err *e)
{
	return store_open_told(where, mode, NULL, ret_store, e);
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
	return s->bulk.is_broken || s->ops->broken(s->engine);
}

int store_copy_begin(struct store *s, struct store_copy **ret_copy, struct err *e)
{
	if (s->in_txn)
		return err_set(e, ERR_BUG, "a copy inside of a transaction");
	if (s->ops->copy_begin(s->engine, s->where, &s->bulk, ret_copy, e) < 0)
		return -1;
	s->extents_copied = true;
	return 0;
}

int store_copy_step(struct store *s, struct store_copy *c, int pages,
		    struct store_copied *ret_copied, struct err *e)
{
	return s->ops->copy_step(c, pages, ret_copied, e);
}

int store_copy_end(struct store *s, struct store_copy **c, int *ret_fd, struct err *e)
{
	int done = s->ops->copy_end(c, ret_fd, e);
	struct err ignored;

	s->extents_copied = false;
	(void)extent_sweep(s, &ignored);
	return done;
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
