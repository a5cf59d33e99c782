/* A backup in the place of a store, and a store that is begun by a person. */
#include "tests/store/fixture.h"

#include <fcntl.h>
#include <glob.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "store/standing.h"
#include "tests/store/killed.h"

static char *beside(struct fixture *f, const char *tail)
{
	return arena_printf(&f->a, "%s%s", f->path, tail);
}

static void cases(struct fixture *f, int n)
{
	struct store_case c = a_case();

	for (int i = 0; i < n; i++) {
		struct store_event ev = { .at = NOW, .type = SPAN("opened"), .data = SPAN("{}") };

		begin(f);
		ev.case_number = open_case(f, &c);
		OK(f, store_event_add(f->s, &ev, &f->e));
		commit(f);
	}
}

static int64_t last_case(struct fixture *f)
{
	int64_t n;

	OK(f, store_last_case(f->s, &n, &f->e));
	return n;
}

static int64_t case_count(struct fixture *f)
{
	struct store_counts c;

	OK(f, store_count(f->s, &c, &f->e));
	return c.cases;
}

/* It does not pack, and so stands in a file beside the store. */
enum { LONG_MAIL = 20000 };
static struct span long_mail(uint32_t uid)
{
	static char raw[LONG_MAIL];
	uint64_t x = uid;

	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (char)((x = x * 6364136223846793005u + 1442695040888963407u) >> 40);
	return (struct span){ raw, sizeof(raw) };
}

static void keep_long(struct fixture *f, uint32_t uid)
{
	struct store_mail m = a_mail(uid, "");

	memcpy(m.identity, &uid, sizeof(uid));
	begin(f);
	keep(f, &m, long_mail(uid));
	commit(f);
}

/* Three cases, a row and a long mail, a backup of that, and three more: the store is closed. */
static char *story(struct fixture *f)
{
	char *backup = beside(f, "_backup");

	cases(f, 3);
	keep_long(f, 7001);
	begin(f);
	queue_mail(f, 1, NOW, "");
	commit(f);
	fixture_backup(f, backup);
	cases(f, 3);
	keep_long(f, 7002);
	store_close(&f->s);
	return backup;
}

static const struct store_folder folder = { .mailbox = SPAN_LITERAL("support"),
					    .folder = SPAN_LITERAL("processed") };

static int restore_with(struct fixture *f, const char *file, bool anyway, struct buf *findings,
			struct store_placed *ret_placed)
{
	struct store_restore r = { .file = file,
				   .now = NOW,
				   .folders = { &folder, 1 },
				   .anyway = anyway,
				   .findings = findings };

	return store_restore(f->path, &r, ret_placed, &f->e);
}

static int restore(struct fixture *f, const char *file, struct store_placed *ret_placed)
{
	struct buf findings BUF_AUTO;

	buf_init(&findings, SIZE_MAX);
	return restore_with(f, file, false, &findings, ret_placed);
}

static int init(struct fixture *f, struct store_placed *ret_placed)
{
	return store_init(f->path, NOW, &(struct store_folders){ &folder, 1 }, NULL, ret_placed,
			  &f->e);
}

/* Ann's #4 is in nobody's hands: the numbers go on after the highest that was ever given. */
static void numbers_and_epochs_go_on(void **state)
{
	struct fixture *f = *state;
	struct store_epoch *before, *after;
	struct store_folder read = folder;
	char *backup = beside(f, "_backup");
	struct store_placed p;
	size_t n;
	bool found;

	OK(f, store_epoch_list(f->s, &f->a, &before, &n, &f->e));
	backup = story(f);
	OK(f, restore(f, backup, &p));
	assert_true(p.backup_cases == 3 && p.last_case == 6 && p.held == 1 && !p.guessed);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(last_case(f), 6);
	OK(f, store_epoch_list(f->s, &f->a, &after, &n, &f->e));
	assert_int_equal(n, 3);
	assert_memory_not_equal(after[0].tag, before[0].tag, STORE_TAG_SIZE);
	assert_memory_equal(after[1].tag, before[0].tag, STORE_TAG_SIZE);
	assert_int_equal(after[1].mark, 3);
	OK(f, store_folder_get(f->s, &read, &found, &f->e));
	assert_true(found && read.how == FOLDER_AGAIN);
	cases(f, 1);
	assert_int_equal(last_case(f), 7);
	store_close(&f->s);

	/* and the same backup once more: the epoch that is lost now counts up to the mark, too */
	OK(f, restore(f, backup, &p));
	assert_int_equal(p.last_case, 7);
	fixture_open(f, STORE_WRITE);
	OK(f, store_epoch_list(f->s, &f->a, &before, &n, &f->e));
	assert_int_equal(n, 4);
	assert_memory_equal(before[1].tag, after[0].tag, STORE_TAG_SIZE);
	assert_int_equal(before[1].mark, 3);
}

static void what_may_have_gone_out_is_held(void **state)
{
	struct fixture *f = *state;
	struct store_placed p;
	struct store_released r;
	struct store_outbox *v;
	int64_t held;
	size_t n;

	OK(f, restore(f, story(f), &p));
	fixture_open(f, STORE_WRITE);
	begin(f);
	OK(f, store_outbox_claim(f->s, SPAN(""), NOW + 9, 10, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 0);
	commit(f);
	OK(f, store_again_rows(f->s, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].state == OUTBOX_UNKNOWN);
	OK(f, store_again_count(f->s, &held, &f->e));
	assert_int_equal(held, 1);
	begin(f);
	OK(f, store_again_release(f->s, false, NOW + 9, &r, &f->e));
	OK(f, store_outbox_claim(f->s, SPAN(""), NOW + 9, 10, &f->a, &v, &n, &f->e));
	commit(f);
	assert_true(r.rows == 1 && n == 1);
}

/* The way back is the same verb: with the store that was replaced. */
static void the_replaced_store_is_whole_and_may_come_back(void **state)
{
	struct fixture *f = *state;
	struct store_placed p, back;
	char *old;

	OK(f, restore(f, story(f), &p));
	old = arena_printf(&f->a, "%s/store.db", p.aside);
	OK(f, restore(f, old, &back));
	assert_true(back.backup_cases == 6 && back.last_case == 6);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(case_count(f), 6);
}

/* A database of another program. */
static char *others(struct fixture *f)
{
	char *path = beside(f, "_others");
	sqlite3 *db;

	unlink(path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(a)", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return path;
}

static void nothing_is_changed_by_what_is_no_store(void **state)
{
	struct fixture *f = *state;
	char *backup = story(f), *junk = beside(f, "_junk");
	struct store_placed p;
	FILE *out = fopen(junk, "w");

	fprintf(out, "this is no database, but it is longer than the head of one: %0200d", 0);
	fclose(out);
	REFUSED(f, ERR_PERM, restore(f, junk, &p));
	assert_non_null(strstr(f->e.text, "_junk is no backup of gatewayd"));
	assert_int_equal(truncate(junk, 0), 0);
	REFUSED(f, ERR_PERM, restore(f, junk, &p));
	assert_non_null(strstr(f->e.text, "_junk is no backup of gatewayd: it is empty"));
	REFUSED(f, ERR_PERM, restore(f, f->folder, &p));
	assert_non_null(strstr(f->e.text, " is no backup of gatewayd"));
	REFUSED(f, ERR_PERM, restore(f, others(f), &p));
	assert_non_null(strstr(f->e.text, "_others: not a store of gatewayd"));
	REFUSED(f, ERR_PERM, restore(f, beside(f, "_none"), &p));
	assert_int_equal(truncate(backup, 40960), 0);
	assert_int_equal(restore(f, backup, &p), -1);
	assert_int_equal(access(beside(f, ".restoring"), F_OK), -1);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(case_count(f), 6);
	REFUSED(f, ERR_TEMP, restore(f, others(f), &p)); /* and never under one who has it open */
}

/* Who owns the folder put links where files will be made, and root restores. */
static void nothing_is_written_through_a_link(void **state)
{
	struct fixture *f = *state;
	char *victim = beside(f, "_victim"), *erased = beside(f, ".erased");
	static const uint8_t hash[MAC_SIZE];
	struct store_placed p;
	struct stat st;

	fclose(fopen(victim, "w"));
	assert_int_equal(symlink(victim, erased), 0);
	REFUSED(f, ERR_TEMP, store_erased_keep_address(f->s, hash, NOW, &f->e));
	unlink(erased);
	assert_int_equal(symlink(victim, beside(f, ".restoring")), 0);
	assert_int_equal(
	    symlink(victim, arena_printf(&f->a, "%s.witness.new-%d", f->path, getpid())), 0);
	OK(f, restore(f, story(f), &p));
	assert_int_equal(stat(victim, &st), 0);
	assert_int_equal(st.st_size, 0);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(case_count(f), 3);
}

static void a_half_made_copy_is_no_backup(void **state)
{
	struct fixture *f = *state;
	char *half = beside(f, ".restoring");
	struct store_placed p;

	assert_int_equal(rename(story(f), half), 0);
	REFUSED(f, ERR_PERM, restore(f, half, &p));
	assert_int_equal(access(half, F_OK), 0);
}

static void change(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_true(sqlite3_changes(db) > 0);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* A story with a mail that came and a note in the backup, both damaged since. */
static char *damaged_story(struct fixture *f)
{
	struct store_mail m = a_mail(1, "ann@customer.example");
	char *backup;

	begin(f);
	OK(f, store_mail_finish(f->s, keep(f, &m, SPAN("ten bytes!")), MAIL_DROPPED, SPAN("x"), 0,
				0, &f->e));
	commit(f);
	cases(f, 1);
	begin(f);
	add_note(f, 1, NOTE_INBOUND, "ben@customer.example");
	commit(f);
	backup = story(f);
	change(backup, "UPDATE content SET bytes = substr(bytes, 1, 4) WHERE id = 1");
	change(backup, "UPDATE note SET words = substr(words, 1, 4)");
	return backup;
}

static void what_is_damaged_is_named_and_keeps_nothing_else_back(void **state)
{
	struct fixture *f = *state;
	struct buf findings BUF_AUTO;
	char *backup = damaged_story(f);
	struct store_placed p;

	buf_init(&findings, SIZE_MAX);
	OK(f, restore_with(f, backup, false, &findings, &p));
	assert_non_null(strstr(buf_cstr(&findings), "(mail 1 <ann@customer.example>)\n"));
	assert_non_null(strstr(buf_cstr(&findings), "note 1 of case 1 <ben@customer.example>: "));
	fixture_open(f, STORE_WRITE);
	assert_int_equal(case_count(f), 4);
}

/* More than contents: a person says whether there is nothing better. */
static void a_backup_with_more_damage_needs_a_word(void **state)
{
	struct fixture *f = *state;
	struct buf findings BUF_AUTO;
	char *backup = damaged_story(f);
	struct store_placed p;

	change(backup, "DELETE FROM event WHERE case_number = 2");
	buf_init(&findings, SIZE_MAX);
	REFUSED(f, ERR_PERM, restore_with(f, backup, false, &findings, &p));
	assert_string_equal(buf_cstr(&findings), "case 2: no event\n");
	assert_int_equal(access(beside(f, ".restoring"), F_OK), -1);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(case_count(f), 7);
	store_close(&f->s);
	buf_clear(&findings);
	OK(f, restore_with(f, backup, true, &findings, &p));
	assert_non_null(strstr(buf_cstr(&findings), "case 2: no event\n"));
	assert_non_null(strstr(buf_cstr(&findings), "(mail 1 <"));
	fixture_open(f, STORE_WRITE);
	assert_int_equal(case_count(f), 4);
}

/* Without store and companion nobody knows which numbers were given. */
static void numbers_that_nobody_knows_are_jumped_over(void **state)
{
	struct fixture *f = *state;
	char *backup = story(f);
	struct store_placed p;

	fixture_forget(f);
	OK(f, restore(f, backup, &p));
	assert_true(p.guessed && p.last_case == 3 + STORE_NUMBERS_SKIPPED);
	fixture_open(f, STORE_WRITE);
	store_close(&f->s);
	fixture_forget(f);
	fixture_open(f, STORE_CREATE); /* as the daemon begins one */
	store_close(&f->s);
	OK(f, restore(f, backup, &p));
	assert_true(p.guessed && p.last_case == 3 + STORE_NUMBERS_SKIPPED);
}

static void init_begins_where_the_companion_ends(void **state)
{
	struct fixture *f = *state;
	struct store_placed p;
	bool made;

	story(f);
	unlink(f->path);
	REFUSED(f, ERR_PERM, store_open(f->path, STORE_CREATE, &f->s, &f->e));
	OK(f, init(f, &p));
	assert_true(p.last_case == 6 && p.aside[0]);
	REFUSED(f, ERR_PERM, init(f, &p));
	fixture_open(f, STORE_WRITE);
	assert_int_equal(case_count(f), 0);
	OK(f, store_made(f->s, &made, &f->e));
	assert_true(made);
	cases(f, 1);
	assert_int_equal(last_case(f), 7);
}

static void init_takes_a_store_without_its_companion(void **state)
{
	struct fixture *f = *state;
	struct store_placed p;

	story(f);
	unlink(beside(f, ".witness"));
	REFUSED(f, ERR_PERM, store_open(f->path, STORE_CREATE, &f->s, &f->e));
	OK(f, init(f, &p));
	assert_true(p.last_case == 6 && !p.aside[0] && !p.guessed);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(case_count(f), 6);
}

/* --- killed --- */

static bool changes_files(uint64_t nr)
{
	return nr == SYS_rename || nr == SYS_renameat || nr == SYS_renameat2 || nr == SYS_link ||
	       nr == SYS_linkat || nr == SYS_unlink || nr == SYS_unlinkat || nr == SYS_mkdir ||
	       nr == SYS_mkdirat || nr == SYS_fsync || nr == SYS_fdatasync;
}

/* As many as were kept when there were so many cases; what is damaged does not unpack. */
static void has_long_mails(struct fixture *f)
{
	int64_t n = case_count(f) / 3;

	for (int64_t id = 1; id <= n; id++) {
		struct buf raw BUF_AUTO;

		buf_init(&raw, SIZE_MAX);
		OK(f, store_mail_raw(f->s, id, &raw, &f->e));
		assert_int_equal(raw.n, LONG_MAIL);
		assert_memory_equal(buf_span(&raw).p, long_mail((uint32_t)(7000 + id)).p,
				    LONG_MAIL);
	}
}

/* Restores in a child that is killed before its n-th step; false: it came to its end. */
static bool killed_before(struct fixture *f, const char *file, int n)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct store_placed p;

		killed_child();
		_exit(restore(f, file, &p) < 0);
	}
	return killed_before_call(pid, n, changes_files);
}

static void a_restore_may_be_killed_at_each_step(void **state)
{
	struct fixture *f = *state;
	bool killed = true;
	int n, refused = 0;

	store_close(&f->s);
	for (n = 1; killed; n++) {
		struct store_placed p = { 0 };
		char *backup;
		glob_t old;

		assert_int_equal(system(arena_printf(&f->a, "rm -rf %s.*", f->path)), 0);
		unlink(f->path);
		unlink(beside(f, "_backup"));
		fixture_open(f, STORE_CREATE);
		backup = story(f);
		killed = killed_before(f, backup, n);
		if (store_open(f->path, STORE_CREATE, &f->s, &f->e) == 0) {
			assert_true(case_count(f) == 6 || case_count(f) == 3);
			has_long_mails(f);
			store_close(&f->s);
			continue;
		}
		refused++;
		assert_int_equal(f->e.class, ERR_PERM);
		OK(f, restore(f, backup, &p));
		fixture_open(f, STORE_WRITE);
		assert_int_equal(case_count(f), 3);
		assert_int_equal(last_case(f), 6);
		has_long_mails(f);
		store_close(&f->s);
		assert_int_equal(glob(beside(f, ".replaced-*/store.db"), 0, NULL, &old), 0);
		assert_int_equal(old.gl_pathc, 1);
		OK(f, store_open(old.gl_pathv[0], STORE_COPY, &f->s, &f->e));
		globfree(&old);
		assert_int_equal(case_count(f), 6);
		has_long_mails(f);
		store_close(&f->s);
	}
	assert_true(n > 10 && refused > 3);
	assert_int_equal(system(arena_printf(&f->a, "rm -rf %s.replaced-*", f->path)), 0);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	int done = system(arena_printf(&f->a, "rm -rf %s.replaced-*", f->path));

	return fixture_tear_down(state) + done;
}

#define RESTORE_TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RESTORE_TEST(numbers_and_epochs_go_on),
		RESTORE_TEST(what_may_have_gone_out_is_held),
		RESTORE_TEST(the_replaced_store_is_whole_and_may_come_back),
		RESTORE_TEST(nothing_is_changed_by_what_is_no_store),
		RESTORE_TEST(nothing_is_written_through_a_link),
		RESTORE_TEST(a_half_made_copy_is_no_backup),
		RESTORE_TEST(what_is_damaged_is_named_and_keeps_nothing_else_back),
		RESTORE_TEST(a_backup_with_more_damage_needs_a_word),
		RESTORE_TEST(numbers_that_nobody_knows_are_jumped_over),
		RESTORE_TEST(init_begins_where_the_companion_ends),
		RESTORE_TEST(init_takes_a_store_without_its_companion),
		RESTORE_TEST(a_restore_may_be_killed_at_each_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
