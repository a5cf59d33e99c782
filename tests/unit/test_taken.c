/* What servers took, kept for who sends next. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/wire/taken.h"

enum { MARK = 4711, ROWS = 4096, PROBES = 32, SLOT = 24, HEAD = 4096, BOOT_AT = 24 };

struct fixture {
	char folder[32], socket[64], file[80];
	struct taken t;
	int fd;
};

static void open_it(struct fixture *f)
{
	struct err e;

	assert_int_equal(taken_open(f->socket, &f->fd, &e), 0);
	assert_int_equal(taken_map(&f->t, f->fd, &e), 0);
}

static void close_it(struct fixture *f)
{
	taken_release(&f->t);
	close(f->fd);
}

static void begin(struct fixture *f)
{
	strcpy(f->folder, "/tmp/test-taken-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->socket, sizeof(f->socket), "%s/control.sock", f->folder);
	snprintf(f->file, sizeof(f->file), "%s.taken", f->socket);
	open_it(f);
}

static void end(struct fixture *f)
{
	close_it(f);
	unlink(f->file);
	rmdir(f->folder);
}

static bool has(const struct fixture *f, int64_t row)
{
	enum smtp_class class;
	int code;

	return taken_find(&f->t, row, MARK, &class, &code);
}

static void put(const struct fixture *f, int64_t row)
{
	taken_put(&f->t, row, MARK, SMTP_SENT, 250);
}

static void what_was_put_is_found_until_it_is_dropped(void **state)
{
	struct fixture f;
	enum smtp_class class;
	int code;

	(void)state;
	begin(&f);
	assert_false(has(&f, 7));
	taken_put(&f.t, 7, MARK, SMTP_UNKNOWN, 451);
	put(&f, 8);
	assert_true(taken_find(&f.t, 7, MARK, &class, &code));
	assert_int_equal(class, SMTP_UNKNOWN);
	assert_int_equal(code, 451);
	assert_false(taken_find(&f.t, 7, MARK + 1, &class, &code));
	put(&f, 7);
	assert_true(taken_find(&f.t, 7, MARK, &class, &code));
	assert_int_equal(class, SMTP_SENT);
	taken_drop(&f.t, 7);
	assert_false(has(&f, 7));
	assert_true(has(&f, 8));
	taken_drop(&f.t, 9);
	end(&f);
}

static void rows_of_one_place_stand_beside_each_other_while_there_is_room(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	for (int64_t i = 0; i <= PROBES; i++)
		put(&f, 1 + i * ROWS);
	for (int64_t i = 0; i <= PROBES; i++)
		assert_int_equal(has(&f, 1 + i * ROWS), i < PROBES);
	taken_drop(&f.t, 1);
	assert_true(has(&f, 1 + ROWS));
	put(&f, 1 + PROBES * ROWS);
	assert_true(has(&f, 1 + PROBES * ROWS));
	end(&f);
}

static void senders_of_one_daemon_and_of_the_next_share_it(void **state)
{
	struct fixture f;
	struct taken other = { NULL };
	struct err e;

	(void)state;
	begin(&f);
	assert_int_equal(taken_map(&other, f.fd, &e), 0);
	taken_put(&other, 7, MARK, SMTP_SENT, 250);
	taken_release(&other);
	assert_true(has(&f, 7));
	close_it(&f);
	open_it(&f);
	assert_true(has(&f, 7));
	end(&f);
}

static void write_at(const struct fixture *f, long at, const void *bytes, size_t n)
{
	int fd = open(f->file, O_WRONLY);

	assert_int_equal(pwrite(fd, bytes, n, at), n);
	close(fd);
}

static void what_was_being_put_when_all_ended_makes_room(void **state)
{
	static const int64_t being_put = -1;
	struct fixture f;

	(void)state;
	begin(&f);
	for (long i = 0; i < PROBES; i++)
		write_at(&f, HEAD + (1 + i) * SLOT, &being_put, sizeof(being_put));
	put(&f, 1);
	assert_false(has(&f, 1));
	close_it(&f);
	open_it(&f);
	put(&f, 1);
	assert_true(has(&f, 1));
	end(&f);
}

/* Of a machine that began anew, or of a program that writes it in another way; cut, or longer. */
static void a_file_of_another_time_is_begun_anew(void **state)
{
	static const long ats[] = { 0, BOOT_AT };
	static const off_t sizes[] = { 0, HEAD, HEAD + ROWS * SLOT + 1 };
	struct fixture f;

	(void)state;
	begin(&f);
	for (size_t i = 0; i < sizeof(ats) / sizeof(*ats); i++) {
		put(&f, 7);
		close_it(&f);
		write_at(&f, ats[i], "~", 1);
		open_it(&f);
		assert_false(has(&f, 7));
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		put(&f, 7);
		close_it(&f);
		assert_int_equal(truncate(f.file, sizes[i]), 0);
		open_it(&f);
		assert_false(has(&f, 7));
	}
	end(&f);
}

/* Else each sender of this daemon ended as soon as it looked. */
static void what_was_cut_meanwhile_has_room_for_the_next_sender(void **state)
{
	struct fixture f;
	struct err e;

	(void)state;
	begin(&f);
	taken_release(&f.t);
	assert_int_equal(ftruncate(f.fd, 0), 0);
	assert_int_equal(taken_map(&f.t, f.fd, &e), 0);
	assert_false(has(&f, 7));
	put(&f, 7);
	assert_true(has(&f, 7));
	end(&f);
}

static void refused(const struct fixture *f, const char *why)
{
	struct err e;
	int fd;

	assert_int_equal(taken_open(f->socket, &fd, &e), -1);
	assert_non_null(strstr(e.text, f->file));
	assert_non_null(strstr(e.text, why));
}

/* What somebody else put there, or may write to, does not say what was sent; nor is it changed. */
static void a_file_that_is_not_its_own_is_refused(void **state)
{
	struct fixture f;
	char other[80];

	(void)state;
	begin(&f);
	snprintf(other, sizeof(other), "%s/other", f.folder);
	assert_int_equal(rename(f.file, other), 0);
	assert_int_equal(symlink(other, f.file), 0);
	refused(&f, "symbolic links");
	unlink(f.file);
	assert_int_equal(link(other, f.file), 0);
	refused(&f, "not a file of the daemon's own");
	unlink(f.file);
	assert_int_equal(mkfifo(f.file, 0600), 0);
	refused(&f, "not a file of the daemon's own");
	unlink(f.file);
	assert_int_equal(mkdir(f.file, 0700), 0);
	refused(&f, "directory");
	rmdir(f.file);
	unlink(other);
	end(&f);
}

static void in_memory_and_without_any_it_says_nothing_wrong(void **state)
{
	struct fixture f = { .socket = "" };
	struct err e;

	(void)state;
	put(&f, 7);
	assert_false(has(&f, 7));
	taken_drop(&f.t, 7);
	assert_int_equal(taken_open(NULL, &f.fd, &e), 0);
	assert_int_equal(taken_map(&f.t, f.fd, &e), 0);
	put(&f, 7);
	assert_true(has(&f, 7));
	close_it(&f);
}

static void a_mark_is_of_the_recipient_and_of_the_mail(void **state)
{
	uint64_t mark = taken_mark("ann@x.test", SPAN("Message-ID: <1@x>\r\n\r\nhello\r\n"), 1);

	(void)state;
	assert_true(mark ==
		    taken_mark("ann@x.test", SPAN("Message-ID: <1@x>\r\n\r\nhello\r\n"), 1));
	assert_true(mark !=
		    taken_mark("bob@x.test", SPAN("Message-ID: <1@x>\r\n\r\nhello\r\n"), 1));
	assert_true(mark !=
		    taken_mark("ann@x.test", SPAN("Message-ID: <2@x>\r\n\r\nhello\r\n"), 1));
	assert_true(mark !=
		    taken_mark("ann@x.test", SPAN("Message-ID: <1@x>\r\n\r\nhello\r\n"), 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_found_until_it_is_dropped),
		cmocka_unit_test(rows_of_one_place_stand_beside_each_other_while_there_is_room),
		cmocka_unit_test(senders_of_one_daemon_and_of_the_next_share_it),
		cmocka_unit_test(what_was_being_put_when_all_ended_makes_room),
		cmocka_unit_test(a_file_of_another_time_is_begun_anew),
		cmocka_unit_test(what_was_cut_meanwhile_has_room_for_the_next_sender),
		cmocka_unit_test(a_file_that_is_not_its_own_is_refused),
		cmocka_unit_test(in_memory_and_without_any_it_says_nothing_wrong),
		cmocka_unit_test(a_mark_is_of_the_recipient_and_of_the_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
