/* A store and the file beside it are opened together only where they are of one time. */
#include "tests/store/long.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

static const char *no_sync; /* of a file whose path has this: it fails */

/* Of this program, SQLite's calls too. */
int fdatasync(int fd)
{
	char of[64], path[256] = "";

	snprintf(of, sizeof(of), "/proc/self/fd/%d", fd);
	if (no_sync && readlink(of, path, sizeof(path) - 1) > 0 && strstr(path, no_sync)) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

/* --- states of a store: its files at one time --- */

static const char *const all_tails[] = { "", ".witness", BULK_TAIL };
enum { WITHOUT_BULK = 2, WITH_BULK };

static void save(struct fixture *f, const char *name)
{
	store_close(&f->s);
	for (int i = 0; i < WITH_BULK; i++)
		if (size_of_file(arena_printf(&f->a, "%s%s", f->path, all_tails[i])) >= 0)
			copy_to(f, all_tails[i], name);
	fixture_open(f, STORE_WRITE);
}

static void bring_one(struct fixture *f, const char *name, const char *tail)
{
	const char *from = arena_printf(&f->a, "%s/%s%s", f->folder, name, tail);

	unlink(arena_printf(&f->a, "%s%s", f->path, tail));
	if (size_of_file(from) >= 0)
		assert_int_equal(system(arena_printf(&f->a, "cp %s %s%s", from, f->path, tail)), 0);
}

static void bring(struct fixture *f, const char *name, int n)
{
	store_close(&f->s);
	for (int i = 0; i < n; i++)
		bring_one(f, name, all_tails[i]);
}

/* Neither way of opening takes it, nor does init, and no byte of the file is another afterwards. */
static void nothing_is_touched(struct fixture *f, const char *how)
{
	struct store_folders folders = { 0 };
	struct store_placed p;

	copy_to(f, BULK_TAIL, "before");
	refused_with(f, STORE_WRITE, how);
	refused_with(f, STORE_CREATE, BULK_TAIL);
	refused_with(f, STORE_READ, how);
	assert_non_null(strstr(f->e.text, "gatewayctl restore"));
	assert_int_equal(unlink(arena_printf(&f->a, "%s.witness", f->path)), 0);
	REFUSED(f, ERR_PERM, store_init(f->path, NOW, &folders, NULL, &p, &f->e));
	assert_non_null(strstr(f->e.text, how));
	assert_int_equal(
	    system(arena_printf(&f->a, "cmp %s %s/before" BULK_TAIL, bulk_path(f), f->folder)), 0);
	unlink(arena_printf(&f->a, "%s/before" BULK_TAIL, f->folder));
}

/* --- an older store --- */

static void an_older_store_leaves_the_file_of_a_newer_one(void **state)
{
	struct fixture *f = *state;
	int64_t first = kept_long(f, 1, LONG_MAIL), second;

	save(f, "old");
	second = kept_long(f, 2, LONG_MAIL);
	save(f, "new");
	bring(f, "old", WITHOUT_BULK);
	nothing_is_touched(f, "is newer than");
	bring(f, "new", WITHOUT_BULK);
	fixture_open(f, STORE_WRITE);
	comes_back(f, f->s, first, 1, LONG_MAIL);
	comes_back(f, f->s, second, 2, LONG_MAIL);
	is_sound(f, f->s);
}

/* Of what went the older one has the names still; some or all of the file may be cut off. */
static void an_older_store_does_not_read_what_went(void **state)
{
	struct fixture *f = *state;

	kept_long(f, 1, LONG_MAIL);
	finish(f, kept_long(f, 2, LONG_MAIL));
	save(f, "old");
	expire_all(f);
	bring(f, "old", WITHOUT_BULK);
	nothing_is_touched(f, "is newer than");
}

static void an_older_store_that_names_nothing_leaves_the_file(void **state)
{
	struct fixture *f = *state;
	int64_t id;

	save(f, "old");
	id = kept_long(f, 1, LONG_MAIL);
	save(f, "new");
	bring(f, "old", WITHOUT_BULK);
	nothing_is_touched(f, "is newer than");
	bring(f, "new", WITHOUT_BULK);
	fixture_open(f, STORE_WRITE);
	comes_back(f, f->s, id, 1, LONG_MAIL);
}

/* What was put into it between is another mail's, though it is as long. */
static void an_older_file_is_not_the_store_s(void **state)
{
	struct fixture *f = *state;
	int64_t id = kept_long(f, 1, LONG_MAIL);

	kept_long(f, 2, LONG_MAIL);
	finish(f, 2);
	save(f, "old");
	expire_all(f);
	open_again(f);
	id = kept_long(f, 3, LONG_MAIL);
	assert_int_equal(bytes_in(bulk_path(f)), 2 * LONG_MAIL);
	save(f, "new");
	bring(f, "new", WITHOUT_BULK);
	bring_one(f, "old", BULK_TAIL);
	nothing_is_touched(f, "is older than");
	bring(f, "new", WITH_BULK);
	fixture_open(f, STORE_WRITE);
	comes_back(f, f->s, id, 3, LONG_MAIL);
}

/* An older store that went on, and the newest comes back: both had so many commits. */
static void two_times_that_went_on_from_one_are_told_apart(void **state)
{
	struct fixture *f = *state;
	int64_t first = kept_long(f, 1, LONG_MAIL);

	save(f, "old");
	kept_long(f, 2, 100);
	kept_long(f, 3, 100);
	kept_long(f, 4, 100);
	save(f, "new");
	bring(f, "old", WITHOUT_BULK);
	fixture_open(f, STORE_WRITE); /* nothing was put into the file meanwhile */
	comes_back(f, f->s, first, 1, LONG_MAIL);
	kept_long(f, 5, LONG_MAIL);
	bring(f, "new", WITHOUT_BULK);
	nothing_is_touched(f, "is older than");
}

static void a_file_of_another_store_is_left(void **state)
{
	struct fixture *f = *state;

	kept_long(f, 1, LONG_MAIL);
	save(f, "one");
	store_close(&f->s);
	fixture_forget(f);
	fixture_open(f, STORE_CREATE);
	save(f, "empty");
	kept_long(f, 1, LONG_MAIL);
	store_close(&f->s);
	bring_one(f, "one", BULK_TAIL);
	nothing_is_touched(f, "is of another store than");
	bring(f, "empty", WITHOUT_BULK);
	nothing_is_touched(f, "is of another store than");
}

/* --- the way out --- */

static void restore_takes_an_older_store_and_keeps_the_newer_file(void **state)
{
	struct fixture *f = *state;
	int64_t first = kept_long(f, 1, LONG_MAIL), second, next;
	struct buf findings BUF_AUTO;
	struct store_placed p;

	buf_init(&findings, 10000);
	save(f, "old");
	second = kept_long(f, 2, LONG_MAIL);
	save(f, "new");
	bring(f, "old", WITHOUT_BULK);
	OK(f, restore(f, f->path, false, &findings, &p));
	assert_string_equal(buf_cstr(&findings), "");
	fixture_open(f, STORE_WRITE);
	assert_int_equal(bytes_in(bulk_path(f)), LONG_MAIL);
	next = kept_long(f, 3, LONG_MAIL);
	open_again(f);
	comes_back(f, f->s, first, 1, LONG_MAIL);
	comes_back(f, f->s, next, 3, LONG_MAIL);
	is_sound(f, f->s);
	store_close(&f->s);
	put_back(f, &p);
	bring(f, "new", WITHOUT_BULK);
	fixture_open(f, STORE_WRITE);
	comes_back(f, f->s, first, 1, LONG_MAIL);
	comes_back(f, f->s, second, 2, LONG_MAIL);
}

/* A backup is whole; it may go on where there is no file, or where its store's was moved away. */
static void a_backup_begins_a_file_of_its_own(void **state)
{
	struct fixture *f = *state;
	const char *backup = arena_printf(&f->a, "%s/backup", f->folder);
	struct buf findings BUF_AUTO;
	struct store_placed p;
	int64_t next;

	buf_init(&findings, 10000);
	kept_long(f, 1, LONG_MAIL);
	fixture_backup(f, backup);
	store_close(&f->s);
	OK(f, restore(f, backup, false, &findings, &p));
	fixture_open(f, STORE_WRITE);
	begin(f);
	keep_long(f, 2, LONG_MAIL);
	open_again(f); /* before its first commit */
	next = kept_long(f, 3, LONG_MAIL);
	open_again(f);
	comes_back(f, f->s, 1, 1, LONG_MAIL);
	comes_back(f, f->s, next, 3, LONG_MAIL);
	assert_int_equal(bytes_in(bulk_path(f)), LONG_MAIL);
	assert_int_equal(system(arena_printf(&f->a, "rm -rf %s.replaced-*", f->path)), 0);
}

/* --- what a crash leaves --- */

static void tear_newest(int fd)
{
	char zeros[100] = { 0 };
	struct bulk_mark mark;
	struct bulk_marks m;

	assert_true(bulk_marks_read(&m, fd, 0, &mark));
	assert_int_equal(pwrite(fd, zeros, sizeof(zeros), m.at * BULK_MARK_STEP + 50),
			 sizeof(zeros));
}

/* The power goes, and what the mark says behind a COMMIT is lost; or half of it is there. */
static void a_mark_that_is_torn_has_another(void **state)
{
	struct fixture *f = *state;
	int64_t ids[8];

	for (uint32_t i = 0; i < 8; i++) {
		struct bulk_mark mark;
		struct bulk_marks m;

		ids[i] = kept_long(f, i, LONG_MAIL);
		tear_newest(f->s->bulk.fd);
		assert_true(bulk_marks_read(&m, f->s->bulk.fd, 0, &mark)); /* before the COMMIT */
		assert_false(mark.stands);
		assert_true(mark.number == f->s->bulk.state.number);
		if (i % 2)
			open_again(f);
		for (uint32_t k = 0; k <= i; k++)
			comes_back(f, f->s, ids[k], k, LONG_MAIL);
	}
}

/* The other one is as it was before the last COMMIT, so the first write after it goes there. */
static void a_mark_that_alone_fits_is_not_written_over(void **state)
{
	struct fixture *f = *state;
	char before[BULK_MARK_STEP];
	struct bulk_mark mark;
	struct bulk_marks m;
	int fd;

	kept_long(f, 1, LONG_MAIL);
	assert_true(bulk_marks_read(&m, f->s->bulk.fd, 0, &mark));
	assert_int_equal(pread(f->s->bulk.fd, before, sizeof(before), (1 - m.at) * BULK_MARK_STEP),
			 sizeof(before));
	kept_long(f, 2, LONG_MAIL);
	fd = dup(f->s->bulk.fd);
	store_close(&f->s);
	assert_int_equal(pwrite(fd, before, sizeof(before), (1 - m.at) * BULK_MARK_STEP),
			 sizeof(before));
	fixture_open(f, STORE_WRITE);
	store_close(&f->s);
	tear_newest(fd);
	close(fd);
	fixture_open(f, STORE_WRITE);
	comes_back(f, f->s, 2, 2, LONG_MAIL);
}

/* Then nobody knows whose it is. */
static void a_file_without_its_mark_is_left(void **state)
{
	static const char zeros[BULK_MARK_ROOM];
	struct fixture *f = *state;
	int fd;

	kept_long(f, 1, LONG_MAIL);
	store_close(&f->s);
	fd = open(bulk_path(f), O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, zeros, sizeof(zeros), 0), sizeof(zeros));
	close(fd);
	nothing_is_touched(f, "is not that of");
}

/* The making of it was cut off: it may be as long as its mark, which is not there. */
static void a_file_that_was_begun_is_begun_again(void **state)
{
	struct fixture *f = *state;

	for (int64_t size = 0; size <= BULK_MARK_ROOM; size += BULK_MARK_ROOM / 2) {
		int64_t id;
		int fd;

		store_close(&f->s);
		fixture_forget(f);
		fixture_open(f, STORE_CREATE);
		store_close(&f->s);
		fd = open(bulk_path(f), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		assert_int_equal(ftruncate(fd, size), 0);
		close(fd);
		fixture_open(f, STORE_WRITE);
		id = kept_long(f, 1, LONG_MAIL);
		open_again(f);
		comes_back(f, f->s, id, 1, LONG_MAIL);
		assert_int_equal(bytes_in(bulk_path(f)), LONG_MAIL);
	}
}

/* A COMMIT that failed may stand in the log all the same, when the process ends there. */
static void of_a_commit_that_nobody_knows_of_the_bytes_stay(void **state)
{
	static const char *const tails[] = { "", "-wal", ".witness", BULK_TAIL };
	struct fixture *f = *state;
	struct store *s = NULL;
	struct store_counts c;

	kept_long(f, 1, LONG_MAIL);
	begin(f);
	keep_long(f, 2, LONG_MAIL);
	no_sync = "-wal";
	REFUSED(f, ERR_TEMP, store_commit(f->s, &f->e));
	no_sync = NULL;
	assert_true(store_broken(f->s));
	for (int i = 0; i < 4; i++)
		copy_to(f, tails[i], "left");
	OK(f, store_open(arena_printf(&f->a, "%s/left", f->folder), STORE_WRITE, &s, &f->e));
	OK(f, store_count(s, &c, &f->e));
	assert_int_equal(c.mails, 2);
	comes_back(f, s, 1, 1, LONG_MAIL);
	comes_back(f, s, 2, 2, LONG_MAIL);
	is_sound(f, s);
	store_close(&s);
}

/* Before there were marks: nothing tells whose the bytes behind the end are. */
static void of_a_file_that_has_no_mark_nothing_is_cut_off(void **state)
{
	static const char more[3 * LONG_MAIL] = "another's";
	struct fixture *f = *state;
	int64_t old, next;
	int fd;

	f->s->bulk.fd = open(bulk_path(f), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	old = kept_long(f, 1, LONG_MAIL);
	assert_int_equal(size_of_file(bulk_path(f)), LONG_MAIL);
	store_close(&f->s);
	fd = open(bulk_path(f), O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, more, sizeof(more), LONG_MAIL), sizeof(more));
	close(fd);
	fixture_open(f, STORE_WRITE);
	next = kept_long(f, 2, LONG_MAIL);
	open_again(f);
	comes_back(f, f->s, old, 1, LONG_MAIL);
	comes_back(f, f->s, next, 2, LONG_MAIL);
	assert_int_equal(size_of_file(bulk_path(f)), 5 * LONG_MAIL);
	is_sound(f, f->s);
}

/* --- what is no file --- */

static void a_link(struct fixture *f, const char *path)
{
	assert_int_equal(symlink(arena_printf(&f->a, "%s/away", f->folder), path), 0);
}

static void a_link_to_nothing(struct fixture *f, const char *path)
{
	(void)f;
	assert_int_equal(symlink("nothing", path), 0);
}

static void a_folder(struct fixture *f, const char *path)
{
	(void)f;
	assert_int_equal(mkdir(path, 0700), 0);
}

static void a_pipe(struct fixture *f, const char *path)
{
	(void)f;
	assert_int_equal(mkfifo(path, 0600), 0);
}

static void a_socket(struct fixture *f, const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)f;
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
}

/* Each way of opening names it, says what it is and what to do; then it is done. */
static void what_is_no_file_is_refused_with_the_cure(void **state)
{
	static const struct {
		void (*make)(struct fixture *f, const char *path);
		const char *is;
	} rows[] = {
		{ a_link, "is a symbolic link" },    { a_link_to_nothing, "is a symbolic link" },
		{ a_folder, "is a folder" },	     { a_pipe, "is a device or pipe" },
		{ a_socket, "is a device or pipe" },
	};
	static const enum store_mode modes[] = { STORE_WRITE, STORE_CREATE, STORE_READ };
	struct fixture *f = *state;
	const char *away = arena_printf(&f->a, "%s/away", f->folder);
	int64_t id = kept_long(f, 1, LONG_MAIL);

	store_close(&f->s);
	assert_int_equal(rename(bulk_path(f), away), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		rows[i].make(f, bulk_path(f));
		for (size_t k = 0; k < sizeof(modes) / sizeof(*modes); k++) {
			refused_with(f, modes[k], bulk_path(f));
			assert_non_null(strstr(f->e.text, rows[i].is));
			assert_non_null(strstr(f->e.text, "move it away, and put it back"));
		}
		assert_int_equal(remove(bulk_path(f)), 0);
	}
	assert_int_equal(rename(away, bulk_path(f)), 0);
	fixture_open(f, STORE_WRITE);
	comes_back(f, f->s, id, 1, LONG_MAIL);
}

/* --- while the store is open --- */

static void a_file_that_came_meanwhile_is_left(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "");
	bool is_new;
	int64_t id;
	int fd = open(bulk_path(f), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, "another's", 9), 9);
	close(fd);
	begin(f);
	REFUSED(f, ERR_TEMP,
		store_mail_keep(f->s, &m, long_mail(1, LONG_MAIL), &id, &is_new, &f->e));
	assert_non_null(strstr(f->e.text, "move it away"));
	store_rollback(f->s);
	assert_int_equal(size_of_file(bulk_path(f)), 9);
	REFUSED(f, ERR_TEMP, store_stands(f->s, &f->e));
	unlink(bulk_path(f));
	OK(f, store_stands(f->s, &f->e));
	id = kept_long(f, 1, LONG_MAIL);
	comes_back(f, f->s, id, 1, LONG_MAIL);
}

static void nothing_is_put_into_a_file_that_is_gone(void **state)
{
	struct fixture *f = *state;
	int64_t first = kept_long(f, 1, LONG_MAIL), id;
	const char *away = arena_printf(&f->a, "%s/away", f->folder);

	assert_int_equal(rename(bulk_path(f), away), 0);
	REFUSED(f, ERR_TEMP, store_stands(f->s, &f->e));
	assert_non_null(strstr(f->e.text, "is gone"));
	comes_back(f, f->s, first, 1, LONG_MAIL);
	begin(f);
	keep_long(f, 2, LONG_MAIL);
	REFUSED(f, ERR_TEMP, store_commit(f->s, &f->e));
	assert_non_null(strstr(f->e.text, "is gone"));
	kept_long(f, 3, 100); /* stands in its row */
	assert_int_equal(system(arena_printf(&f->a, "cp %s %s", away, bulk_path(f))), 0);
	REFUSED(f, ERR_TEMP, store_stands(f->s, &f->e));
	assert_non_null(strstr(f->e.text, "is another one"));
	assert_int_equal(unlink(bulk_path(f)), 0);
	assert_int_equal(symlink(away, bulk_path(f)), 0);
	REFUSED(f, ERR_TEMP, store_stands(f->s, &f->e));
	assert_int_equal(rename(away, bulk_path(f)), 0);
	OK(f, store_stands(f->s, &f->e));
	id = kept_long(f, 4, LONG_MAIL);
	open_again(f);
	comes_back(f, f->s, first, 1, LONG_MAIL);
	comes_back(f, f->s, id, 4, LONG_MAIL);
}

/* By a tool that knows nothing of it: a copy over it, or what cuts logs. */
static void nothing_is_put_into_a_file_that_was_written_over(void **state)
{
	struct fixture *f = *state;
	int64_t first = kept_long(f, 1, LONG_MAIL);
	const char *other = arena_printf(&f->a, "%s/old%s", f->folder, BULK_TAIL);
	struct buf raw BUF_AUTO;

	buf_init(&raw, SIZE_MAX);
	save(f, "old");
	kept_long(f, 2, LONG_MAIL);
	save(f, "new");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(system(i ? arena_printf(&f->a, "true > %s", bulk_path(f))
					  : arena_printf(&f->a, "truncate -s %d %s && cat %s > %s",
							 BULK_MARK_ROOM + 2 * LONG_MAIL, other,
							 other, bulk_path(f))),
				 0);
		REFUSED(f, ERR_TEMP, store_stands(f->s, &f->e));
		assert_non_null(strstr(f->e.text, "cut off or written over"));
		begin(f);
		keep_long(f, 3, LONG_MAIL);
		REFUSED(f, ERR_TEMP, store_commit(f->s, &f->e));
		store_close(&f->s);
		refused_with(f, STORE_WRITE, i ? "not that of" : "is older than");
		bring(f, "new", WITH_BULK);
		fixture_open(f, STORE_WRITE);
	}
	comes_back(f, f->s, first, 1, LONG_MAIL);
	assert_int_equal(truncate(bulk_path(f), BULK_MARK_ROOM), 0);
	REFUSED(f, ERR_TEMP, store_stands(f->s, &f->e));
	REFUSED(f, ERR_PERM, store_mail_raw(f->s, 2, &raw, &f->e));
	assert_non_null(strstr(f->e.text, "not in the file beside the store"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(an_older_store_leaves_the_file_of_a_newer_one),
		STORE_TEST(an_older_store_does_not_read_what_went),
		STORE_TEST(an_older_store_that_names_nothing_leaves_the_file),
		STORE_TEST(an_older_file_is_not_the_store_s),
		STORE_TEST(two_times_that_went_on_from_one_are_told_apart),
		STORE_TEST(a_file_of_another_store_is_left),
		STORE_TEST(restore_takes_an_older_store_and_keeps_the_newer_file),
		STORE_TEST(a_backup_begins_a_file_of_its_own),
		STORE_TEST(a_mark_that_is_torn_has_another),
		STORE_TEST(a_mark_that_alone_fits_is_not_written_over),
		STORE_TEST(a_file_without_its_mark_is_left),
		STORE_TEST(a_file_that_was_begun_is_begun_again),
		STORE_TEST(of_a_commit_that_nobody_knows_of_the_bytes_stay),
		STORE_TEST(of_a_file_that_has_no_mark_nothing_is_cut_off),
		STORE_TEST(what_is_no_file_is_refused_with_the_cure),
		STORE_TEST(a_file_that_came_meanwhile_is_left),
		STORE_TEST(nothing_is_put_into_a_file_that_is_gone),
		STORE_TEST(nothing_is_put_into_a_file_that_was_written_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
