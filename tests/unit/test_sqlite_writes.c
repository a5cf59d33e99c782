/*
 * What SQLite writes side by side reaches the file in few calls, and a call that fails is heard of
 * before anybody counts on what it was to write.
 */
#include "tests/store/fixture.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include "store/sqlite_writes.h"
#include "tests/store/layer.h"

enum { MAILS = 32, RAW = 15000, PAGE = 4096 }; /* mails that stand in their rows (extent.h) */

/* What is done to the files below. */
static struct calls {
	int writes, syncs;
	int64_t bytes;
	int refused; /* writes of nothing but zeros, when no_zeros */
	int over;    /* such writes to the log before the end of what was written to it */
	sqlite3_file *log;
	int64_t log_end;
	bool full, no_zeros;
} calls;

static sqlite3_vfs *real_vfs;

static bool is_zeros(const char *bytes, int n)
{
	return bytes[0] == '\0' && memcmp(bytes, bytes + 1, (size_t)n - 1) == 0;
}

static int layer_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
	if (calls.full)
		return SQLITE_FULL;
	if (calls.no_zeros && is_zeros(bytes, n)) {
		calls.refused++;
		return SQLITE_FULL;
	}
	if (f == calls.log && is_zeros(bytes, n))
		calls.over += at < calls.log_end;
	else if (f == calls.log && at + n > calls.log_end)
		calls.log_end = at + n;
	calls.writes++;
	calls.bytes += n;
	return real_of(f)->pMethods->xWrite(real_of(f), bytes, n, at);
}

static int layer_sync(sqlite3_file *f, int flags)
{
	calls.syncs++;
	return real_of(f)->pMethods->xSync(real_of(f), flags);
}

static const sqlite3_io_methods layer = {
	LAYER_HANDS_ON,	       .xClose = layer_close_real,	 .xRead = layer_read_real,
	.xWrite = layer_write, .xTruncate = layer_truncate_real, .xSync = layer_sync,
};

static int layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct file *file = (struct file *)f;
	int code;

	(void)vfs;
	file->real = (sqlite3_file *)(file + 1);
	code = real_vfs->xOpen(real_vfs, name, file->real, flags, out);
	f->pMethods = code == SQLITE_OK ? &layer : NULL;
	if (flags & SQLITE_OPEN_WAL) {
		calls.log = f;
		calls.log_end = 0;
	}
	return code;
}

static void over_the_layer(struct fixture *f)
{
	static sqlite3_vfs vfs;

	store_close(&f->s);
	if (!real_vfs) {
		real_vfs = sqlite3_vfs_find(NULL);
		vfs = *real_vfs;
		vfs.zName = "calls";
		vfs.szOsFile = (int)sizeof(struct file) + real_vfs->szOsFile;
		vfs.xOpen = layer_open;
		assert_int_equal(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
	}
	calls = (struct calls){ 0 };
	fixture_open(f, STORE_WRITE);
}

/* Each of another content, which does not pack. */
static int keep_many(struct fixture *f, uint32_t from, int n)
{
	struct store *txn STORE_TXN = f->s;
	static uint8_t raw[RAW];
	bool is_new;
	int64_t id;

	if (store_begin(txn, &f->e) < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		struct store_mail m = a_mail(from + (uint32_t)i, "");

		crypto_random(raw, sizeof(raw));
		if (store_mail_keep(txn, &m, (struct span){ (char *)raw, sizeof(raw) }, &id,
				    &is_new, &f->e) < 0)
			return -1;
	}
	return store_commit(txn, &f->e);
}

static int64_t mails(struct fixture *f)
{
	struct store_counts c;

	OK(f, store_count(f->s, &c, &f->e));
	return c.mails;
}

static void pages_of_a_commit_are_written_together(void **state)
{
	struct fixture *f = *state;

	over_the_layer(f);
	OK(f, keep_many(f, MAILS + 1, 1)); /* begins the log */
	calls = (struct calls){ 0 };
	OK(f, keep_many(f, 1, MAILS));
	assert_true(calls.bytes > (int64_t)MAILS * RAW);
	if (calls.writes > calls.bytes / PAGE / 8)
		fail_msg("%d writes for %lld bytes", calls.writes, (long long)calls.bytes);
	assert_int_equal(calls.syncs, 1);
	assert_int_equal(mails(f), MAILS + 1);
}

static void pages_of_a_checkpoint_are_written_together(void **state)
{
	struct fixture *f = *state;

	over_the_layer(f);
	OK(f, keep_many(f, 1, 16 * MAILS));
	calls = (struct calls){ 0 };
	store_close(&f->s); /* copies all of its log */
	assert_true(calls.bytes > (int64_t)MAILS * RAW);
	if (calls.writes > calls.bytes / PAGE / 8)
		fail_msg("%d writes for %lld bytes", calls.writes, (long long)calls.bytes);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(mails(f), 16 * MAILS);
}

static int64_t log_size(const struct fixture *f)
{
	char path[200];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", f->path);
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* How often the log became longer in so many commits. */
static int grown(struct fixture *f, uint32_t from, int commits)
{
	int64_t size = log_size(f);
	int n = 0;

	for (int i = 0; i < commits; i++) {
		OK(f, keep_many(f, from + (uint32_t)i, 1));
		n += log_size(f) != size;
		size = log_size(f);
	}
	return n;
}

/* An fsync of a file that became longer is one of its inode, too. */
static void a_long_log_becomes_longer_in_few_steps(void **state)
{
	enum { COMMITS = 64 };
	struct fixture *f = *state;
	int64_t before;

	over_the_layer(f);
	assert_int_equal(grown(f, 1, 4), 4); /* a short one by what is written */
	OK(f, keep_many(f, 5, MAILS));
	before = log_size(f);
	assert_in_range(grown(f, 5 + MAILS, COMMITS), 1, COMMITS / 4);
	assert_true(log_size(f) > before + (int64_t)COMMITS * RAW);
	assert_int_equal(mails(f), 4 + MAILS + COMMITS);
}

static void a_disk_without_room_ahead_takes_what_it_has_room_for(void **state)
{
	enum { COMMITS = 64 };
	struct fixture *f = *state;

	over_the_layer(f);
	OK(f, keep_many(f, 1, MAILS));
	calls.no_zeros = true;
	assert_in_range(grown(f, 1 + MAILS, COMMITS), COMMITS / 2, COMMITS);
	assert_in_range(calls.refused, 1, COMMITS / 4);
	assert_false(store_broken(f->s));
	store_close(&f->s);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(mails(f), MAILS + COMMITS);
}

/* SQLite writes a page of the log again that was written before in its transaction, and then the
 * checksums behind it: what was written last is not the end. */
static void room_is_taken_behind_all_that_was_written(void **state)
{
	struct fixture *f = *state;
	sqlite3_vfs vfs;
	sqlite3 *db;

	over_the_layer(f);
	store_close(&f->s);
	fixture_forget(f);
	fclose(fopen(f->path, "w"));
	calls = (struct calls){ 0 };
	assert_int_equal(sqlite_writes_open(f->path, &vfs, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
				      "PRAGMA synchronous = FULL; PRAGMA cache_size = 10;"
				      "CREATE TABLE t (id INTEGER PRIMARY KEY, x BLOB); BEGIN;"
				      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 "
				      "FROM n WHERE i < 200)"
				      "INSERT INTO t SELECT i, randomblob(3900) FROM n;"
				      "UPDATE t SET x = randomblob(3900) WHERE id < 50; COMMIT",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_true(calls.log_end > 200 * PAGE);
	assert_int_equal(calls.over, 0);
	sqlite3_close(db);
	sqlite_writes_release(&vfs);
	fixture_forget(f);
	fixture_open(f, STORE_CREATE);
}

/* A transaction that does not fit into the cache reads what it wrote, some of it not written yet.
 */
static void what_is_gathered_is_read(void **state)
{
	struct fixture *f = *state;
	struct buf findings BUF_AUTO;

	buf_init(&findings, 10000);
	over_the_layer(f);
	OK(f, keep_many(f, 1, 64 * MAILS));
	assert_int_equal(calls.over, 0);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_int_equal(findings.n, 0);
	assert_int_equal(mails(f), 64 * MAILS);
}

static void a_write_that_fails_fails_the_commit(void **state)
{
	struct fixture *f = *state;
	struct buf findings BUF_AUTO;

	buf_init(&findings, 10000);
	over_the_layer(f);
	OK(f, keep_many(f, 1, 1));
	calls.full = true;
	REFUSED(f, ERR_TEMP, keep_many(f, 2, MAILS));
	REFUSED(f, ERR_TEMP, keep_many(f, 2, 1));
	assert_int_equal(mails(f), 1);
	calls.full = false;
	assert_false(store_broken(f->s));
	OK(f, keep_many(f, 2, MAILS));
	store_close(&f->s);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(mails(f), 1 + MAILS);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_int_equal(findings.n, 0);
}

/* Its migrations are one commit, not one each. */
static void a_new_store_is_made_by_few_syncs(void **state)
{
	struct fixture *f = *state;

	over_the_layer(f);
	store_close(&f->s);
	fixture_forget(f);
	calls = (struct calls){ 0 };
	fixture_open(f, STORE_CREATE);
	assert_in_range(calls.syncs, 1, 12);
	assert_int_equal(mails(f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(pages_of_a_commit_are_written_together),
		STORE_TEST(pages_of_a_checkpoint_are_written_together),
		STORE_TEST(a_long_log_becomes_longer_in_few_steps),
		STORE_TEST(a_disk_without_room_ahead_takes_what_it_has_room_for),
		STORE_TEST(room_is_taken_behind_all_that_was_written),
		STORE_TEST(what_is_gathered_is_read),
		STORE_TEST(a_write_that_fails_fails_the_commit),
		STORE_TEST(a_new_store_is_made_by_few_syncs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
