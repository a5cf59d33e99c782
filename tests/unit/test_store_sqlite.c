/* What only the SQLite engine has: its file, its lock. */
#include "tests/store/behind.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/pack.h"

static void what_is_no_store_is_refused(void **state)
{
	struct fixture *f = *state;
	FILE *out;

	tamper(f, "DROP TABLE migration");
	refused_with(f, STORE_WRITE, "not a store");
	out = fopen(f->path, "w");
	assert_non_null(out);
	fprintf(out, "this is no database, but it is longer than the head of one would be: %0200d",
		0);
	fclose(out);
	refused_with(f, STORE_WRITE, "not a database");
	refused_with(f, STORE_READ, "not a database");
	assert_int_equal(truncate(f->path, 0), 0);
	refused_with(f, STORE_READ, "empty");
}

static void a_wal_without_its_file_is_kept(void **state)
{
	static const char left[] = "what was committed last";
	struct fixture *f = *state;
	char wal[128];
	FILE *out;

	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	store_close(&f->s);
	for (int empty = 0; empty < 2; empty++) {
		assert_int_equal(empty ? truncate(f->path, 0) : unlink(f->path), 0);
		out = fopen(wal, "w");
		assert_non_null(out);
		fputs(left, out);
		fclose(out);
		refused_with(f, STORE_CREATE, "put both back");
		refused_with(f, STORE_WRITE, "put both back");
		assert_int_equal(access(wal, F_OK), 0);
		assert_int_equal(unlink(wal), 0);
		fixture_forget(f);
		fixture_open(f, STORE_CREATE);
		store_close(&f->s);
	}
}

static void the_second_who_opens_is_told_who_was_first(void **state)
{
	struct fixture *f = *state;
	char pid[32];
	int status = 0;
	pid_t child;

	assert_int_equal(prctl(PR_SET_NAME, "gw-core"), 0);
	child = fork();
	if (child == 0) {
		static const enum store_mode modes[] = { STORE_WRITE, STORE_READ, STORE_CREATE };
		struct store *s;

		snprintf(pid, sizeof(pid), "process %d ", (int)getppid());
		for (size_t i = 0; i < 3; i++)
			if (store_open(f->path, modes[i], &s, &f->e) == 0 ||
			    f->e.class != ERR_TEMP || !strstr(f->e.text, f->path) ||
			    !strstr(f->e.text, pid) || !strstr(f->e.text, "of the daemon"))
				_exit(1 + (int)i);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	begin(f); /* and the first one still has it */
	commit(f);
}

static void a_full_disk_is_temporary_and_loses_nothing(void **state)
{
	struct fixture *f = *state;
	struct rlimit old, tight = { 1 << 16, RLIM_INFINITY }; /* its log is longer */
	struct store_mail m = a_mail(1, "");
	struct store_counts c;
	struct buf raw BUF_AUTO;
	int64_t id;
	bool is_new;

	buf_init(&raw, 8 << 20);
	memset(buf_room(&raw, 8 << 20), 'x', 8 << 20);
	raw.n = 8 << 20;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	begin(f);
	if (store_mail_keep(f->s, &m, buf_span(&raw), &id, &is_new, &f->e) == 0)
		REFUSED(f, ERR_TEMP, store_commit(f->s, &f->e));
	else
		assert_int_equal(f->e.class, ERR_TEMP);
	store_rollback(f->s);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	OK(f, store_count(f->s, &c, &f->e));
	assert_int_equal(c.mails, 0);
	begin(f);
	keep(f, &m, buf_span(&raw));
	commit(f);
	OK(f, store_count(f->s, &c, &f->e));
	assert_int_equal(c.mails, 1);
}

static void begin_anew(struct fixture *f)
{
	store_close(&f->s);
	fixture_forget(f);
	fixture_open(f, STORE_CREATE);
	begin(f);
}

/* `sql` changed the file, which is read from now on. */
static void check_finds(struct fixture *f, const char *sql, bool finds, const char *finding)
{
	struct buf findings BUF_AUTO;

	buf_init(&findings, 10000);
	tamper(f, sql);
	fixture_open(f, STORE_READ);
	OK(f, store_check(f->s, &findings, &f->e));
	if (!strstr(buf_cstr(&findings), finding) == finds)
		fail_msg("%s: %s", sql, buf_cstr(&findings));
}

static void damage_is_found(void **state)
{
	static const struct {
		const char *sql, *finding;
	} rows[] = {
		{ "UPDATE content SET bytes = x'112233'",
		  "content 1: the bytes are not those kept (mail 1)\n" },
		{ "UPDATE content SET bytes = x'112233445566'", "content 1: size 3, but 6 bytes" },
		{ "UPDATE content SET bytes = x'1122'",
		  "content 1: does not unpack: Unknown frame descriptor (mail 1)\n" },
		{ "UPDATE content SET bytes = x''", "content 1: does not unpack: " },
		{ "UPDATE mail SET case_number = 77", "mail 1: names a row of cases" },
		{ "INSERT INTO content (sha256, size, bytes) VALUES (zeroblob(32), 0, x'')",
		  "content 2: nothing names it" },
		{ "UPDATE case_text SET text = 'other words'", "case_words: not the words" },
		{ "UPDATE deadline SET case_open = 0", "deadline initial of case 1" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store_mail m = a_mail(1, "");
		struct store_case c = a_case();
		struct store_deadline d = { .case_number = 1, .clock = SPAN("initial") };

		begin_anew(f);
		open_case(f, &c);
		keep(f, &m, SPAN("raw"));
		OK(f, store_case_index(f->s, 1, SPAN(""), SPAN("words"), &f->e));
		OK(f, store_deadline_put(f->s, &d, &f->e));
		commit(f);
		check_finds(f, rows[i].sql, true, rows[i].finding);
	}
}

/* No digest says what they were: what they are packed with does. */
/* Which clocks are as they were is asked of those that know how their case stands. */
static void a_clock_that_does_not_know_its_case_is_put_right(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_deadline all[STORE_DEADLINE_CLOCKS];

	begin(f);
	c.number = open_case(f, &c);
	for (int i = 0; i < STORE_DEADLINE_CLOCKS; i++)
		all[i] = (struct store_deadline){ .case_number = c.number,
						  .clock = SPAN("initial"),
						  .state = DEADLINE_RUNNING };
	all[1].clock = SPAN("next");
	all[2].clock = SPAN("resolution");
	OK(f, store_deadline_begin(f->s, all, &f->e));
	commit(f);
	check_finds(f, "UPDATE deadline SET case_open = 0 WHERE clock = 'next'", true,
		    "does not know its state");
	store_close(&f->s);
	fixture_open(f, STORE_WRITE);
	begin(f);
	OK(f, store_deadline_put_all(f->s, all, &f->e));
	commit(f);
	check_finds(f, "SELECT 1", false, "does not know its state");
}

static void damage_of_so_many_bytes_is_found(struct fixture *f, struct span raw)
{
	static const struct {
		const char *sql, *finding;
	} rows[] = {
		{ "UPDATE content SET bytes = CAST(substr(bytes, 1, 50) || x'00ff' || substr(bytes,"
		  " 53) AS BLOB) WHERE id = (SELECT content FROM mail)",
		  "content 1: does not unpack: " },
		{ "UPDATE content SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS"
		  " BLOB) WHERE id = (SELECT content FROM mail)",
		  "content 1: does not unpack: Restored data doesn't match checksum (mail 1)\n" },
		{ "UPDATE content SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS"
		  " BLOB) WHERE id = (SELECT content FROM outbox)",
		  "content 2: does not unpack: Restored data doesn't match checksum (outgoing" },
		{ "UPDATE content SET size = length(bytes) WHERE id = 1",
		  "content 1: the bytes are not those kept (mail 1)\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store_mail m = a_mail(1, "");
		struct store_case c = a_case();

		begin_anew(f);
		keep(f, &m, raw);
		queue_bytes(f, open_case(f, &c), NOW, "", span_sub(raw, 0, raw.n - 1));
		commit(f);
		check_finds(f,
			    "CREATE TABLE none (n CHECK (n = 0)); INSERT INTO none"
			    " SELECT count(sha256) FROM content; DROP TABLE none",
			    false, "content");
		check_finds(f, rows[i].sql, true, rows[i].finding);
	}
}

/* In the row, and in pieces. */
static void damage_of_a_mail_and_of_a_message_is_found(void **state)
{
	static char raw[600000];
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = "words of a mail\n"[i * i % 16];
	damage_of_so_many_bytes_is_found(f, (struct span){ raw, 5000 });
	damage_of_so_many_bytes_is_found(f, (struct span){ raw, sizeof(raw) });
}

/* As many bytes as it has are not packed, and have no sum. */
static void a_mail_that_lost_its_sum_is_not_read(void **state)
{
	static char raw[5000];
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "");
	struct buf back BUF_AUTO;
	int64_t id;

	memset(raw, 'a', sizeof(raw));
	buf_init(&back, 2 * sizeof(raw));
	begin(f);
	id = keep(f, &m, (struct span){ raw, sizeof(raw) });
	commit(f);
	OK(f, store_mail_raw(f->s, id, &back, &f->e));
	check_finds(f, "UPDATE content SET bytes = substr(bytes, 1, size)", true,
		    "content 1: the bytes are not those kept (mail 1)\n");
	REFUSED(f, ERR_PERM, store_mail_raw(f->s, id, &back, &f->e));
}

/* A long one in pieces, a short one in the row. */
static void what_repeats_itself_takes_few_bytes_and_comes_back(void **state)
{
	static char text[600000];
	static const size_t sizes[] = { sizeof(text), 9000 };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = "abc"[i * i % 3];
	for (uint32_t i = 0; i < 2; i++) {
		struct span raw = { text, sizes[i] };
		struct store_mail m = a_mail(i + 1, "");
		struct buf back BUF_AUTO;
		int64_t id;

		buf_init(&back, sizeof(text));
		begin(f);
		id = keep(f, &m, raw);
		commit(f);
		OK(f, store_mail_raw(f->s, id, &back, &f->e));
		assert_true(span_eq(buf_span(&back), raw));
	}
	store_close(&f->s);
	tamper(f, "CREATE TABLE packed (few INTEGER CHECK (few)); INSERT INTO packed "
		  "SELECT length(bytes) < 1000 AND size > 8999 FROM content; DROP TABLE packed");
}

/* Note 2, as a store of an older program has it. */
static void pack_the_second(struct fixture *f, struct span text)
{
	struct packer *p = packer_new();
	struct span packed = pack_for_soon(p, text);
	char hex[2000];

	assert_true(packed.n < sizeof(hex) / 2);
	hex_encode((const uint8_t *)packed.p, packed.n, hex);
	tamper(f, arena_printf(&f->a, "UPDATE note SET size = %zu, words = x'%s' WHERE id = 2",
			       text.n, hex));
	packer_free(p);
}

static void only_a_note_that_is_long_is_packed_and_each_is_read(void **state)
{
	static char text[8193];
	struct span texts[] = { { text, 8193 }, { text, 8192 }, { text, 300 }, SPAN("") };
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_note note = { .kind = NOTE_INTERNAL, .author_name = SPAN("") }, *v;
	int64_t id;
	size_t n;

	note.author_address = note.message_id = SPAN("");
	memset(text, 'a', sizeof(text));
	begin(f);
	note.case_number = open_case(f, &c);
	for (size_t i = 0; i < 4; i++) {
		note.text = note.reply = texts[i];
		OK(f, store_note_add(f->s, &note, &id, &f->e));
	}
	commit(f);
	tamper(f, "CREATE TABLE packed (long INTEGER CHECK (long)); INSERT INTO packed "
		  "SELECT (length(words) < size) = (size > 8192) FROM note; DROP TABLE packed");
	pack_the_second(f, texts[1]);
	fixture_open(f, STORE_WRITE);
	OK(f, store_note_list(f->s, note.case_number, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++)
		assert_true(span_eq(v[i].text, texts[i]) && span_eq(v[i].reply, texts[i]));
}

static void the_settings_are_those_that_make_it_durable(void **state)
{
	struct fixture *f = *state;
	sqlite3_stmt *row;
	char wal[128];
	sqlite3 *db;

	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	assert_int_equal(access(wal, F_OK), 0);
	snprintf(wal, sizeof(wal), "%s-shm", f->path);
	assert_int_equal(access(wal, F_OK), -1); /* exclusive: no index in shared memory */
	store_close(&f->s);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &row, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(row, 0), "wal");
	sqlite3_finalize(row);
	sqlite3_close(db);
}

static void only_create_makes_a_file_and_only_for_its_owner(void **state)
{
	struct fixture *f = *state;
	struct store *s = NULL;
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	store_close(&f->s);
	fixture_forget(f);
	REFUSED(f, ERR_PERM, store_open(f->path, STORE_WRITE, &s, &f->e));
	REFUSED(f, ERR_PERM, store_open(f->path, STORE_READ, &s, &f->e));
	assert_non_null(strstr(f->e.text, f->path));
	assert_int_equal(stat(f->path, &st), -1);
	REFUSED(f, ERR_PERM, store_open(f->folder, STORE_CREATE, &s, &f->e));
	assert_null(s);
}

static void a_name_is_always_that_of_a_file(void **state)
{
	static const char *const names[] = { ":memory:", "file:x?mode=memory", "plain" };
	struct fixture *f = *state;
	char old[256];

	store_close(&f->s);
	assert_non_null(getcwd(old, sizeof(old)));
	assert_int_equal(chdir(f->folder), 0);
	for (size_t i = 0; i < 3; i++) {
		struct stat st;

		OK(f, store_open(names[i], STORE_CREATE, &f->s, &f->e));
		store_close(&f->s);
		assert_int_equal(stat(names[i], &st), 0);
		assert_true(st.st_size > 0);
	}
	assert_int_equal(chdir(old), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_is_no_store_is_refused),
		STORE_TEST(a_wal_without_its_file_is_kept),
		STORE_TEST(the_second_who_opens_is_told_who_was_first),
		STORE_TEST(a_full_disk_is_temporary_and_loses_nothing),
		STORE_TEST(damage_is_found),
		STORE_TEST(a_clock_that_does_not_know_its_case_is_put_right),
		STORE_TEST(damage_of_a_mail_and_of_a_message_is_found),
		STORE_TEST(a_mail_that_lost_its_sum_is_not_read),
		STORE_TEST(what_repeats_itself_takes_few_bytes_and_comes_back),
		STORE_TEST(only_a_note_that_is_long_is_packed_and_each_is_read),
		STORE_TEST(the_settings_are_those_that_make_it_durable),
		STORE_TEST(only_create_makes_a_file_and_only_for_its_owner),
		STORE_TEST(a_name_is_always_that_of_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
