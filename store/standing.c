#include "store/standing.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "gatewayd/base/mem.h"
#include "store/sqlite_file.h"
#include "store/sqlite_folder.h"

#define RESTORE "\"gatewayctl restore FILE\" puts a backup in its place"
#define INIT	"\"gatewayctl init\" begins a new one"

char *standing_path(const char *where)
{
	char *path = mem_alloc(strlen(where) + sizeof(".witness"));

	stpcpy(stpcpy(path, where), ".witness");
	return path;
}

/* --- before it is opened --- */

static int refuse_gone(const char *where, const char *beside, struct err *e)
{
	return err_set(e, ERR_PERM,
		       "store %s: the file is gone or empty, but %s is there: put both back, "
		       "or " RESTORE ", or " INIT,
		       where, beside);
}

/* Another file that bears the store's name: "gatewayd.db-wal", "gatewayd.db.replaced-..." */
static char *find_beside(const char *where)
{
	const char *slash = strrchr(where, '/'), *name = slash ? slash + 1 : where;
	char *folder MEM_AUTO = mem_strdup(where), *found = NULL;
	struct dirent *entry;
	DIR *d;

	folder[slash ? (slash == where ? 1 : slash - where) : 0] = '\0';
	d = opendir(slash ? folder : ".");
	while (d && !found && (entry = readdir(d))) {
		const char *tail = entry->d_name + strlen(name);

		if (strncmp(entry->d_name, name, strlen(name)) == 0 &&
		    (*tail == '-' || *tail == '.') &&
		    strncmp(tail, WITNESS_BEGUN, strlen(WITNESS_BEGUN)) != 0)
			found = mem_strdup(entry->d_name);
	}
	if (d)
		closedir(d);
	return found;
}

/* A companion that is there, whatever it says.  Of one that is out of reach nobody knows. */
static int refuse_companion(const char *where, const char *path, enum witness_found found,
			    enum store_mode mode, struct err *e)
{
	int why = errno;
	struct stat st;

	if (found == WITNESS_CLOSED && lstat(path, &st) < 0)
		return sqlite_folder_refuse(where, mode, why, e);
	return refuse_gone(where, path, e);
}

int standing_look(const char *where, enum store_mode mode, struct err *e)
{
	static const struct witness_state blank = { .is_blank = true };
	char *path MEM_AUTO = standing_path(where), *beside MEM_AUTO = NULL;
	struct witness_state state = { 0 };
	enum witness_found found;

	if (sqlite_file_size(where) > 0)
		return 0;
	found = witness_read(path, &state);
	if (found == WITNESS_FOUND && state.is_blank)
		return 0; /* the making of it was cut off */
	if (found != WITNESS_NONE)
		return refuse_companion(where, path, found, mode, e);
	beside = find_beside(where);
	if (beside)
		return refuse_gone(where, beside, e);
	if (sqlite_file_size(where) == 0)
		return err_set(e, ERR_PERM, "store %s: empty: " RESTORE ", or " INIT, where);
	return mode == STORE_CREATE ? witness_make(path, &blank, false, e) : 0;
}

int standing_upgrade(struct store *s, struct err *e)
{
	static const struct witness_state blank = { .is_blank = true };
	char *path MEM_AUTO = standing_path(s->where);
	struct witness_state state;

	return witness_read(path, &state) == WITNESS_NONE ? witness_make(path, &blank, false, e)
							  : 0;
}

/* --- what the store says --- */

int standing_commits(struct store *s, int64_t *ret_commits, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_STANDING_COMMITS, e);
	return query_one_int(&q, ret_commits);
}

static int read_sequences(struct store *s, struct witness_state *ret_state, struct err *e)
{
	static const char *const tables[] = {
#define X(id, table) table,
		STORE_SEQUENCES(X)
#undef X
	};

	for (int i = 0; i < SEQUENCE_COUNT; i++) {
		struct query q QUERY_AUTO;

		query_open(&q, s, SQL_SEQUENCE_GET, e);
		query_name(&q, tables[i]);
		if (query_one_int(&q, &ret_state->sequence[i]) < 0)
			return -1;
	}
	return 0;
}

static int read_epochs(struct store *s, struct witness_state *ret_state, struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	struct store_epoch *v;
	size_t n;

	if (store_epoch_list(s, &a, &v, &n, e) < 0)
		return -1;
	ret_state->epochs = n < WITNESS_EPOCHS_MAX ? n : WITNESS_EPOCHS_MAX;
	memcpy(ret_state->epoch, v, ret_state->epochs * sizeof(*v));
	return 0;
}

int standing_read(struct store *s, struct witness_state *ret_state, struct err *e)
{
	struct witness_state state = { 0 };

	if (store_identity(s, state.identity, e) < 0 ||
	    standing_commits(s, &state.commits, e) < 0 || read_sequences(s, &state, e) < 0 ||
	    read_epochs(s, &state, e) < 0)
		return -1;
	*ret_state = state;
	return 0;
}

int standing_raise(struct store *s, const struct witness_state *known, struct err *e)
{
	static const char *const tables[] = {
#define X(id, table) table,
		STORE_SEQUENCES(X)
#undef X
	};

	for (int i = 0; i < SEQUENCE_COUNT; i++) {
		struct query set QUERY_AUTO = { 0 }, add QUERY_AUTO = { 0 };

		if (i == SEQUENCE_MAIL)
			continue; /* they are counted by their numbers (count_all) */
		query_open(&set, s, SQL_SEQUENCE_RAISE, e);
		query_name(&set, tables[i]);
		query_int(&set, known->sequence[i]);
		if (query_run(&set) < 0)
			return -1;
		query_open(&add, s, SQL_SEQUENCE_ADD, e);
		query_name(&add, tables[i]);
		query_int(&add, known->sequence[i]);
		if (query_run(&add) < 0)
			return -1;
	}
	return 0;
}

int store_numbers_skip(struct store *s, struct err *e)
{
	struct witness_state state;

	if (standing_read(s, &state, e) < 0)
		return -1;
	for (int i = 0; i < SEQUENCE_COUNT; i++)
		state.sequence[i] += STORE_NUMBERS_SKIPPED;
	return standing_raise(s, &state, e);
}

/* --- against the companion --- */

/* "": it is that of the store, or behind it. */
static int compare(const struct store *s, const char *path, const struct witness_state *seen,
		   struct err *e)
{
	if (seen->is_blank)
		return 0;
	if (memcmp(seen->identity, s->standing.identity, STORE_TAG_SIZE) != 0)
		return err_set(
		    e, ERR_PERM,
		    "it, or its -wal, is of another store than %s: put back what belongs "
		    "together, or \"gatewayctl restore %s\" goes on with this one as "
		    "with a backup",
		    path, s->where);
	if (seen->commits > s->standing.commits)
		return err_set(e, ERR_PERM,
			       "it has lost what was committed last: it says %" PRIi64
			       " commits, %s %" PRIi64
			       ": put the newest copy back with its -wal, or \"gatewayctl restore "
			       "%s\" goes on with this one as with a backup",
			       s->standing.commits, path, seen->commits, s->where);
	return 0;
}

/* SQLite takes any log for that of its file.  A log begins when all of the one before is in the
 * file, so its first transaction is at most one commit further. */
static int compare_beneath(const struct store *s, struct err *e)
{
	static const uint8_t none[STORE_TAG_SIZE];
	const struct store_beneath *b = &s->beneath;

	if (memcmp(b->identity, none, STORE_TAG_SIZE) != 0 &&
	    memcmp(b->identity, s->standing.identity, STORE_TAG_SIZE) != 0)
		return err_set(e, ERR_PERM,
			       "it is another store than its -wal is of: put back what belongs "
			       "together, or " RESTORE);
	if (b->commits >= 0 && b->first > b->commits + 1)
		return err_set(e, ERR_PERM,
			       "it is older than its -wal: it says %" PRIi64
			       " commits, which begins behind %" PRIi64
			       ": put back what belongs together, or " RESTORE,
			       b->commits, b->first - 1);
	return 0;
}

int standing_take(struct store *s, enum store_mode mode, struct err *e)
{
	char *path MEM_AUTO = standing_path(s->where);
	struct witness_state seen = { 0 };
	enum witness_found found = witness_read(path, &seen);

	if (!s->ops->is_file || s->is_copy || (mode == STORE_READ && found == WITNESS_NONE))
		return standing_read(s, &s->standing, e);
	if (found == WITNESS_CLOSED)
		return err_set(e, errno == EACCES || errno == ELOOP ? ERR_PERM : ERR_TEMP,
			       "its companion %s: %s", path, strerror(errno));
	if (found != WITNESS_FOUND)
		return err_set(e, ERR_PERM,
			       "its companion %s is %s, so it may be an older copy: \"gatewayctl "
			       "restore %s\" goes on with it as with a backup, \"gatewayctl init\" "
			       "takes it as it is",
			       path, found == WITNESS_NONE ? "missing" : "damaged", s->where);
	if (standing_read(s, &s->standing, e) < 0 || compare_beneath(s, e) < 0 ||
	    compare(s, path, &seen, e) < 0)
		return -1;
	if (mode == STORE_READ)
		return 0;
	if (witness_open(&s->witness, path, e) < 0)
		return -1;
	standing_committed(s); /* it may be behind */
	return 0;
}

int standing_count(struct store *s, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_STANDING_COUNT, e);
	if (query_run_of(&q, "standing", 1) < 0)
		return -1;
	s->next = s->standing;
	if (standing_commits(s, &s->next.commits, e) < 0 || read_sequences(s, &s->next, e) < 0)
		return -1;
	return s->epoch_changed ? read_epochs(s, &s->next, e) : 0;
}

void standing_committed(struct store *s)
{
	s->epoch_changed = false;
	s->behind = !witness_write(&s->witness, &s->standing);
}

void standing_release(struct store *s)
{
	witness_close(&s->witness);
}

/* --- check --- */

void standing_check(struct store *s, struct buf *ret_findings)
{
	char *path MEM_AUTO = standing_path(s->where);
	struct witness_state seen = { 0 };
	struct err e = { 0 };

	if (!s->ops->is_file)
		return;
	if (witness_read(path, &seen) != WITNESS_FOUND)
		buf_addf(ret_findings, "companion %s: missing or damaged\n", path);
	else if (compare(s, path, &seen, &e) < 0)
		buf_addf(ret_findings, "store: %s\n", e.text);
	else if (s->witness.fd >= 0 && (s->behind || seen.commits != s->standing.commits ||
					!witness_is_there(&s->witness, path)))
		buf_addf(ret_findings, "companion %s: is not the one that is written to\n", path);
}
