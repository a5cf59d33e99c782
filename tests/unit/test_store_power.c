/*
 * The power goes off at the Nth step of the disk, for every N.
 *
 * A layer between SQLite and the file keeps what was synced apart from what was only written.  When
 * the power goes, each write since the last sync is kept whole, kept in part or lost, by a seeded
 * coin.  Then the store is opened again: what was acknowledged must be there, all of a transaction
 * or nothing, and the check must find nothing.
 */
#include "tests/store/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "store/bulk.h"
#include "tests/store/image.h"

enum {
	COMMITS = 4,
	MAILS = 3,
	FILES = 4,
	LONG_MAIL = 20000, /* stands beside the store */
	STEPS_MAX = 20000,
};

static struct disk {
	struct image images[FILES];
	long step, stop_at;   /* 0: never */
	long writes, full_at; /* from that write on there is no room; 0: always */
	bool off;
	uint64_t coin;
} disk;

static uint64_t toss(void)
{
	disk.coin ^= disk.coin << 13;
	disk.coin ^= disk.coin >> 7;
	disk.coin ^= disk.coin << 17;
	return disk.coin;
}

/* Counts a step of the disk; false when the power is off. */
static bool step(void)
{
	if (!disk.off && ++disk.step == disk.stop_at)
		disk.off = true;
	return !disk.off;
}

/* A disk that lost its power has some of what was not synced. */
static int fate(void *ctx, const struct write *w)
{
	(void)ctx;
	switch (toss() % 3) {
	case 0: return w->n < 0 ? 0 : w->n;
	case 1: return w->n > 0 ? (int)(toss() % (uint64_t)w->n) : -1;
	default: return -1;
	}
}

/* --- the file beside the store: what was not synced is lost, or a part of it is there --- */

static char bulk_path[128];
static char synced[BULK_MARK_ROOM + 2 * COMMITS * LONG_MAIL];
static int64_t synced_n;

static bool is_bulk(int fd)
{
	char of[64], path[256] = "";

	snprintf(of, sizeof(of), "/proc/self/fd/%d", fd);
	return readlink(of, path, sizeof(path) - 1) > 0 && strcmp(path, bulk_path) == 0;
}

/* Of this program, SQLite's calls too: these come through the layer as well. */
int fdatasync(int fd)
{
	struct stat st;

	if (!is_bulk(fd))
		return (int)syscall(SYS_fdatasync, fd);
	if (!step()) {
		errno = EIO;
		return -1;
	}
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(st.st_size <= (off_t)sizeof(synced));
	assert_int_equal(pread(fd, synced, (size_t)st.st_size, 0), st.st_size);
	synced_n = st.st_size;
	return 0;
}

/* Of a mark that was written since, a part may be there as well. */
static void tear_marks(int fd)
{
	for (int64_t at = 0; at < BULK_MARK_ROOM && at < synced_n; at += BULK_MARK_STEP) {
		int64_t n = synced_n - at < BULK_MARK_STEP ? synced_n - at : BULK_MARK_STEP;
		char now[BULK_MARK_STEP];
		ssize_t got = pread(fd, now, (size_t)n, at);
		uint64_t part = toss() % 3 ? toss() % 512 : BULK_MARK_STEP;

		if (got > 0)
			memcpy(synced + at, now, (uint64_t)got < part ? (size_t)got : part);
	}
}

static void bulk_back(void)
{
	int fd = open(bulk_path, O_RDWR | O_CLOEXEC);
	struct stat st;
	int64_t part;

	if (fd < 0)
		return;
	assert_int_equal(fstat(fd, &st), 0);
	tear_marks(fd);
	part =
	    st.st_size > synced_n ? (int64_t)(toss() % (uint64_t)(st.st_size - synced_n + 1)) : 0;
	assert_int_equal(pwrite(fd, synced, (size_t)synced_n, 0), synced_n);
	assert_int_equal(ftruncate(fd, synced_n + part), 0);
	close(fd);
}

static void power_back(void)
{
	bulk_back();
	for (int i = 0; i < FILES && disk.images[i].path[0]; i++) {
		image_settle(&disk.images[i], fate, NULL);
		image_write(&disk.images[i]);
		image_forget(&disk.images[i]);
	}
	disk = (struct disk){ .coin = disk.coin };
}

/* --- the layer --- */

static sqlite3_vfs *real_vfs;

static int layer_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
	struct image *im = ((struct file *)f)->image;
	bool on = step();

	if (disk.full_at && ++disk.writes >= disk.full_at)
		return SQLITE_FULL;
	if (im && (on || disk.step == disk.stop_at)) /* the last one may get there in part */
		layer_in_parts(image_later, im, at, bytes, n);
	if (!on)
		return SQLITE_IOERR_WRITE;
	return real_of(f)->pMethods->xWrite(real_of(f), bytes, n, at);
}

static int layer_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct image *im = ((struct file *)f)->image;

	if (!step())
		return SQLITE_IOERR_TRUNCATE;
	if (im)
		image_later(im, size, NULL, -1);
	return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int layer_sync(sqlite3_file *f, int flags)
{
	struct image *im = ((struct file *)f)->image;

	(void)flags;
	if (!step())
		return SQLITE_IOERR_FSYNC;
	if (im)
		image_settle(im, NULL, NULL);
	return SQLITE_OK;
}

static const sqlite3_io_methods layer = {
	LAYER_HANDS_ON,	       .xClose = layer_close_real,  .xRead = layer_read_real,
	.xWrite = layer_write, .xTruncate = layer_truncate, .xSync = layer_sync,
};

static int layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct file *file = (struct file *)f;
	int code;

	(void)vfs;
	file->real = (sqlite3_file *)(file + 1);
	file->image = name ? image_of(disk.images, FILES, name) : NULL;
	code = real_vfs->xOpen(real_vfs, name, file->real, flags, out);
	f->pMethods = code == SQLITE_OK ? &layer : NULL;
	return code;
}

static int layer_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	struct image *im = image_of(disk.images, FILES, name);

	(void)vfs;
	if (!step())
		return SQLITE_IOERR_DELETE;
	image_settle(im, NULL, NULL);
	im->n = 0;
	return real_vfs->xDelete(real_vfs, name, sync_folder);
}

static void register_layer(void)
{
	static sqlite3_vfs vfs;

	if (real_vfs)
		return;
	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = "power";
	vfs.szOsFile = (int)sizeof(struct file) + real_vfs->szOsFile;
	vfs.xOpen = layer_open;
	vfs.xDelete = layer_delete;
	assert_int_equal(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}

/* --- what is done while the power goes off --- */

static int write_once(struct store *s, int n, struct err *e)
{
	struct store *txn STORE_TXN = s;
	static char raw[LONG_MAIL];
	struct store_case c = a_case();
	struct store_event ev = { .at = NOW, .type = SPAN("opened"), .data = SPAN("{}") };
	bool is_new;
	int64_t id;

	if (store_begin(txn, e) < 0 || store_case_open(txn, &c, &ev.case_number, e) < 0 ||
	    store_event_add(txn, &ev, e) < 0)
		return -1;
	for (int i = 0; i < MAILS; i++) {
		struct store_mail m = a_mail((uint32_t)(n * MAILS + i + 1), "");

		for (int k = 0; i == 0 && k < LONG_MAIL; k++) /* it does not pack */
			raw[k] = (char)(toss() >> 40);
		memcpy(raw, &m.location.uid, sizeof(m.location.uid));
		if (store_mail_keep(txn, &m, (struct span){ raw, i == 0 ? sizeof(raw) : 5000 }, &id,
				    &is_new, e) < 0)
			return -1;
	}
	return store_commit(txn, e);
}

/* Opens, commits twice and closes, as often as it goes; gives back how many commits it was told. */
static int work(struct fixture *f)
{
	int told = 0;

	while (told < COMMITS) {
		if (store_open(f->path, STORE_CREATE, &f->s, &f->e) < 0)
			return told;
		for (int i = 0; i < 2; i++) {
			if (write_once(f->s, told, &f->e) < 0)
				return told;
			told++;
		}
		store_close(&f->s);
	}
	return told;
}

static void look(struct fixture *f, long stopped_at, int told)
{
	struct store_counts c;
	struct buf findings BUF_AUTO;

	buf_init(&findings, 10000);
	fixture_open(f, STORE_CREATE);
	OK(f, store_count(f->s, &c, &f->e));
	if (c.cases < told || c.cases > told + 1 || c.mails != c.cases * MAILS)
		fail_msg("step %ld: %d commits told, %d cases, %d mails", stopped_at, told,
			 (int)c.cases, (int)c.mails);
	OK(f, store_check(f->s, &findings, &f->e));
	if (findings.n)
		fail_msg("step %ld: %s", stopped_at, buf_cstr(&findings));
	OK(f, write_once(f->s, (int)c.cases, &f->e));
	store_close(&f->s);
}

static void forget_files(struct fixture *f)
{
	char wal[128];

	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	fixture_forget(f);
	unlink(wal);
	snprintf(bulk_path, sizeof(bulk_path), "%s" BULK_TAIL, f->path);
	unlink(bulk_path);
	synced_n = 0;
	for (int i = 0; i < FILES; i++)
		image_forget(&disk.images[i]);
	disk = (struct disk){ .coin = 88172645463325252u };
}

static void what_was_acknowledged_outlives_the_power(void **state)
{
	struct fixture *f = *state;
	bool went_off = true;
	long stop;

	store_close(&f->s);
	register_layer();
	for (stop = 1; went_off && stop < STEPS_MAX; stop++) {
		int told;

		forget_files(f);
		disk.coin += (uint64_t)stop;
		disk.stop_at = stop;
		told = work(f);
		went_off = disk.off;
		assert_true(went_off || told == COMMITS);
		store_close(&f->s);
		power_back();
		look(f, stop, told);
	}
	assert_true(stop > 50 && stop < STEPS_MAX);
	forget_files(f);
}

/* Also while the log is copied into the file: it is as it was when there is room again. */
static void what_was_acknowledged_outlives_a_full_disk(void **state)
{
	struct fixture *f = *state;
	bool was_full = true;
	long at;

	store_close(&f->s);
	register_layer();
	for (at = 1; was_full && at < STEPS_MAX; at++) {
		int told;

		forget_files(f);
		disk.full_at = at;
		f->e.class = ERR_NONE;
		told = work(f);
		was_full = disk.writes >= at;
		assert_true(told == COMMITS || f->e.class == ERR_TEMP);
		store_close(&f->s);
		disk.full_at = 0;
		look(f, at, told);
	}
	assert_true(at > 10 && at < STEPS_MAX);
	forget_files(f);
}

/* After a failed fsync nothing may be tried again on the same connection. */
static void a_failed_sync_is_not_tried_again(void **state)
{
	struct fixture *f = *state;
	bool seen = false;

	store_close(&f->s);
	register_layer();
	for (long stop = 1; !seen; stop++) {
		forget_files(f);
		fixture_open(f, STORE_CREATE);
		disk.stop_at = disk.step + stop;
		REFUSED(f, ERR_TEMP, write_once(f->s, 0, &f->e));
		seen = strstr(f->e.text, "(SQLite 1034)"); /* SQLITE_IOERR_FSYNC */
		disk.off = false; /* the disk says that all is well again */
		disk.stop_at = 0;
		assert_int_equal(store_broken(f->s), seen || strstr(f->e.text, BULK_TAIL));
		if (seen) {
			struct store_counts c;

			REFUSED(f, ERR_TEMP, store_begin(f->s, &f->e));
			REFUSED(f, ERR_TEMP, store_count(f->s, &c, &f->e));
		}
		store_close(&f->s);
	}
	fixture_open(f, STORE_WRITE);
	OK(f, write_once(f->s, 1, &f->e));
	store_close(&f->s);
	forget_files(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_was_acknowledged_outlives_the_power),
		STORE_TEST(what_was_acknowledged_outlives_a_full_disk),
		STORE_TEST(a_failed_sync_is_not_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
