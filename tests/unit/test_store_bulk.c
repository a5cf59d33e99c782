/* What is long stands in a file beside the store, once, and goes with what names it. */
#include "tests/store/long.h"
#include "tests/unit/file_limit.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "store/store_transfer.h"

static bool no_sync;

/* Of this program, SQLite's calls too. */
int fdatasync(int fd)
{
	char of[64], path[256] = "";

	snprintf(of, sizeof(of), "/proc/self/fd/%d", fd);
	if (no_sync && readlink(of, path, sizeof(path) - 1) > 0 && strstr(path, BULK_TAIL)) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

static int holes;

/* What is freed on the disk was overwritten there. */
int fallocate(int fd, int mode, off_t at, off_t n)
{
	char first = 1, last = 1;

	assert_int_equal(pread(fd, &first, 1, at), 1);
	assert_int_equal(pread(fd, &last, 1, at + n - 1), 1);
	assert_true(first == 0 && last == 0);
	holes++;
	return (int)syscall(SYS_fallocate, fd, mode, at, n);
}

/* Whether the bytes of the mail are anywhere in the file. */
static bool has_bytes(const char *path, uint32_t uid, size_t n)
{
	struct span wanted = span_sub(long_mail(uid, n), n / 2, 64);
	int64_t size = size_of_file(path);
	char *all = calloc(1, (size_t)size + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool found;

	assert_int_equal(pread(fd, all, (size_t)size, 0), size);
	found = span_find((struct span){ all, (size_t)size }, wanted) != SIZE_MAX;
	close(fd);
	free(all);
	return found;
}

static void a_long_mail_stands_beside_the_store_and_comes_back(void **state)
{
	static const size_t sizes[] = { LONG_MAIL, PIECES_MAIL, 100 };
	struct fixture *f = *state;
	int64_t ids[3];
	struct stat st;

	assert_int_equal(size_of_file(bulk_path(f)), -1);
	begin(f);
	for (uint32_t i = 0; i < 3; i++)
		ids[i] = keep_long(f, i, sizes[i]);
	commit(f);
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < 3; i++)
			comes_back(f, f->s, ids[i], i, sizes[i]);
		is_sound(f, f->s);
		open_again(f);
	}
	assert_int_equal(stat(bulk_path(f), &st), 0);
	assert_int_equal(st.st_size, BULK_MARK_ROOM + LONG_MAIL + PIECES_MAIL);
	assert_int_equal(st.st_mode & 0777, 0600);
	store_close(&f->s);
	assert_true(size_of_file(f->path) < PIECES_MAIL);
	assert_false(has_bytes(f->path, 0, LONG_MAIL));
}

static void what_is_rolled_back_is_written_over(void **state)
{
	struct fixture *f = *state;
	int64_t first, second;

	begin(f);
	keep_long(f, 1, LONG_MAIL);
	store_rollback(f->s);
	assert_int_equal(bytes_in(bulk_path(f)), 0); /* nobody reads it there */
	first = kept_long(f, 2, LONG_MAIL);
	assert_int_equal(bytes_in(bulk_path(f)), LONG_MAIL);
	begin(f);
	OK(f, store_mark(f->s, &f->e));
	keep_long(f, 3, LONG_MAIL);
	OK(f, store_back_to_mark(f->s, &f->e));
	assert_int_equal(bytes_in(bulk_path(f)), LONG_MAIL);
	second = keep_long(f, 4, LONG_MAIL);
	commit(f);
	assert_int_equal(bytes_in(bulk_path(f)), 2 * LONG_MAIL);
	comes_back(f, f->s, first, 2, LONG_MAIL);
	comes_back(f, f->s, second, 4, LONG_MAIL);
	is_sound(f, f->s);
}

static void a_mark_of_another_transaction_cuts_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t id;

	begin(f);
	OK(f, store_mark(f->s, &f->e));
	id = keep_long(f, 1, LONG_MAIL);
	commit(f);
	begin(f);
	(void)keep_long(f, 2, LONG_MAIL);
	assert_int_equal(store_back_to_mark(f->s, &f->e), -1);
	store_rollback(f->s);
	comes_back(f, f->s, id, 1, LONG_MAIL);
}

static void what_was_not_committed_is_cut_off(void **state)
{
	struct fixture *f = *state;
	int64_t id = kept_long(f, 1, LONG_MAIL);

	begin(f);
	(void)keep_long(f, 2, LONG_MAIL);
	assert_int_equal(bytes_in(bulk_path(f)), 2 * LONG_MAIL);
	open_again(f);
	assert_int_equal(bytes_in(bulk_path(f)), LONG_MAIL);
	comes_back(f, f->s, id, 1, LONG_MAIL);
}

static void of_what_goes_nothing_is_left(void **state)
{
	struct fixture *f = *state;
	int64_t gone = kept_long(f, 1, LONG_MAIL), stays = kept_long(f, 2, LONG_MAIL);

	finish(f, gone);
	assert_true(has_bytes(bulk_path(f), 1, LONG_MAIL));
	expire_all(f);
	assert_int_equal(holes, 1);
	assert_false(has_bytes(bulk_path(f), 1, LONG_MAIL));
	assert_true(has_bytes(bulk_path(f), 2, LONG_MAIL));
	comes_back(f, f->s, stays, 2, LONG_MAIL);
	open_again(f);
	is_sound(f, f->s);
	assert_int_equal(bytes_in(bulk_path(f)), 2 * LONG_MAIL);
}

/* As if the process had ended behind the commit. */
static void what_was_not_emptied_is_when_it_is_opened(void **state)
{
	struct fixture *f = *state;

	finish(f, kept_long(f, 1, LONG_MAIL));
	kept_long(f, 2, LONG_MAIL);
	f->s->extents_copied = true;
	expire_all(f);
	assert_true(has_bytes(bulk_path(f), 1, LONG_MAIL));
	open_again(f);
	assert_false(has_bytes(bulk_path(f), 1, LONG_MAIL));
	finish(f, 2);
	expire_all(f);
	open_again(f);
	assert_int_equal(bytes_in(bulk_path(f)), 0);
}

/* The transaction may still be lost, and the mail is there then. */
static void what_goes_in_a_deferred_transaction_stays_until_its_commit(void **state)
{
	struct fixture *f = *state;
	struct store_expiry slice = { .before = NOW + 1, .limit = 100, .bytes = 100 * MIB };
	int64_t id = kept_long(f, 1, LONG_MAIL);
	struct store_expired done;

	finish(f, id);
	begin(f);
	OK(f, store_mail_expire(f->s, &slice, &done, &f->e));
	OK(f, store_defer(f->s, &f->e));
	REFUSED(f, ERR_TEMP, store_person_compact(f->s, false, &f->e));
	assert_true(has_bytes(bulk_path(f), 1, LONG_MAIL));
	begin(f);
	store_rollback(f->s);
	comes_back(f, f->s, id, 1, LONG_MAIL);
}

static void a_store_without_the_file_is_refused_until_it_is_back(void **state)
{
	struct fixture *f = *state;
	int64_t id = kept_long(f, 1, LONG_MAIL);
	char aside[160];

	snprintf(aside, sizeof(aside), "%s/aside", f->folder);
	store_close(&f->s);
	assert_int_equal(rename(bulk_path(f), aside), 0);
	refused_with(f, STORE_WRITE, "store.db" BULK_TAIL " is gone");
	refused_with(f, STORE_READ, "gatewayctl restore");
	assert_int_equal(symlink(aside, bulk_path(f)), 0);
	refused_with(f, STORE_WRITE, BULK_TAIL);
	assert_int_equal(unlink(bulk_path(f)), 0);
	assert_int_equal(rename(aside, bulk_path(f)), 0);
	fixture_open(f, STORE_WRITE);
	comes_back(f, f->s, id, 1, LONG_MAIL);
	store_close(&f->s);
	assert_int_equal(truncate(bulk_path(f), BULK_MARK_ROOM + LONG_MAIL - 1), 0);
	refused_with(f, STORE_WRITE, "is shorter");
}

/* What goes while it is made is in it all the same. */
static void a_copy_is_one_whole_file(void **state)
{
	struct fixture *f = *state;
	int64_t ids[] = { kept_long(f, 1, LONG_MAIL), kept_long(f, 2, PIECES_MAIL) };
	struct store_copied copied;
	struct store *whole = NULL;
	struct store_copy *copy;
	char path[128];

	finish(f, ids[0]);
	snprintf(path, sizeof(path), "%s/copy.db", f->folder);
	OK(f, store_copy_begin(f->s, &copy, &f->e));
	do
		OK(f, store_copy_step(f->s, copy, 16, &copied, &f->e));
	while (copied.done < copied.total - (LONG_MAIL + PIECES_MAIL) / 4096 - 1);
	expire_all(f);
	while (store_copy_step(f->s, copy, 16, &copied, &f->e) == 1)
		assert_true(copied.done <= copied.total);
	assert_int_equal(copied.done, copied.total);
	fixture_copy_end(f, copy, path);
	store_close(&f->s);
	unlink(bulk_path(f));
	OK(f, store_open(path, STORE_COPY, &whole, &f->e));
	comes_back(f, whole, ids[1], 2, PIECES_MAIL);
	is_sound(f, whole);
	store_close(&whole);
}

static void what_goes_during_a_copy_is_emptied_behind_it(void **state)
{
	struct fixture *f = *state;
	struct store_copied copied;
	struct store_copy *copy;

	finish(f, kept_long(f, 1, LONG_MAIL));
	OK(f, store_copy_begin(f->s, &copy, &f->e));
	assert_int_equal(store_copy_step(f->s, copy, 1, &copied, &f->e), 1);
	expire_all(f);
	assert_true(has_bytes(bulk_path(f), 1, LONG_MAIL));
	REFUSED(f, ERR_TEMP, store_person_compact(f->s, false, &f->e)); /* no erasure is done now */
	OK(f, store_copy_end(f->s, &copy, NULL, &f->e));
	OK(f, store_person_compact(f->s, false, &f->e));
	assert_false(has_bytes(bulk_path(f), 1, LONG_MAIL));
}

/* Others wait for a step, however long a mail is. */
static void a_copy_moves_a_long_mail_in_pieces(void **state)
{
	enum { PAGES = 16 };
	struct fixture *f = *state;
	struct store_copied copied = { 0 };
	struct store *whole = NULL;
	struct store_copy *copy;
	char path[128];
	int64_t before, id;

	kept_long(f, 1, LONG_MAIL);
	id = kept_long(f, 2, PIECES_MAIL);
	snprintf(path, sizeof(path), "%s/copy.db", f->folder);
	for (int stop = 1; stop >= 0; stop--) {
		OK(f, store_copy_begin(f->s, &copy, &f->e));
		OK(f, store_copy_step(f->s, copy, PAGES, &copied, &f->e));
		do {
			before = copied.done;
			OK(f, store_copy_step(f->s, copy, PAGES, &copied, &f->e));
			assert_true(copied.done <= before + PAGES + 1 ||
				    copied.done == copied.total);
		} while (copied.done < copied.total - (stop ? PIECES_MAIL / 4096 / 2 : 0));
		if (stop)
			OK(f, store_copy_end(f->s, &copy, NULL, &f->e));
	}
	fixture_copy_end(f, copy, path);
	OK(f, store_open(path, STORE_COPY, &whole, &f->e));
	comes_back(f, whole, id, 2, PIECES_MAIL);
	is_sound(f, whole);
	store_close(&whole);
}

/* By somebody's hand, in the middle: all else is in the copy, and what is not is found. */
static void a_copy_goes_on_without_what_was_lost(void **state)
{
	struct fixture *f = *state;
	int64_t first = kept_long(f, 1, LONG_MAIL);
	struct buf findings BUF_AUTO;
	struct store_copied copied;
	struct store *whole = NULL;
	struct store_copy *copy;
	char path[128];

	buf_init(&findings, 10000);
	kept_long(f, 2, PIECES_MAIL);
	snprintf(path, sizeof(path), "%s/copy.db", f->folder);
	OK(f, store_copy_begin(f->s, &copy, &f->e));
	do
		OK(f, store_copy_step(f->s, copy, 16, &copied, &f->e));
	while (copied.done < copied.total - PIECES_MAIL / 4096 / 2);
	assert_int_equal(truncate(bulk_path(f), BULK_MARK_ROOM + LONG_MAIL), 0);
	OK(f, store_copy_step(f->s, copy, -1, &copied, &f->e));
	fixture_copy_end(f, copy, path);
	OK(f, store_open(path, STORE_COPY, &whole, &f->e));
	comes_back(f, whole, first, 1, LONG_MAIL);
	OK(f, store_check(whole, &findings, &f->e));
	assert_non_null(strstr(buf_cstr(&findings), "(mail 2"));
	assert_null(strstr(buf_cstr(&findings), "(mail 1"));
	store_close(&whole);
}

static void another_store_gets_the_bytes(void **state)
{
	struct fixture *f = *state;
	int64_t id = kept_long(f, 1, LONG_MAIL);
	struct store_transferred *v;
	struct store *to = NULL;
	struct store_transfer t;
	char path[128];
	size_t n;

	snprintf(path, sizeof(path), "%s/other.db", f->folder);
	t = (struct store_transfer){ .from = f->path,
				     .to = path,
				     .audit = { .at = NOW,
						.channel = AUDIT_STORE,
						.who = SPAN("uid:0"),
						.action = SPAN("store copy"),
						.detail = SPAN("") } };
	store_close(&f->s);
	OK(f, store_transfer(&t, &f->a, &v, &n, &f->e));
	OK(f, store_open(path, STORE_WRITE, &to, &f->e));
	comes_back(f, to, id, 1, LONG_MAIL);
	is_sound(f, to);
	store_close(&to);
}

/* A store of before there was such a file: what is in its rows is read, and goes, from there. */
static void what_an_older_program_kept_stays_in_its_row(void **state)
{
	struct fixture *f = *state;
	char *path = f->s->bulk.path;
	int64_t old, next;

	f->s->bulk.path = NULL;
	old = kept_long(f, 1, LONG_MAIL);
	f->s->bulk.path = path;
	next = kept_long(f, 2, LONG_MAIL);
	assert_int_equal(bytes_in(bulk_path(f)), LONG_MAIL);
	open_again(f);
	comes_back(f, f->s, old, 1, LONG_MAIL);
	comes_back(f, f->s, next, 2, LONG_MAIL);
	finish(f, old);
	expire_all(f);
	comes_back(f, f->s, next, 2, LONG_MAIL);
	is_sound(f, f->s);
}

/* --- restore --- */

/* The files of a store that is at rest are a backup, too; what was there may come back. */
static void the_files_of_a_store_take_its_place(void **state)
{
	struct fixture *f = *state;
	int64_t first = kept_long(f, 1, LONG_MAIL), second;
	struct buf findings BUF_AUTO;
	struct store_placed p;

	buf_init(&findings, 10000);
	store_close(&f->s);
	copy_to(f, "", "old");
	copy_to(f, BULK_TAIL, "old");
	fixture_open(f, STORE_WRITE);
	second = kept_long(f, 2, LONG_MAIL);
	store_close(&f->s);
	OK(f, restore(f, arena_printf(&f->a, "%s/old", f->folder), false, &findings, &p));
	assert_string_equal(buf_cstr(&findings), "");
	fixture_open(f, STORE_WRITE);
	comes_back(f, f->s, first, 1, LONG_MAIL);
	assert_int_equal(bytes_in(bulk_path(f)), LONG_MAIL);
	is_sound(f, f->s);
	store_close(&f->s);
	put_back(f, &p);
	fixture_open(f, STORE_WRITE);
	comes_back(f, f->s, first, 1, LONG_MAIL);
	comes_back(f, f->s, second, 2, LONG_MAIL);
}

/* Of the file alone all comes back but what is long, and each of these is named. */
static void a_store_that_lost_the_file_is_used_without_it(void **state)
{
	struct fixture *f = *state;
	struct buf findings BUF_AUTO, raw BUF_AUTO;
	int64_t lost = kept_long(f, 1, LONG_MAIL), kept = kept_long(f, 2, 100), next;
	struct store_placed p;

	buf_init(&findings, 10000);
	buf_init(&raw, SIZE_MAX);
	store_close(&f->s);
	copy_to(f, "", "old");
	OK(f, restore(f, arena_printf(&f->a, "%s/old", f->folder), true, &findings, &p));
	assert_non_null(strstr(buf_cstr(&findings), "not in the file beside the store (mail 1"));
	fixture_open(f, STORE_WRITE);
	comes_back(f, f->s, kept, 2, 100);
	(void)store_mail_raw(f->s, lost, &raw, &f->e);
	next = kept_long(f, 3, LONG_MAIL);
	comes_back(f, f->s, next, 3, LONG_MAIL);
	store_close(&f->s);
	put_back(f, &p);
	fixture_open(f, STORE_WRITE);
	comes_back(f, f->s, lost, 1, LONG_MAIL);
}

/* What init moved aside is another's than what a restore does. */
static void two_that_are_replaced_do_not_share_a_folder(void **state)
{
	struct fixture *f = *state;
	const char *backup = arena_printf(&f->a, "%s/backup", f->folder);
	struct store_folders folders = { 0 };
	struct buf findings BUF_AUTO;
	struct store_placed p;
	int64_t id;

	buf_init(&findings, 10000);
	kept_long(f, 1, LONG_MAIL);
	fixture_backup(f, backup);
	store_close(&f->s);
	assert_int_equal(unlink(f->path), 0);
	OK(f, store_init(f->path, NOW, &folders, NULL, &p, &f->e));
	rmdir(p.aside);
	fixture_open(f, STORE_WRITE);
	kept_long(f, 2, LONG_MAIL);
	id = kept_long(f, 3, LONG_MAIL);
	store_close(&f->s);
	OK(f, restore(f, backup, false, &findings, &p));
	put_back(f, &p);
	fixture_open(f, STORE_WRITE);
	comes_back(f, f->s, id, 3, LONG_MAIL);
	assert_int_equal(system(arena_printf(&f->a, "rm -rf %s.replaced-*", f->path)), 0);
}

static void no_store_is_begun_where_the_file_is_gone(void **state)
{
	struct fixture *f = *state;
	struct store_folders folders = { 0 };
	struct store_placed p;

	kept_long(f, 1, LONG_MAIL);
	store_close(&f->s);
	unlink(bulk_path(f));
	unlink(arena_printf(&f->a, "%s.witness", f->path));
	REFUSED(f, ERR_PERM, store_init(f->path, NOW, &folders, NULL, &p, &f->e));
	assert_non_null(strstr(f->e.text, BULK_TAIL " is gone"));
}

static void holes_are_no_bytes_of_a_restored_file(void **state)
{
	struct fixture *f = *state;
	struct buf findings BUF_AUTO;
	struct store_placed p;
	struct stat st;
	int64_t id;

	buf_init(&findings, 10000);
	id = kept_long(f, 1, PIECES_MAIL);
	kept_long(f, 2, LONG_MAIL);
	finish(f, id);
	expire_all(f);
	store_close(&f->s);
	copy_to(f, "", "old");
	assert_int_equal(
	    rename(bulk_path(f), arena_printf(&f->a, "%s/old%s", f->folder, BULK_TAIL)), 0);
	assert_int_equal(truncate(arena_printf(&f->a, "%s/old%s", f->folder, BULK_TAIL),
				  2 * PIECES_MAIL), /* what a crash may leave */
			 0);
	OK(f, restore(f, arena_printf(&f->a, "%s/old", f->folder), false, &findings, &p));
	assert_int_equal(stat(bulk_path(f), &st), 0);
	assert_int_equal(st.st_size, BULK_MARK_ROOM + PIECES_MAIL + LONG_MAIL);
	assert_true(st.st_blocks * 512 < PIECES_MAIL / 2);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(bytes_in(bulk_path(f)), PIECES_MAIL + LONG_MAIL);
	comes_back(f, f->s, 2, 2, LONG_MAIL);
	assert_int_equal(system(arena_printf(&f->a, "rm -rf %s.replaced-*", f->path)), 0);
}

static void a_file_that_was_moved_away_is_a_finding(void **state)
{
	struct fixture *f = *state;
	struct buf out BUF_AUTO;

	buf_init(&out, 10000);
	kept_long(f, 1, LONG_MAIL);
	assert_int_equal(rename(bulk_path(f), arena_printf(&f->a, "%s/away", f->folder)), 0);
	OK(f, store_check(f->s, &out, &f->e));
	assert_non_null(
	    strstr(buf_cstr(&out), "is gone, and long mails stand in the one that is written to"));
}

static void a_full_disk_takes_nothing_that_was_there(void **state)
{
	struct fixture *f = *state;
	int64_t first = kept_long(f, 1, PIECES_MAIL), id;
	rlim_t before = no_file_over(BULK_MARK_ROOM + PIECES_MAIL + LONG_MAIL / 2);
	struct store_mail m = a_mail(2, "");
	bool is_new;

	begin(f);
	REFUSED(f, ERR_TEMP,
		store_mail_keep(f->s, &m, long_mail(2, LONG_MAIL), &id, &is_new, &f->e));
	assert_non_null(strstr(f->e.text, "make room"));
	REFUSED(f, ERR_TEMP, store_commit(f->s, &f->e));
	no_file_over(before);
	assert_false(store_broken(f->s));
	id = kept_long(f, 2, LONG_MAIL);
	comes_back(f, f->s, first, 1, PIECES_MAIL);
	comes_back(f, f->s, id, 2, LONG_MAIL);
	open_again(f);
	is_sound(f, f->s);
}

/* --- what is said of commits and of room --- */

static struct buf said = { .max = 4096 };

static void say(void *ctx, enum store_commit_step step, const struct err *e)
{
	static const char *const names[] = { "begins", "stands", "empty", "failed" };

	(void)ctx;
	buf_addf(&said, "%s%s%s", said.n ? " " : "", names[step],
		 step == STORE_COMMIT_FAILED && !strstr(e->text, "make room") ? "?" : "");
}

static void was_said(const char *steps)
{
	assert_string_equal(buf_cstr(&said), steps);
	buf_clear(&said);
}

static void try_long(struct fixture *f, uint32_t from, int n)
{
	struct store_mail m = a_mail(from, "");
	int64_t id;
	bool is_new;
	int done = 0;

	begin(f);
	for (int i = 0; i < n && done == 0; i++) {
		m.location.uid = from + (uint32_t)i;
		memcpy(m.identity, &m.location.uid, sizeof(m.location.uid));
		done = store_mail_keep(f->s, &m, long_mail(m.location.uid, PIECES_MAIL), &id,
				       &is_new, &f->e);
	}
	assert_int_equal(done, -1);
	store_rollback(f->s);
}

static bool has_room(struct fixture *f)
{
	return store_room(f->s, STORE_ROOM_AGAIN, &f->e) == 0;
}

static void a_commit_says_whether_anything_was_written(void **state)
{
	struct fixture *f = *state;

	store_on_commit(f->s, say, NULL);
	begin(f);
	commit(f);
	was_said("begins empty");
	kept_long(f, 1, LONG_MAIL);
	was_said("begins stands");
	begin(f);
	store_rollback(f->s);
	was_said("");
	buf_release(&said);
}

/* There is room when there is as much as the longest had that found none; a short one that was kept
 * meanwhile says nothing of it. */
static void room_is_that_for_what_found_none(void **state)
{
	struct fixture *f = *state;
	rlim_t before;

	kept_long(f, 1, LONG_MAIL);
	store_on_commit(f->s, say, NULL);
	assert_true(has_room(f));
	before = no_file_over(10000000);
	assert_true(has_room(f)); /* for 8 MiB */
	try_long(f, 2, 4);	  /* of 12 MB */
	was_said("failed");
	kept_long(f, 6, LONG_MAIL);
	was_said("begins stands");
	assert_false(has_room(f));
	assert_non_null(strstr(f->e.text, "make room"));
	assert_int_equal(size_of_file(bulk_path(f)), BULK_MARK_ROOM + 2 * LONG_MAIL);
	assert_int_equal(store_room(f->s, STORE_ROOM_LEFT, &f->e), 0); /* no quota tells that */
	no_file_over(12500000);
	assert_false(has_room(f));
	no_file_over(14000000);
	assert_true(has_room(f));
	no_file_over(10000000);
	assert_true(has_room(f)); /* that is over */
	no_file_over(8000000);
	assert_false(has_room(f));
	no_file_over(before);
	assert_int_equal(size_of_file(bulk_path(f)), BULK_MARK_ROOM + 2 * LONG_MAIL);
	is_sound(f, f->s);
	buf_release(&said);
}

static void what_was_cut_off_does_not_come_back_as_zeros(void **state)
{
	struct fixture *f = *state;

	kept_long(f, 1, LONG_MAIL);
	assert_int_equal(truncate(bulk_path(f), LONG_MAIL), 0);
	assert_true(has_room(f)); /* nobody can say */
	assert_int_equal(size_of_file(bulk_path(f)), LONG_MAIL);
}

static void a_failed_sync_ends_the_store(void **state)
{
	struct fixture *f = *state;
	int64_t id = kept_long(f, 1, LONG_MAIL);
	struct store_counts c;

	begin(f);
	keep_long(f, 2, LONG_MAIL);
	no_sync = true;
	REFUSED(f, ERR_TEMP, store_commit(f->s, &f->e));
	no_sync = false;
	assert_true(store_broken(f->s));
	REFUSED(f, ERR_TEMP, store_begin(f->s, &f->e));
	open_again(f);
	OK(f, store_count(f->s, &c, &f->e));
	assert_int_equal(c.mails, 1);
	comes_back(f, f->s, id, 1, LONG_MAIL);
}

static void bytes_that_were_changed_are_found_out(void **state)
{
	struct fixture *f = *state;
	int64_t id = kept_long(f, 1, LONG_MAIL);
	struct buf raw BUF_AUTO, out BUF_AUTO;
	int fd = open(bulk_path(f), O_WRONLY | O_CLOEXEC);

	buf_init(&raw, SIZE_MAX);
	buf_init(&out, 10000);
	assert_int_equal(pwrite(fd, "x", 1, BULK_MARK_ROOM + LONG_MAIL / 2), 1);
	close(fd);
	OK(f, store_mail_raw(f->s, id, &raw, &f->e));
	assert_memory_not_equal(buf_span(&raw).p, long_mail(1, LONG_MAIL).p, LONG_MAIL);
	OK(f, store_check(f->s, &out, &f->e));
	assert_non_null(strstr(buf_cstr(&out), "the bytes are not those kept"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_long_mail_stands_beside_the_store_and_comes_back),
		STORE_TEST(what_is_rolled_back_is_written_over),
		STORE_TEST(a_mark_of_another_transaction_cuts_nothing),
		STORE_TEST(what_was_not_committed_is_cut_off),
		STORE_TEST(of_what_goes_nothing_is_left),
		STORE_TEST(what_was_not_emptied_is_when_it_is_opened),
		STORE_TEST(what_goes_in_a_deferred_transaction_stays_until_its_commit),
		STORE_TEST(a_store_without_the_file_is_refused_until_it_is_back),
		STORE_TEST(a_copy_is_one_whole_file),
		STORE_TEST(what_goes_during_a_copy_is_emptied_behind_it),
		STORE_TEST(a_copy_moves_a_long_mail_in_pieces),
		STORE_TEST(a_copy_goes_on_without_what_was_lost),
		STORE_TEST(another_store_gets_the_bytes),
		STORE_TEST(what_an_older_program_kept_stays_in_its_row),
		STORE_TEST(the_files_of_a_store_take_its_place),
		STORE_TEST(a_store_that_lost_the_file_is_used_without_it),
		STORE_TEST(two_that_are_replaced_do_not_share_a_folder),
		STORE_TEST(no_store_is_begun_where_the_file_is_gone),
		STORE_TEST(holes_are_no_bytes_of_a_restored_file),
		STORE_TEST(a_file_that_was_moved_away_is_a_finding),
		STORE_TEST(a_full_disk_takes_nothing_that_was_there),
		STORE_TEST(a_commit_says_whether_anything_was_written),
		STORE_TEST(room_is_that_for_what_found_none),
		STORE_TEST(what_was_cut_off_does_not_come_back_as_zeros),
		STORE_TEST(a_failed_sync_ends_the_store),
		STORE_TEST(bytes_that_were_changed_are_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
