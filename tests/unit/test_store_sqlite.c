/* What only the SQLite engine has: its file, its lock, its plans. */
#include "tests/store/fixture.h"

#include <ctype.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/sql.h"
#include "store/standing.h"

/* Does something to the file behind the store's back. */
static void tamper(struct fixture *f, const char *sql)
{
	sqlite3 *db;

	store_close(&f->s);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void refused_with(struct fixture *f, enum store_mode mode, const char *part)
{
	struct store *s = NULL;

	REFUSED(f, ERR_PERM, store_open(f->path, mode, &s, &f->e));
	assert_null(s);
	assert_non_null(strstr(f->e.text, f->path));
	assert_non_null(strstr(f->e.text, part));
}

static void a_migration_that_was_edited_is_refused(void **state)
{
	struct fixture *f = *state;

	tamper(f, "UPDATE migration SET sha256 = zeroblob(32) WHERE number = 1");
	refused_with(f, STORE_WRITE, "0001_base");
}

static void a_store_of_a_newer_program_is_refused(void **state)
{
	struct fixture *f = *state;

	tamper(f, "INSERT INTO migration VALUES (9999, '9999_later', zeroblob(32))");
	refused_with(f, STORE_CREATE, "newer");
}

static void a_reader_migrates_nothing(void **state)
{
	struct fixture *f = *state;

	tamper(f, "DELETE FROM migration");
	refused_with(f, STORE_READ, "older");
}

static void a_failed_migration_leaves_nothing(void **state)
{
	struct fixture *f = *state;

	tamper(f, "DELETE FROM migration; DROP TABLE meta"); /* the rest is in the way of 0001 */
	REFUSED(f, ERR_BUG, store_open(f->path, STORE_WRITE, &f->s, &f->e));
	assert_non_null(strstr(f->e.text, "migration 0001_base: "));
	assert_null(f->s);
	tamper(f, "CREATE TABLE meta (key)"); /* was not left there by the failed one */
}

/* The file as the program of the first `count` migrations left it. */
static void make_older(struct fixture *f, int count)
{
	static const struct witness_state blank = { .is_blank = true };
	sqlite3 *db;
	sqlite3_stmt *add;

	store_close(&f->s);
	fixture_forget(f);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql_statements[SQL_MIGRATION_TABLE].text, 0, 0, 0), 0);
	for (int i = 0; i < count; i++) {
		const struct sql_migration *m = &sql_migrations[i];
		uint8_t digest[SHA256_SIZE];

		sha256_of(span_of(m->text), digest);
		assert_int_equal(sqlite3_exec(db, m->text, 0, 0, 0), SQLITE_OK);
		sqlite3_prepare_v2(db, sql_statements[SQL_MIGRATION_ADD].text, -1, &add, NULL);
		sqlite3_bind_int(add, 1, m->number);
		sqlite3_bind_text(add, 2, m->name, -1, SQLITE_STATIC);
		sqlite3_bind_blob(add, 3, digest, sizeof(digest), SQLITE_STATIC);
		assert_int_equal(sqlite3_step(add), SQLITE_DONE);
		sqlite3_finalize(add);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	if (count >= STORE_FIRST_WITH_STANDING)
		OK(f,
		   witness_make(arena_printf(&f->a, "%s.witness", f->path), &blank, false, &f->e));
}

static void an_older_store_keeps_the_last_deadline_of_each_clock(void **state)
{
	struct fixture *f = *state;
	struct store_deadline *v;
	int64_t at;
	size_t n;

	make_older(f, 2);
	tamper(
	    f,
	    "INSERT INTO cases VALUES (7, '', '', '', 3, 3, 'open', '', '', '', '', '', '', 0, '',"
	    " '', '', 0, 0, 0, NULL);"
	    "INSERT INTO deadline VALUES (7, 'next', 200, '', '', 'running', 200, 9, NULL, 8, 1),"
	    " (7, 'initial', 5, '', '', 'met', 5, 6, 7, NULL, 1),"
	    " (7, 'next', 100, '', '', 'warned', 100, 5, NULL, 4, 1)");
	fixture_open(f, STORE_WRITE);
	OK(f, store_deadline_list(f->s, 7, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 2);
	assert_true(span_is(v[0].clock, "initial") && v[0].state == DEADLINE_MET);
	assert_true(v[0].started_at == 5 && v[0].due_at == 6 && v[0].met_at == 7);
	assert_true(span_is(v[1].clock, "next") && v[1].started_at == 200 && v[1].alarm_at == 8);
	OK(f, store_deadline_next(f->s, &at, &f->e));
	assert_int_equal(at, 8);
}

static void an_older_store_gets_an_epoch(void **state)
{
	struct fixture *f = *state;
	struct store_epoch *v;
	size_t n;

	make_older(f, 9);
	tamper(
	    f,
	    "INSERT INTO cases VALUES (7, '', '', '', 3, 3, 'open', '', '', '', '', '', '', 0, '',"
	    " '', '', 0, 0, 0, NULL, '');");
	fixture_open(f, STORE_WRITE);
	OK(f, store_epoch_list(f->s, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 2);
	assert_true(v[0].has_tag && !v[1].has_tag && v[1].mark == 7);
}

static void an_older_store_knows_nothing_of_its_authors(void **state)
{
	struct fixture *f = *state;
	struct store_note *v;
	size_t n;

	make_older(f, 11);
	tamper(f, "INSERT INTO cases SELECT 7, '', '', '', 3, 0, 'open', '', '', '', '', '', '', 0,"
		  " '', '', '', 0, 0, 0, NULL, '';"
		  "INSERT INTO note VALUES (1, 7, 'inbound', 5, 'Ann', 'a@b.c', 'L3', 't', 'r',"
		  " '', NULL)");
	fixture_open(f, STORE_WRITE);
	OK(f, store_note_list(f->s, 7, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].trust == NOTE_TRUST_L3 && v[0].author.n == 0);
}

static void an_older_store_knows_its_places(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(5, "");
	struct store_mail_place at;

	make_older(f, 4);
	tamper(f, "INSERT INTO content VALUES (1, zeroblob(32), 3, x'726177');"
		  "INSERT INTO mail (mailbox, uidvalidity, uid, received_at, message_id, identity,"
		  " size, truncated, history, from_text, subject, content)"
		  " VALUES ('support', 7, 5, NULL, '', zeroblob(32), 3, 0, 0, '', '', 1)");
	fixture_open(f, STORE_WRITE);
	OK(f, store_mail_at(f->s, &m, &at, &f->e));
	assert_true(at.id == 1 && at.is_same);
	m.size++;
	begin(f);
	assert_int_equal(keep(f, &m, SPAN("other")), 2);
	commit(f);
}

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

	assert_int_equal(prctl(PR_SET_NAME, "gatewayd"), 0);
	child = fork();
	if (child == 0) {
		static const enum store_mode modes[] = { STORE_WRITE, STORE_READ, STORE_CREATE };
		struct store *s;

		snprintf(pid, sizeof(pid), "process %d ", (int)getppid());
		for (size_t i = 0; i < 3; i++)
			if (store_open(f->path, modes[i], &s, &f->e) == 0 ||
			    f->e.class != ERR_TEMP || !strstr(f->e.text, f->path) ||
			    !strstr(f->e.text, pid) || !strstr(f->e.text, "the daemon is running"))
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
	struct rlimit old, tight = { 1 << 20, RLIM_INFINITY };
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

static void damage_is_found(void **state)
{
	static const struct {
		const char *sql, *finding;
	} rows[] = {
		{ "UPDATE content SET bytes = x'112233'",
		  "content 1: the bytes are not those kept\n" },
		{ "UPDATE content SET bytes = x'112233445566'", "content 1: size 3, but 6 bytes" },
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
		struct buf findings BUF_AUTO;

		buf_init(&findings, 10000);
		store_close(&f->s);
		fixture_forget(f);
		fixture_open(f, STORE_CREATE);
		begin(f);
		open_case(f, &c);
		keep(f, &m, SPAN("raw"));
		OK(f, store_case_index(f->s, 1, SPAN(""), false, SPAN("words"), &f->e));
		OK(f, store_deadline_put(f->s, &d, &f->e));
		commit(f);
		tamper(f, rows[i].sql);
		fixture_open(f, STORE_READ);
		OK(f, store_check(f->s, &findings, &f->e));
		if (!strstr(buf_cstr(&findings), rows[i].finding))
			fail_msg("%s: %s", rows[i].sql, buf_cstr(&findings));
	}
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

/* --- plans --- */

/* Statements that may read a whole table: listings of all, counts, checks, migrations. */
static bool may_scan(const char *name)
{
	static const char *const names[] = { "migration_list",	    "migration_there",
					     "count_all",	    "account_list",
					     "contact_list",	    "property_list",
					     "recommendation_list", "article_sweep",
					     "article_sweep_words", "dead_list",
					     "mail_count",	    "article_sweep_again" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	/* sqlite_sequence has a row a table */
	return strncmp(name, "check_", 6) == 0 || strncmp(name, "sequence_", 9) == 0;
}

/* Statements that sort what they found; the others take the order from an index. */
static bool may_sort(const char *name)
{
	static const char *const names[] = {
		"link_list",
		"participant_list",
		"domain_list",
		"contact_list_account",
		"article_search",
		"case_similar",
		"recommendation_list_account",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return may_scan(name);
}

/* A scan in the order of an index that a LIMIT ends is what a listing is for. */
static bool is_full_scan(const char *name, const char *line)
{
	if (strncmp(line, "SCAN", 4) != 0 || strstr(line, "VIRTUAL TABLE INDEX"))
		return false;
	if (strstr(line, "CONSTANT ROW") || strstr(line, "SCAN (subquery"))
		return false;
	if (strcmp(name, "mail_list") == 0 || strcmp(name, "outbox_list") == 0)
		return false;
	return !strstr(line, "USING INDEX") && !strstr(line, "USING COVERING INDEX");
}

/* Without statistics a range may look better than the equality beside it, and walks a mailbox. */
static bool is_range_for_equal(const char *text, const char *line)
{
	const char *range = strstr(line, ">?");
	char equal[64];
	int n = 0;

	if (!range)
		return false;
	while (range - n > line && (isalnum(range[-n - 1]) || range[-n - 1] == '_'))
		n++;
	snprintf(equal, sizeof(equal), " %.*s = ?", n, range - n);
	return strstr(text, equal) != NULL;
}

static void look_at_plan(sqlite3 *db, const char *name, const char *text)
{
	char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", text);
	sqlite3_stmt *row;

	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK)
		fail_msg("%s: %s", name, sqlite3_errmsg(db));
	while (sqlite3_step(row) == SQLITE_ROW) {
		const char *line = (const char *)sqlite3_column_text(row, 3);

		if (getenv("SHOW"))
			printf("# %s: %s\n", name, line);
		if (!may_scan(name) && is_full_scan(name, line))
			fail_msg("%s: %s", name, line);
		if (is_range_for_equal(text, line))
			fail_msg("%s: %s", name, line);
		if (!may_sort(name) && strstr(line, "TEMP B-TREE"))
			fail_msg("%s: %s", name, line);
	}
	sqlite3_finalize(row);
	sqlite3_free(sql);
}

static void no_statement_reads_more_than_it_gives(void **state)
{
	struct fixture *f = *state;
	sqlite3 *db;

	store_close(&f->s);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	for (int i = 0; i < SQL_COUNT; i++)
		if (i != SQL_MIGRATION_TABLE)
			look_at_plan(db, sql_statements[i].name, sql_statements[i].text);
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_migration_that_was_edited_is_refused),
		STORE_TEST(a_store_of_a_newer_program_is_refused),
		STORE_TEST(a_reader_migrates_nothing),
		STORE_TEST(a_failed_migration_leaves_nothing),
		STORE_TEST(an_older_store_keeps_the_last_deadline_of_each_clock),
		STORE_TEST(an_older_store_gets_an_epoch),
		STORE_TEST(an_older_store_knows_nothing_of_its_authors),
		STORE_TEST(an_older_store_knows_its_places),
		STORE_TEST(what_is_no_store_is_refused),
		STORE_TEST(a_wal_without_its_file_is_kept),
		STORE_TEST(the_second_who_opens_is_told_who_was_first),
		STORE_TEST(a_full_disk_is_temporary_and_loses_nothing),
		STORE_TEST(damage_is_found),
		STORE_TEST(the_settings_are_those_that_make_it_durable),
		STORE_TEST(only_create_makes_a_file_and_only_for_its_owner),
		STORE_TEST(a_name_is_always_that_of_a_file),
		STORE_TEST(no_statement_reads_more_than_it_gives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
