/* Mails to import: where they lie, where one ends in an mbox, and when they came. */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gatewayd/base/buf.h"
#include "gatewayd/mail/history.h"

enum { NOW = 1795300000, MTIME = NOW - 5000 };

struct bench {
	char dir[64];
	struct arena arena;
	struct history h;
	char troubles[1024];
};

/* The disk gives nothing from there on; 0: it is sound. */
static int64_t broken_at;

ssize_t pread(int fd, void *bytes, size_t n, off_t at)
{
	if (broken_at && at >= broken_at) {
		errno = EIO;
		return -1;
	}
	if (broken_at && at + (int64_t)n > broken_at)
		n = (size_t)(broken_at - at);
	return syscall(SYS_pread64, fd, bytes, n, at);
}

static void on_trouble(void *ctx, const char *path, const char *why)
{
	struct bench *b = ctx;
	size_t n = strlen(b->troubles);

	snprintf(b->troubles + n, sizeof(b->troubles) - n, "%s:%s\n", path + strlen(b->dir) + 1,
		 why);
}

static const char *path_in(struct bench *b, const char *name)
{
	return arena_printf(&b->arena, "%s/%s", b->dir, name);
}

static void put(struct bench *b, const char *name, const char *text)
{
	struct timespec times[2] = { { .tv_sec = MTIME }, { .tv_sec = MTIME } };
	FILE *f = fopen(path_in(b, name), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(utimensat(AT_FDCWD, path_in(b, name), times, 0), 0);
}

static void make_dir(struct bench *b, const char *name)
{
	assert_int_equal(mkdir(path_in(b, name), 0700), 0);
}

static void begin(struct bench *b)
{
	b->h = (struct history){ .arena = &b->arena, .now = NOW, .trouble = on_trouble, .ctx = b };
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	snprintf(b->dir, sizeof(b->dir), "%s", "/tmp/gatewayd-past-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	arena_init(&b->arena);
	begin(b);
	*state = b;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	nftw(b->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	arena_release(&b->arena);
	free(b);
	return 0;
}

static const char *text_of(struct bench *b, size_t i)
{
	struct buf raw BUF_AUTO;
	struct err e;
	int64_t size;

	buf_init(&raw, 4096);
	assert_int_equal(history_read(&b->h.v[i], 4096, &raw, &size, &e), 0);
	return arena_cstr(&b->arena, buf_span(&raw));
}

/* The messages of an mbox, one behind the other, "|" behind each. */
static const struct {
	const char *text, *mails;
} boxes[] = {
	{ "From a@b Mon Mar  4 08:00:00 2024\nA: 1\n\nx\n\n", "A: 1\n\nx\n|" },
	{ "From a\nA: 1\n\nx\n\nFrom b\nB: 2\n\ny\n", "A: 1\n\nx\n|B: 2\n\ny\n|" },
	{ "From a\nA: 1\n\nFrom here on\nit was slow\n\n", "A: 1\n\nFrom here on\nit was slow\n|" },
	{ "From a\nA: 1\n\n>From here\n>>From there\n>So\n\n",
	  "A: 1\n\nFrom here\n>From there\n>So\n|" },
	{ "From a\nA: 1\n\nx\nFrom b\nB: 2\n\n", "A: 1\n\nx\nFrom b\nB: 2\n|" },
	{ "From a\r\nA: 1\r\n\r\nx\r\n\r\nFrom b\r\nB: 2\r\n\r\n", "A: 1\r\n\r\nx\r\n|B: 2\r\n|" },
	{ "From a\n", "|" },
	{ "A: 1\n\nFrom b\nB: 2\n", "A: 1\n\nFrom b\nB: 2\n|" }, /* one mail, no mbox */
};

static void messages_of_mboxes(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(boxes) / sizeof(*boxes); i++) {
		struct buf all BUF_AUTO;
		struct err e;

		buf_init(&all, 4096);
		put(b, "box", boxes[i].text);
		begin(b);
		assert_int_equal(history_add(&b->h, path_in(b, "box"), &e), 0);
		for (size_t k = 0; k < b->h.n; k++)
			buf_addf(&all, "%s|", text_of(b, k));
		assert_string_equal(buf_cstr(&all), boxes[i].mails);
	}
}

static const struct {
	const char *text;
	int64_t at;
} times[] = {
	{ "Received: by x; Tue, 05 Mar 2024 09:00:00 +0100\nReceived: by y; Tue, 05 Mar 2024 "
	  "01:00:00 +0100\n\n",
	  1709625600 },
	{ "Subject: x\nReceived: from a (b; c)\n by x\n ; Tue, 05 Mar 2024 08:00:00 +0000\n\n",
	  1709625600 },
	{ "From a@b Tue Mar  5 08:00:00 2024\nSubject: x\n\n", 1709625600 },
	{ "From a@b Tue Mar  5 08:00:00 2024\nReceived: x; Wed, 06 Mar 2024 08:00:00 +0000\n\n",
	  1709712000 },
	{ "From a@b Fri Jan  1 08:00:00 1960\nSubject: x\n\n", MTIME },
	{ "Subject: x\n\n", MTIME },
	/* Sent folders */
	{ "Subject: x\nDate: Tue, 05 Mar 2024 09:00:00 +0100\n\n", 1709625600 },
	{ "From - Wed Mar  6 08:00:00 2024\nDate: Tue, 05 Mar 2024 09:00:00 +0100\n\n",
	  1709625600 },
	{ "Date: Mon, 04 Mar 2024 09:00:00 +0100\nReceived: x; Tue, 05 Mar 2024 08:00:00 +0000\n\n",
	  1709625600 },
	{ "Received: by x; no date\nDate: Tue, 05 Mar 2024 09:00:00 +0100\n\n", 1709625600 },
	{ "From a@b Wed Mar  6 08:00:00 2024\nDate: Tue, 05 Mar 2024 09:00:00 +0100\n\n",
	  1709625600 },
	{ "From a@b Tue Mar  5 08:00:00 2024\nDate: no date\n\n", 1709625600 },
	{ "Date: no date\nSubject: x\n\n", MTIME },
	{ "Date: Thu, 01 Jan 1960 00:00:00 +0000\n\n", MTIME },
	{ "Date: Tue, 05 Mar 2080 09:00:00 +0100\n\n", NOW },
	{ "Received: by x; no date\n\n", MTIME },
	{ "Received: by x; Tue, 05 Mar 2080 09:00:00 +0100\n\n", NOW },
	{ "Subject: x\n\nReceived: by x; Tue, 05 Mar 2024 09:00:00 +0100\n", MTIME },
};

static void when_they_came(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		struct err e;

		put(b, "mail", times[i].text);
		begin(b);
		assert_int_equal(history_add(&b->h, path_in(b, "mail"), &e), 0);
		assert_int_equal(b->h.n, 1);
		if (b->h.v[0].received_at != times[i].at)
			print_error("%s", times[i].text);
		assert_int_equal(b->h.v[0].received_at, times[i].at);
	}
}

static void a_maildir_with_its_folders_in_order_of_time(void **state)
{
	static const char *const dirs[] = {
		"M", "M/cur", "M/new", "M/tmp", "M/.Sent", "M/.Sent/cur"
	};
	struct bench *b = *state;
	struct err e;

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		make_dir(b, dirs[i]);
	put(b, "M/cur/1:2,S", "Received: x; Wed, 06 Mar 2024 08:00:00 +0000\nA: 2\n\n");
	put(b, "M/new/2", "Received: x; Thu, 07 Mar 2024 08:00:00 +0000\nA: 3\n\n");
	put(b, "M/.Sent/cur/3", "Received: x; Tue, 05 Mar 2024 08:00:00 +0000\nA: 1\n\n");
	put(b, "M/tmp/4", "A: half\n");
	put(b, "M/dovecot.index", "A: no mail\n");
	put(b, "M/cur/.nfs1", "A: no mail\n");
	assert_int_equal(history_add(&b->h, path_in(b, "M"), &e), 0);
	history_sort(&b->h);
	assert_int_equal(b->h.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_non_null(strstr(text_of(b, i), arena_printf(&b->arena, "A: %zu", i + 1)));
}

static void what_cannot_be_read_is_named(void **state)
{
	struct bench *b = *state;
	struct err e;

	assert_int_equal(history_add(&b->h, path_in(b, "none"), &e), -1);
	assert_non_null(strstr(e.text, "/none: "));
	make_dir(b, "empty");
	assert_int_equal(history_add(&b->h, path_in(b, "empty"), &e), -1);
	assert_non_null(strstr(e.text, "cur and new"));
	make_dir(b, "M");
	make_dir(b, "M/cur");
	put(b, "M/cur/1", "");
	put(b, "M/cur/2", "A: 1\n\n");
	assert_int_equal(history_add(&b->h, path_in(b, "M"), &e), 0);
	assert_string_equal(b->troubles, "M/cur/1:empty\n");
	assert_int_equal(b->h.n, 1);
}

static void a_large_mail_is_cut_and_its_size_told(void **state)
{
	struct bench *b = *state;
	struct buf raw BUF_AUTO;
	struct err e;
	int64_t size;

	put(b, "mail", "A: 12345\n\n");
	assert_int_equal(history_add(&b->h, path_in(b, "mail"), &e), 0);
	buf_init(&raw, 100);
	assert_int_equal(history_read(&b->h.v[0], 4, &raw, &size, &e), 0);
	assert_true(span_is(buf_span(&raw), "A: 1"));
	assert_int_equal(size, 10);
}

/* --- files that change meanwhile --- */

enum { SWAPS = 3000 };

static void refused(struct bench *b, size_t i, const char *why)
{
	struct buf raw BUF_AUTO;
	int64_t size;
	struct err e;

	buf_init(&raw, 4096);
	assert_int_equal(history_read(&b->h.v[i], 4096, &raw, &size, &e), -1);
	assert_non_null(strstr(e.text, why));
	assert_int_equal(raw.n, 0);
}

static void to_fifo(struct bench *b)
{
	assert_int_equal(unlink(path_in(b, "box/cur/1")), 0);
	assert_int_equal(mkfifo(path_in(b, "box/cur/1"), 0600), 0);
}

static void to_link(struct bench *b)
{
	assert_int_equal(unlink(path_in(b, "box/cur/1")), 0);
	assert_int_equal(symlink(path_in(b, "secret"), path_in(b, "box/cur/1")), 0);
}

static void to_other_folder(struct bench *b)
{
	assert_int_equal(rename(path_in(b, "box/cur"), path_in(b, "box/was")), 0);
	assert_int_equal(symlink(path_in(b, "other"), path_in(b, "box/cur")), 0);
}

static void to_other_file(struct bench *b)
{
	put(b, "box/cur/2", "Subject: another\n\nof the same size?\n");
	assert_int_equal(rename(path_in(b, "box/cur/2"), path_in(b, "box/cur/1")), 0);
}

static void to_nothing(struct bench *b)
{
	assert_int_equal(unlink(path_in(b, "box/cur/1")), 0);
}

static void to_shorter(struct bench *b)
{
	assert_int_equal(truncate(path_in(b, "box/cur/1"), 30), 0);
}

static void to_later(struct bench *b)
{
	put(b, "box/cur/1",
	    "From a\nX: one more line\n\nx\n\nFrom b\nB: 2\n\ny\n\nmore and more\n");
}

/* Between the look at it and its turn. */
static void what_took_the_place_of_a_mail_is_not_read(void **state)
{
	static const struct {
		void (*change)(struct bench *b);
		const char *why;
	} rows[] = {
		{ to_fifo, "another file stands there now" },
		{ to_link, "another file stands there now" },
		{ to_other_folder, "another file stands there now" },
		{ to_other_file, "another file stands there now" },
		{ to_nothing, "No such file" },
		{ to_shorter, "it became shorter" },
		{ to_later, "the mail begins elsewhere now" },
	};
	struct bench *b = *state;
	struct err e;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		tear_down(state);
		set_up(state);
		b = *state;
		make_dir(b, "box");
		make_dir(b, "box/cur");
		make_dir(b, "other");
		put(b, "secret", "From a\nA: 1\n\nx\n\nFrom b\nB: 2\n\nof somebody else\n");
		put(b, "other/1", "From a\nA: 1\n\nx\n\nFrom b\nB: 2\n\nof somebody else\n");
		put(b, "box/cur/1", "From a\nA: 1\n\nx\n\nFrom b\nB: 2\n\ny\n");
		assert_int_equal(history_add(&b->h, path_in(b, "box"), &e), 0);
		assert_int_equal(b->h.n, 2);
		assert_string_equal(text_of(b, 1), "B: 2\n\ny\n");
		rows[i].change(b);
		refused(b, 1, rows[i].why);
	}
}

/* A mail that is appended to an mbox moves no other. */
static void what_grows_is_read_as_it_was(void **state)
{
	struct bench *b = *state;
	struct err e;

	put(b, "mbox", "From a\nA: 1\n\nx\n\nFrom b\nB: 2\n\ny\n\n");
	assert_int_equal(history_add(&b->h, path_in(b, "mbox"), &e), 0);
	put(b, "mbox", "From a\nA: 1\n\nx\n\nFrom b\nB: 2\n\ny\n\nFrom c\nC: 3\n\nz\n");
	assert_int_equal(b->h.n, 2);
	assert_string_equal(text_of(b, 0), "A: 1\n\nx\n");
	assert_string_equal(text_of(b, 1), "B: 2\n\ny\n");
}

struct meddler {
	struct bench *b;
	pthread_t thread;
	atomic_bool over;
};

static void swap(struct meddler *m, const char *name, const char *other)
{
	char one[128], two[128];

	snprintf(one, sizeof(one), "%s/%s", m->b->dir, name);
	snprintf(two, sizeof(two), "%s/%s", m->b->dir, other);
	while (!atomic_load(&m->over))
		(void)renameat2(AT_FDCWD, one, AT_FDCWD, two, RENAME_EXCHANGE);
}

static void *swap_links(void *ctx)
{
	swap(ctx, "box/cur/1", "link");
	return NULL;
}

static void *swap_folders(void *ctx)
{
	swap(ctx, "box/cur", "links");
	return NULL;
}

static void *cut_and_fill(void *ctx)
{
	struct meddler *m = ctx;
	char path[128];

	snprintf(path, sizeof(path), "%s/box/cur/1", m->b->dir);
	while (!atomic_load(&m->over))
		if (truncate(path, 0) < 0 || truncate(path, 1 << 20) < 0)
			break;
	return NULL;
}

/* Nothing of what a link leads to, and nobody dies. */
static void meddle(struct bench *b, void *(*fn)(void *ctx))
{
	struct meddler m = { .b = b };
	struct err e;

	assert_int_equal(pthread_create(&m.thread, NULL, fn, &m), 0);
	for (int i = 0; i < SWAPS; i++) {
		b->h.n = b->h.troubles = 0;
		b->troubles[0] = '\0';
		(void)history_add(&b->h, path_in(b, "box"), &e);
		for (size_t k = 0; k < b->h.n; k++) {
			struct buf raw BUF_AUTO;
			int64_t size;

			buf_init(&raw, 4096);
			if (history_read(&b->h.v[k], 4096, &raw, &size, &e) == 0)
				assert_null(strstr(buf_cstr(&raw), "secret"));
		}
	}
	atomic_store(&m.over, true);
	pthread_join(m.thread, NULL);
}

static void files_that_others_change_all_the_time(void **state)
{
	struct bench *b = *state;

	make_dir(b, "box");
	make_dir(b, "box/cur");
	make_dir(b, "other");
	put(b, "secret", "Subject: a secret\n\nx\n");
	put(b, "other/1", "Subject: a secret\n\nx\n");
	put(b, "box/cur/1", "From a\nSubject: x\n\nx\n");
	assert_int_equal(symlink(path_in(b, "secret"), path_in(b, "link")), 0);
	assert_int_equal(symlink(path_in(b, "other"), path_in(b, "links")), 0);
	meddle(b, swap_links);
	meddle(b, swap_folders);
	meddle(b, cut_and_fill);
}

/* Longer than what is looked at together: a line, a head, and a message that ends at each place. */
static void an_mbox_is_read_a_window_at_a_time(void **state)
{
	enum { STEP = 8 * KIB, SIZE = 2 * MIB };
	struct bench *b = *state;
	struct buf all BUF_AUTO;
	struct err e;
	size_t count = 1, long_line = MIB;

	buf_init(&all, SIZE + 2 * long_line);
	buf_adds(&all, "From a\nA: 0\n\n");
	for (size_t n = 0; n < long_line; n++)
		buf_addc(&all, 'x');
	buf_adds(&all, "From no line\nN: o\n\n");
	for (; all.n < long_line + SIZE / 2; count++) {
		buf_addf(&all, "From b\nA: %zu\n\n", count);
		for (size_t n = count * 37 % STEP; n > 0; n--)
			buf_adds(&all, "y\n");
		buf_adds(&all, "\n");
	}
	put(b, "mbox", buf_cstr(&all));
	assert_int_equal(history_add(&b->h, path_in(b, "mbox"), &e), 0);
	assert_int_equal(b->h.n, count);
	for (size_t i = 0; i < count; i++) {
		struct buf raw BUF_AUTO, begins BUF_AUTO;
		int64_t size;

		buf_init(&raw, SIZE);
		buf_init(&begins, 32);
		buf_addf(&begins, "A: %zu\n\n", i);
		assert_int_equal(history_read(&b->h.v[i], SIZE, &raw, &size, &e), 0);
		assert_true(span_starts(buf_span(&raw), buf_span(&begins)));
		assert_int_equal(raw.n, begins.n + (i ? 2 * (i * 37 % STEP) : long_line + 18));
	}
}

/* What cannot be read to its end is no mail: with half of it the other half would be lost. */
static void an_mbox_that_cannot_be_read_to_its_end(void **state)
{
	const size_t more_than_a_window = 32 * (size_t)HISTORY_HEAD_BYTES;
	struct bench *b = *state;
	struct buf all BUF_AUTO;
	struct err e;

	buf_init(&all, SIZE_MAX);
	buf_adds(&all, "From a\nA: 1\n\nx\n\nFrom b\nB: 2\n\n");
	while (all.n < more_than_a_window)
		buf_adds(&all, "half of it\n");
	put(b, "mbox", buf_cstr(&all));
	broken_at = (int64_t)all.n - 6;
	assert_int_equal(history_add(&b->h, path_in(b, "mbox"), &e), 0);
	broken_at = 0;
	assert_int_equal(b->h.n, 1);
	assert_string_equal(text_of(b, 0), "A: 1\n\nx\n");
	assert_int_equal(b->h.troubles, 1);
	assert_string_equal(b->troubles, "mbox:Input/output error\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(messages_of_mboxes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(when_they_came, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_maildir_with_its_folders_in_order_of_time, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_large_mail_is_cut_and_its_size_told, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_took_the_place_of_a_mail_is_not_read, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_grows_is_read_as_it_was, set_up, tear_down),
		cmocka_unit_test_setup_teardown(files_that_others_change_all_the_time, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_mbox_is_read_a_window_at_a_time, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_mbox_that_cannot_be_read_to_its_end, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
