/* The companion of a store: what is refused because of it, and that a crash is no reason. */
#include "tests/store/fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/standing.h"

static char *beside(struct fixture *f, const char *tail)
{
	return arena_printf(&f->a, "%s%s", f->path, tail);
}

static struct buf contents(const char *path)
{
	struct buf b;
	int fd = open(path, O_RDONLY);
	char part[4096];
	ssize_t n;

	buf_init(&b, 1 << 24);
	while (fd >= 0 && (n = read(fd, part, sizeof(part))) > 0)
		buf_add(&b, (struct span){ part, (size_t)n });
	if (fd >= 0)
		close(fd);
	return b;
}

static void put(const char *path, struct span bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
	close(fd);
}

static void one_case(struct fixture *f)
{
	struct store_case c = a_case();

	begin(f);
	open_case(f, &c);
	commit(f);
}

/* A process that makes `cases` and is killed, so that what it committed last is in the WAL. */
static void killed_after(struct fixture *f, int cases)
{
	pid_t pid = fork();

	if (pid == 0) {
		f->s = NULL;
		fixture_open(f, STORE_WRITE);
		for (int i = 0; i < cases; i++)
			one_case(f);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* --- what became of the files --- */

static void nothing(struct fixture *f)
{
	(void)f;
}

static void lose_store(struct fixture *f)
{
	unlink(f->path);
	unlink(beside(f, "-wal"));
}

static void lose_store_only(struct fixture *f)
{
	unlink(f->path);
}

static void empty_store(struct fixture *f)
{
	assert_int_equal(truncate(f->path, 0), 0);
	unlink(beside(f, "-wal"));
}

static void lose_wal(struct fixture *f)
{
	assert_int_equal(unlink(beside(f, "-wal")), 0);
}

static void empty_wal(struct fixture *f)
{
	assert_int_equal(truncate(beside(f, "-wal"), 0), 0);
}

static void cut_wal(struct fixture *f)
{
	struct stat st;

	assert_int_equal(stat(beside(f, "-wal"), &st), 0);
	assert_int_equal(truncate(beside(f, "-wal"), st.st_size / 2), 0);
}

static void overwrite(const char *path, char with, off_t from)
{
	struct buf all BUF_AUTO;

	all = contents(path);
	assert_true((size_t)from < all.n);
	memset(all.p + from, with, all.n - (size_t)from);
	put(path, buf_span(&all));
}

static void zero_wal(struct fixture *f)
{
	overwrite(beside(f, "-wal"), 0, 0);
}

static void zero_store(struct fixture *f)
{
	overwrite(f->path, 0, 0);
}

static void zero_rest_of_store(struct fixture *f)
{
	overwrite(f->path, 0, 4096);
}

static void cut_store(struct fixture *f)
{
	assert_int_equal(truncate(f->path, 8192), 0);
}

/* Another store with a log of its own; its files, where they are put. */
static void put_other(struct fixture *f, const char *tail)
{
	struct fixture other = *f;

	snprintf(other.path, sizeof(other.path), "%s/other.db", f->folder);
	fixture_open(&other, STORE_CREATE);
	one_case(&other);
	store_close(&other.s);
	killed_after(&other, 31);
	assert_int_equal(rename(beside(&other, tail), beside(f, tail)), 0);
	unlink(beside(&other, "-wal"));
	fixture_forget(&other);
}

static void others_store(struct fixture *f)
{
	put_other(f, "");
}

static void others_store_alone(struct fixture *f)
{
	put_other(f, "");
	lose_wal(f);
}

static void others_wal(struct fixture *f)
{
	put_other(f, "-wal");
}

static void others_witness(struct fixture *f)
{
	put_other(f, ".witness");
}

static void lose_witness(struct fixture *f)
{
	assert_int_equal(unlink(beside(f, ".witness")), 0);
}

static void empty_witness(struct fixture *f)
{
	assert_int_equal(truncate(beside(f, ".witness"), 0), 0);
}

static void zero_witness(struct fixture *f)
{
	static const char zeros[2 * WITNESS_SLOT_STEP];

	put(beside(f, ".witness"), (struct span){ zeros, sizeof(zeros) });
}

static void lose_both(struct fixture *f)
{
	lose_store(f);
	lose_witness(f);
}

static void lose_both_but_wal(struct fixture *f)
{
	lose_store_only(f);
	lose_witness(f);
}

static void lose_both_but_replaced(struct fixture *f)
{
	lose_both(f);
	put(beside(f, ".replaced-20261128T060000Z"), SPAN("x"));
}

static void empty_store_and_lose_witness(struct fixture *f)
{
	empty_store(f);
	lose_witness(f);
}

struct loss {
	const char *name;
	void (*happens)(struct fixture *f);
	const char *refused; /* what the error says; NULL: it opens */
};

#define FILE_DAMAGED "the file is damaged" /* another disk may give it */

static const struct loss losses[] = {
	{ "nothing", nothing, NULL },
	{ "the store is gone", lose_store, "is gone or empty" },
	{ "the store is gone, its WAL is left", lose_store_only, "put both back" },
	{ "the store is empty", empty_store, "is gone or empty" },
	{ "the WAL is lost", lose_wal, "has lost what was committed last" },
	{ "the WAL is empty", empty_wal, "has lost what was committed last" },
	{ "the WAL is cut", cut_wal, "has lost what was committed last" },
	{ "the WAL is zeros", zero_wal, "has lost what was committed last" },
	{ "the WAL is another store's", others_wal, "it is another store than its -wal is of" },
	{ "the store is zeros", zero_store, "is not a database" },
	{ "the store is zeros behind its first page", zero_rest_of_store, FILE_DAMAGED },
	{ "the store is cut", cut_store, FILE_DAMAGED },
	{ "the store is another's", others_store, "it is another store than its -wal is of" },
	{ "the store is another's, without its WAL", others_store_alone, "is of another store" },
	{ "the companion is another store's", others_witness, "is of another store" },
	{ "the companion is gone", lose_witness, "missing" },
	{ "the companion is empty", empty_witness, "damaged" },
	{ "the companion is zeros", zero_witness, "damaged" },
	{ "both are gone", lose_both, NULL },
	{ "both are gone, the WAL is left", lose_both_but_wal, "store.db-wal is there" },
	{ "both are gone, an older one is left", lose_both_but_replaced, ".replaced-" },
	{ "the store is empty, the companion gone", empty_store_and_lose_witness, "empty" },
};

static bool same(const struct buf *a, const struct buf *b)
{
	return span_eq(buf_span(a), buf_span(b));
}

/* What is wrong can be put right: nothing of it was written, or brought into the file. */
static void refused_untouched(struct fixture *f, const struct loss *l)
{
	struct buf file BUF_AUTO, wal BUF_AUTO, file_now BUF_AUTO, wal_now BUF_AUTO;

	file = contents(f->path);
	wal = contents(beside(f, "-wal"));
	REFUSED(f, strcmp(l->refused, FILE_DAMAGED) == 0 ? ERR_TEMP : ERR_PERM,
		store_open(f->path, STORE_CREATE, &f->s, &f->e));
	file_now = contents(f->path);
	wal_now = contents(beside(f, "-wal"));
	if (!strstr(f->e.text, l->refused) || !strstr(f->e.text, f->path) ||
	    !same(&file, &file_now) || !same(&wal, &wal_now))
		fail_msg("%s: %s", l->name, f->e.text);
	assert_true(strstr(f->e.text, "gatewayctl ") || strstr(f->e.text, "put"));
}

static void what_is_not_the_newest_is_refused(void **state)
{
	struct fixture *f = *state;

	store_close(&f->s);
	for (size_t i = 0; i < sizeof(losses) / sizeof(*losses); i++) {
		const struct loss *l = &losses[i];
		struct store_counts c;

		fixture_forget(f);
		unlink(beside(f, "-wal"));
		unlink(beside(f, ".replaced-20261128T060000Z"));
		fixture_open(f, STORE_CREATE);
		one_case(f);
		store_close(&f->s);
		killed_after(f, 30);
		l->happens(f);
		if (!l->refused) {
			fixture_open(f, STORE_CREATE);
			OK(f, store_count(f->s, &c, &f->e));
			assert_int_equal(c.cases, l->happens == nothing ? 31 : 0);
			store_close(&f->s);
			continue;
		}
		for (int again = 0; again < 2; again++)
			refused_untouched(f, l);
	}
	unlink(beside(f, "-wal"));
}

/* --- a folder that lets nobody in --- */

enum { OUTSIDER = 65534 };

/* Root tries it as somebody else, all others take the leave from themselves. */
static int open_as_nobody(struct fixture *f, mode_t for_root, mode_t for_owner)
{
	bool is_root = geteuid() == 0;
	int done;

	assert_int_equal(chmod(f->folder, is_root ? for_root : for_owner), 0);
	assert_int_equal(is_root ? seteuid(OUTSIDER) : 0, 0);
	done = store_open(f->path, STORE_CREATE, &f->s, &f->e);
	assert_int_equal(is_root ? seteuid(0) : 0, 0);
	assert_int_equal(chmod(f->folder, 0700), 0);
	return done;
}

static void a_folder_that_may_not_be_written_is_named(void **state)
{
	struct fixture *f = *state;
	const char *may_not, *gone = "is gone or empty";

	store_close(&f->s);
	fixture_forget(f);
	may_not = arena_printf(&f->a, " may not write in %s; chown ", f->folder);
	REFUSED(f, ERR_PERM, open_as_nobody(f, 0700, 0000)); /* may not be entered */
	assert_non_null(strstr(f->e.text, may_not));
	assert_null(strstr(f->e.text, "witness"));
	REFUSED(f, ERR_PERM, open_as_nobody(f, 0755, 0500)); /* may be looked at */
	assert_non_null(strstr(f->e.text, may_not));
	assert_null(strstr(f->e.text, "witness"));
	assert_int_equal(access(beside(f, ".witness"), F_OK), -1);
	/* A companion without its store, whether it can be read or not. */
	fixture_open(f, STORE_CREATE);
	one_case(f);
	store_close(&f->s);
	lose_store(f);
	for (mode_t mode = 0000; mode <= 0644; mode += 0644) {
		assert_int_equal(chmod(beside(f, ".witness"), mode), 0);
		REFUSED(f, ERR_PERM, open_as_nobody(f, 0755, 0500));
		assert_non_null(strstr(f->e.text, gone));
		REFUSED(f, ERR_PERM, open_as_nobody(f, 0777, 0700));
		assert_non_null(strstr(f->e.text, gone));
		REFUSED(f, ERR_PERM, open_as_nobody(f, 0700, 0000));
		assert_non_null(strstr(f->e.text, may_not));
	}
	REFUSED(f, ERR_PERM, store_open(f->path, STORE_CREATE, &f->s, &f->e));
	assert_non_null(strstr(f->e.text, gone));
}

static void a_folder_that_is_missing_is_named(void **state)
{
	struct fixture *f = *state;
	const char *where = arena_printf(&f->a, "%s/nowhere/store.db", f->folder);
	static const enum store_mode modes[] = { STORE_CREATE, STORE_WRITE, STORE_READ };
	struct store *s = NULL;

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		REFUSED(f, ERR_PERM, store_open(where, modes[i], &s, &f->e));
		assert_non_null(strstr(
		    f->e.text, arena_printf(&f->a, "there is no folder %s/nowhere;", f->folder)));
		assert_null(strstr(f->e.text, "witness"));
	}
	REFUSED(f, ERR_PERM,
		store_open(arena_printf(&f->a, "%s/store.db", f->path), STORE_CREATE, &s, &f->e));
	assert_non_null(strstr(f->e.text, "store.db is no folder"));
}

/* Neither is a copy of the store that somebody put in its place. */
static void an_older_copy_is_refused(void **state)
{
	struct fixture *f = *state;
	struct buf older BUF_AUTO;

	one_case(f);
	store_close(&f->s);
	older = contents(f->path);
	fixture_open(f, STORE_WRITE);
	one_case(f);
	store_close(&f->s);
	put(f->path, buf_span(&older));
	REFUSED(f, ERR_PERM, store_open(f->path, STORE_WRITE, &f->s, &f->e));
	assert_non_null(strstr(f->e.text, "has lost what was committed last"));
}

/* Put in the place of one that was killed, whose log is left.  The log may have been begun since
 * the copy was made: it is of the newer file, and would make a mixture of both.  One that was not,
 * is of the older one as well. */
static void an_older_copy_beside_a_newer_log_is_refused(void **state)
{
	struct fixture *f = *state;

	for (int between = 0; between < 3; between++) {
		struct buf older BUF_AUTO = { 0 }, wal BUF_AUTO = { 0 };
		struct buf file_now BUF_AUTO = { 0 }, wal_now BUF_AUTO = { 0 };

		one_case(f);
		store_close(&f->s);
		older = contents(f->path);
		fixture_open(f, STORE_WRITE);
		for (int i = 0; i < between; i++)
			one_case(f);
		store_close(&f->s);
		killed_after(f, 3);
		wal = contents(beside(f, "-wal"));
		put(f->path, buf_span(&older));
		if (between) {
			REFUSED(f, ERR_PERM, store_open(f->path, STORE_WRITE, &f->s, &f->e));
			assert_non_null(strstr(f->e.text, "it is older than its -wal"));
			file_now = contents(f->path);
			wal_now = contents(beside(f, "-wal"));
			assert_true(same(&older, &file_now) && same(&wal, &wal_now));
			fixture_forget(f);
			unlink(beside(f, "-wal"));
		}
		fixture_open(f, STORE_CREATE);
	}
}

static void a_companion_of_another_store_is_refused(void **state)
{
	struct fixture *f = *state;
	struct buf first BUF_AUTO;

	store_close(&f->s);
	first = contents(beside(f, ".witness"));
	fixture_forget(f);
	fixture_open(f, STORE_CREATE);
	one_case(f);
	store_close(&f->s);
	put(beside(f, ".witness"), buf_span(&first));
	REFUSED(f, ERR_PERM, store_open(f->path, STORE_WRITE, &f->s, &f->e));
	assert_non_null(strstr(f->e.text, "of another store"));
}

/* --- crashes --- */

/* A slot torn at any byte leaves the one before. */
static void a_torn_slot_leaves_the_one_before(void **state)
{
	struct fixture *f = *state;
	char *path = beside(f, ".witness");
	struct buf before BUF_AUTO, after BUF_AUTO;
	struct witness_state old, new, got;
	size_t differ = 0;

	one_case(f);
	before = contents(path);
	assert_int_equal(witness_read(path, &old), WITNESS_FOUND);
	one_case(f);
	after = contents(path);
	assert_int_equal(witness_read(path, &new), WITNESS_FOUND);
	assert_int_equal(new.commits, old.commits + 1);
	assert_int_equal(new.sequence[SEQUENCE_CASES], 2);
	store_close(&f->s);
	for (size_t cut = 0; cut < before.n; cut++) {
		struct buf torn BUF_AUTO;

		buf_init(&torn, before.n);
		buf_add(&torn, span_sub(buf_span(&after), 0, cut));
		buf_add(&torn, span_sub(buf_span(&before), cut, SIZE_MAX));
		if (before.p[cut] == after.p[cut])
			continue;
		differ++;
		put(path, buf_span(&torn));
		assert_int_equal(witness_read(path, &got), WITNESS_FOUND);
		assert_true(got.commits == old.commits || got.commits == new.commits);
	}
	assert_true(differ > 30);
	fixture_open(f, STORE_WRITE); /* behind is no harm */
	assert_int_equal(witness_read(path, &got), WITNESS_FOUND);
	assert_int_equal(got.commits, new.commits);
}

/* Killed between the commit and the companion, or with a companion of any time before. */
static void a_companion_that_is_behind_is_no_harm(void **state)
{
	struct fixture *f = *state;
	struct buf old BUF_AUTO;

	old = contents(beside(f, ".witness"));
	for (int i = 0; i < 5; i++)
		one_case(f);
	store_close(&f->s);
	put(beside(f, ".witness"), buf_span(&old));
	fixture_open(f, STORE_WRITE);
	store_close(&f->s);
	unlink(f->path); /* and it was brought up to date */
	REFUSED(f, ERR_PERM, store_open(f->path, STORE_CREATE, &f->s, &f->e));
}

/* The making of a store is cut at any of its steps, and goes on. */
static void the_making_of_a_store_may_be_cut(void **state)
{
	static const struct witness_state blank = { .is_blank = true };
	struct fixture *f = *state;

	for (int step = 0; step < 3; step++) {
		struct store_counts c;

		store_close(&f->s);
		fixture_forget(f);
		OK(f, witness_make(beside(f, ".witness"), &blank, false, &f->e));
		if (step > 0)
			put(f->path, SPAN(""));
		if (step > 1)
			put(beside(f, ".witness.new-1"), SPAN("left by a crash"));
		fixture_open(f, STORE_CREATE);
		OK(f, store_count(f->s, &c, &f->e));
		assert_int_equal(c.cases, 0);
	}
}

/* --- its cost, and check --- */

static void what_changes_nothing_is_no_commit(void **state)
{
	struct fixture *f = *state;
	struct witness_state before, after;
	struct store_case c = a_case();
	struct store_counts counts;

	assert_int_equal(witness_read(beside(f, ".witness"), &before), WITNESS_FOUND);
	begin(f);
	OK(f, store_count(f->s, &counts, &f->e));
	commit(f);
	begin(f);
	open_case(f, &c);
	store_rollback(f->s);
	assert_int_equal(witness_read(beside(f, ".witness"), &after), WITNESS_FOUND);
	assert_int_equal(after.commits, before.commits);
	one_case(f);
	assert_int_equal(witness_read(beside(f, ".witness"), &after), WITNESS_FOUND);
	assert_int_equal(after.commits, before.commits + 1);
}

static void check_sees_a_companion_that_is_another(void **state)
{
	struct fixture *f = *state;
	struct buf found BUF_AUTO, companion BUF_AUTO;
	char *path = beside(f, ".witness");

	buf_init(&found, 10000);
	one_case(f);
	OK(f, store_check(f->s, &found, &f->e));
	assert_null(strstr(buf_cstr(&found), "companion"));
	companion = contents(path);
	unlink(path);
	OK(f, store_check(f->s, &found, &f->e));
	assert_non_null(strstr(buf_cstr(&found), "missing"));
	put(path, buf_span(&companion));
	OK(f, store_check(f->s, &found, &f->e));
	assert_non_null(strstr(buf_cstr(&found), "is not the one that is written to"));
}

/* --- what stands in the place of a file --- */

enum { NOBODY = 65534, HANG_S = 60 };

static void a_pipe(const char *path, const char *aside)
{
	(void)aside;
	assert_int_equal(mkfifo(path, 0600), 0);
}

static void a_folder(const char *path, const char *aside)
{
	(void)aside;
	assert_int_equal(mkdir(path, 0700), 0);
}

static void a_link_to_nowhere(const char *path, const char *aside)
{
	(void)aside;
	assert_int_equal(symlink("/nonexistent/x", path), 0);
}

static void a_link_to_itself(const char *path, const char *aside)
{
	(void)aside;
	assert_int_equal(symlink(path, path), 0);
}

static void a_link_to_it(const char *path, const char *aside)
{
	assert_int_equal(symlink(aside, path), 0);
}

static void copy_of_mode(const char *path, const char *aside, mode_t mode)
{
	struct buf all BUF_AUTO;

	all = contents(aside);
	put(path, buf_span(&all));
	assert_int_equal(chmod(path, mode), 0);
}

static void not_readable(const char *path, const char *aside)
{
	copy_of_mode(path, aside, 0);
}

static void read_only(const char *path, const char *aside)
{
	copy_of_mode(path, aside, 0400);
}

static const struct {
	const char *name;
	void (*stands)(const char *path, const char *aside); /* where it is now */
} stand_ins[] = {
	{ "a pipe", a_pipe },
	{ "a folder", a_folder },
	{ "a link to nowhere", a_link_to_nowhere },
	{ "a link to itself", a_link_to_itself },
	{ "a link to it", a_link_to_it },
	{ "not readable", not_readable },
	{ "read-only", read_only },
	{ "of root", read_only }, /* it stays so */
};

enum { LINKED = 4, OF_ROOT = 7, OPENS = 0, IS_REFUSED = 1 };

static void give(const char *path)
{
	if (geteuid() == 0)
		assert_int_equal(lchown(path, NOBODY, NOBODY), 0);
}

/* How somebody who is not root opens it, in a process that ends in any case. */
static int opens(struct fixture *f, char *ret_words, size_t size)
{
	struct store_counts c = { 0 };
	int words[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(words), 0);
	pid = fork();
	if (pid == 0) {
		alarm(HANG_S);
		if (geteuid() == 0 && (setgid(NOBODY) < 0 || setuid(NOBODY) < 0))
			_exit(99);
		if (store_open(f->path, STORE_CREATE, &f->s, &f->e) == 0 &&
		    store_count(f->s, &c, &f->e) == 0)
			_exit(c.cases == 31 ? OPENS : 98);
		_exit(write(words[1], f->e.text, strlen(f->e.text)) > 0 ? IS_REFUSED : 97);
	}
	close(words[1]);
	n = read(words[0], ret_words, size - 1);
	ret_words[n > 0 ? n : 0] = '\0';
	close(words[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Each in the place of one file, which is put back.  Nothing is lost where it opens. */
static void stand_in(struct fixture *f, size_t i, const char *tail, bool may_open)
{
	char *path = beside(f, tail), *aside = beside(f, ".aside"), words[ERR_TEXT_MAX];
	bool was_there = access(path, F_OK) == 0, good;
	int result;

	if (was_there)
		assert_int_equal(rename(path, aside), 0);
	else
		put(aside, SPAN("x"));
	stand_ins[i].stands(path, aside);
	give(aside);
	if (i != OF_ROOT)
		give(path);
	result = opens(f, words, sizeof(words));
	good = result == IS_REFUSED ? strstr(words, path) != NULL : result == OPENS && may_open;
	if (!good)
		fail_msg("\"%s\" is %s: %d, %s", tail, stand_ins[i].name, result, words);
	assert_int_equal(remove(path), 0);
	if (was_there)
		assert_int_equal(rename(aside, path), 0);
	else
		unlink(aside);
}

static void what_stands_in_the_place_of_a_file_is_named(void **state)
{
	static const char *const tails[] = { "", "-wal", ".witness", "-journal", "-shm" };
	struct fixture *f = *state;

	one_case(f);
	store_close(&f->s);
	killed_after(f, 30);
	give(f->folder);
	for (size_t k = 0; k < 3; k++)
		give(beside(f, tails[k]));
	for (size_t i = 0; i < sizeof(stand_ins) / sizeof(*stand_ins); i++)
		for (size_t k = 0; k < sizeof(tails) / sizeof(*tails); k++)
			if (i != OF_ROOT || geteuid() == 0)
				stand_in(f, i, tails[k], k == 4 || i == LINKED);
	fixture_open(f, STORE_WRITE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_is_not_the_newest_is_refused),
		STORE_TEST(a_folder_that_may_not_be_written_is_named),
		STORE_TEST(a_folder_that_is_missing_is_named),
		STORE_TEST(an_older_copy_is_refused),
		STORE_TEST(an_older_copy_beside_a_newer_log_is_refused),
		STORE_TEST(a_companion_of_another_store_is_refused),
		STORE_TEST(a_torn_slot_leaves_the_one_before),
		STORE_TEST(a_companion_that_is_behind_is_no_harm),
		STORE_TEST(the_making_of_a_store_may_be_cut),
		STORE_TEST(what_changes_nothing_is_no_commit),
		STORE_TEST(check_sees_a_companion_that_is_another),
		STORE_TEST(what_stands_in_the_place_of_a_file_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
