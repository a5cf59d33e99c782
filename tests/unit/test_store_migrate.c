/* Stores of older programs: what becomes of what is in them; SQLite's files only. */
#include <signal.h>
#include <sys/wait.h>

#include "tests/store/behind.h"

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

/* --- a new store --- */

/* What sql selects, behind `all`, a row a line; long blobs as their lengths.  To be freed. */
static char *add_rows(char *all, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		for (int k = 0; k < sqlite3_column_count(s); k++) {
			bool is_blob = sqlite3_column_type(s, k) == SQLITE_BLOB;
			const char *text = (const char *)sqlite3_column_text(s, k);
			int n = sqlite3_column_bytes(s, k);

			all = is_blob && n >= 16
				  ? sqlite3_mprintf("%z|%d bytes", all, n)
				  : sqlite3_mprintf("%z|%s", all, text ? text : "NULL");
		}
		all = sqlite3_mprintf("%z\n", all);
	}
	sqlite3_finalize(s);
	return all;
}

static sqlite3 *behind(struct fixture *f)
{
	sqlite3 *db;

	store_close(&f->s);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	return db;
}

/* The schema, and each row. */
static char *look_of(struct fixture *f)
{
	static const char schema[] = "SELECT type, name, tbl_name, sql FROM sqlite_schema "
				     "ORDER BY type = 'trigger', rowid";
	sqlite3 *db = behind(f);
	char *all = add_rows(sqlite3_mprintf(""), db, schema), **v;
	int n;

	assert_int_equal(sqlite3_get_table(db,
					   "SELECT name FROM sqlite_schema WHERE type = 'table'"
					   " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
					   &v, &n, NULL, NULL),
			 SQLITE_OK);
	assert_true(n > 40);
	for (int k = 1; k <= n; k++) {
		char *sql = sqlite3_mprintf("SELECT '%s', * FROM %s", v[k], v[k]);

		all = add_rows(all, db, sql);
		sqlite3_free(sql);
	}
	sqlite3_free_table(v);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return all;
}

static void a_new_store_is_what_all_migrations_leave(void **state)
{
	struct fixture *f = *state;
	char *migrated, *made;

	make_older(f, (int)sql_sqlite.migration_count);
	migrated = look_of(f);
	fixture_forget(f);
	fixture_open(f, STORE_CREATE);
	made = look_of(f);
	assert_string_equal(made, migrated);
	sqlite3_free(migrated);
	sqlite3_free(made);
}

/* Its key, its identity and the mark of its numbers. */
static char *random_of(struct fixture *f, const char *sql)
{
	sqlite3 *db;
	char *all;

	store_close(&f->s);
	fixture_forget(f);
	fixture_open(f, STORE_CREATE);
	db = behind(f);
	all = add_rows(sqlite3_mprintf(""), db, sql);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return all;
}

static void what_is_random_in_a_new_store_is_its_own(void **state)
{
	static const char *const values[] = {
		"SELECT hex(value) FROM meta WHERE key = 'person-key'",
		"SELECT hex(identity) FROM standing",
		"SELECT hex(tag) FROM epoch WHERE number = 1",
	};

	for (size_t k = 0; k < sizeof(values) / sizeof(*values); k++) {
		char *one = random_of(*state, values[k]), *other = random_of(*state, values[k]);

		assert_true(strlen(one) > 32 && strlen(other) == strlen(one));
		assert_string_not_equal(one, other);
		sqlite3_free(one);
		sqlite3_free(other);
	}
}

/* --- what older programs left --- */

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
	assert_true(span_is(v[0].text, "t") && span_is(v[0].reply, "r"));
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

static void an_older_store_tells_recommendations_that_came_later(void **state)
{
	struct fixture *f = *state;
	struct store_property p;
	struct span *due;
	size_t n;

	make_older(f, 18);
	tamper(f,
	       "INSERT INTO account (id, name, package, reseller, parent, flags, entitled,"
	       " contact_name) VALUES ('acme', '', '', '', '', '', 1, '');"
	       "INSERT INTO property VALUES ('acme', 'told', 10, 100), ('acme', 'late', 10, 90);"
	       "INSERT INTO recommendation (account, property, title, link, state, at) VALUES"
	       " ('acme', 'told', 'a', '', 'sent', 50), ('acme', 'told', 'c', '', 'dropped', 120),"
	       " ('acme', 'late', 'b', '', 'open', 95)");
	fixture_open(f, STORE_WRITE);
	OK(f, store_property_get(f->s, SPAN("acme"), SPAN("told"), &f->a, &p, &f->e));
	assert_int_equal(p.told_at, 100);
	OK(f, store_property_get(f->s, SPAN("acme"), SPAN("late"), &f->a, &p, &f->e));
	assert_int_equal(p.told_at, INSTANT_NONE);
	/* A week is reckoned from the last mail before. */
	OK(f, store_recommend_due(f->s, 1000, 99, 10, &f->a, &due, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, store_recommend_due(f->s, 1000, 100, 10, &f->a, &due, &n, &f->e));
	assert_true(n == 1 && span_is(due[0], "acme"));
}

static void an_older_store_says_nothing_of_account_teams(void **state)
{
	struct fixture *f = *state;
	struct store_account account;

	make_older(f, 19);
	tamper(f, "INSERT INTO account (id, name, package, reseller, parent, flags, entitled,"
		  " contact_name) VALUES ('acme', 'Acme', '', '', '', '', 1, 'Kim')");
	fixture_open(f, STORE_WRITE);
	OK(f, store_account_get(f->s, SPAN("acme"), &f->a, &account, &f->e));
	assert_true(span_is(account.contact_name, "Kim"));
	assert_true(account.team_phone.n == 0 && account.team_address.n == 0);
}

static void an_older_store_makes_origins_of_flags(void **state)
{
	static const struct {
		const char *id, *origin;
	} rows[] = { { "a", "self-selected" }, { "b", "" }, { "c", "account-team" } };
	struct fixture *f = *state;

	make_older(f, 25);
	tamper(f,
	       "INSERT INTO account (id, name, package, reseller, parent, flags, entitled,"
	       " contact_name) VALUES ('a', '', '', '', '', 'self-service Self-Selected', 1, ''),"
	       " ('b', '', '', '', '', 'vip pre-sales-old', 1, ''),"
	       " ('c', '', '', '', '', 'account-team', 1, '')");
	fixture_open(f, STORE_WRITE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store_account account;

		OK(f, store_account_get(f->s, span_of(rows[i].id), &f->a, &account, &f->e));
		assert_true(span_is(account.origin, rows[i].origin));
	}
}

/* Migrations 0021 and 0024. */
static void an_older_store_reads_its_articles_once_more(void **state)
{
	static const int before[] = { 20, 23 };
	struct fixture *f = *state;
	struct buf findings BUF_AUTO;

	buf_init(&findings, 1000);
	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		struct store_article article;
		int64_t mtime_at, size;

		make_older(f, before[i]);
		tamper(f, "INSERT INTO article (path, title, link, text, mtime_at, size)"
			  " VALUES ('kb', 'Zebra', '', 'stripes', 50, 7);"
			  "INSERT INTO article_words (article_words) VALUES ('rebuild')");
		fixture_open(f, STORE_WRITE);
		OK(f, store_article_get(f->s, SPAN("kb"), &f->a, &article, &f->e));
		assert_true(span_is(article.text, "stripes"));
		begin(f);
		OK(f, store_article_stamp(f->s, SPAN("kb"), &mtime_at, &size, &f->e));
		assert_int_equal(mtime_at, -1);
		article.mtime_at = 50;
		OK(f, store_article_put(f->s, &article, &f->e));
		commit(f);
		OK(f, store_check(f->s, &findings, &f->e));
		assert_string_equal(buf_cstr(&findings), "");
	}
}

static void an_older_store_indexes_all_its_cases(void **state)
{
	const struct store_case_find any = { .limit = 9 };
	struct fixture *f = *state;
	struct buf findings BUF_AUTO;
	struct store_hit *hits;
	int64_t *stale;
	size_t n;

	buf_init(&findings, 1000);
	make_older(f, 23);
	tamper(
	    f,
	    "INSERT INTO cases (queue, kind, channel, severity, severity_requested, state,"
	    " subject, requester_name, requester_address, account, behalf, reseller,"
	    " top_visible, owner, rule, resource, priority, opened_at, updated_at)"
	    " SELECT '', '', '', 3, 0, v.value, 'Zebra', '', '', '', '', '', 0, '', '', '', 0, 0, 0"
	    " FROM json_each('[\"open\", \"closed\", \"resolved\"]') v;"
	    "INSERT INTO case_text VALUES (2, '', 0, 'old words');"
	    "INSERT INTO case_words (case_words) VALUES ('rebuild')");
	fixture_open(f, STORE_WRITE);
	OK(f, store_case_stale(f->s, 10, &f->a, &stale, &n, &f->e));
	assert_true(n == 3 && stale[0] == 3 && stale[2] == 1);
	begin(f);
	for (size_t i = 0; i < n; i++)
		OK(f, store_case_index(f->s, stale[i], SPAN("Zebra"), SPAN("stripes"), &f->e));
	commit(f);
	OK(f, store_case_find(f->s, SPAN("stripes"), &any, &f->a, &hits, &n, &f->e));
	assert_int_equal(n, 3);
	OK(f, store_case_stale(f->s, 10, &f->a, &stale, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_null(strstr(buf_cstr(&findings), "words"));
}

static void an_older_store_counts_what_it_kept(void **state)
{
	struct fixture *f = *state;
	struct store_seen seen;
	struct buf findings BUF_AUTO;

	buf_init(&findings, 1000);
	make_older(f, 31);
	tamper(f, "INSERT INTO content (id, sha256, size, bytes) VALUES (1, zeroblob(32), 0, x'');"
		  "INSERT INTO mail (mailbox, uidvalidity, uid, kept_at, message_id, identity,"
		  " size, truncated, history, from_text, subject, content)"
		  " SELECT v.value, 7, v.key + 1, 0, v.key, zeroblob(32), 0, 0, 0, '', '', 1"
		  " FROM json_each('[\"support\", \"other\", \"support\"]') v");
	fixture_open(f, STORE_WRITE);
	OK(f, store_seen_get(f->s, SPAN("support"), &seen, &f->e));
	assert_true(seen.seen == 2 && seen.kept == 2);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_null(strstr(buf_cstr(&findings), "mailbox"));
	tamper(f, "DELETE FROM mail WHERE mailbox = 'other'");
	fixture_open(f, STORE_WRITE);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_non_null(
	    strstr(buf_cstr(&findings), "mailbox other: 1 mails were kept, 0 are there"));
}

static void an_older_store_counts_its_cases(void **state)
{
	struct fixture *f = *state;
	struct store_counts counts;
	struct store_case c = a_case();
	struct buf findings BUF_AUTO;

	buf_init(&findings, 1000);
	make_older(f, 41);
	tamper(f,
	       "INSERT INTO cases (queue, kind, channel, severity, severity_requested, state,"
	       " subject, requester_name, requester_address, account, behalf, reseller,"
	       " top_visible, owner, rule, resource, priority, opened_at, updated_at)"
	       " SELECT '', '', '', 3, 0, v.value, '', '', '', '', '', '', 0, '', '', '', 0, 0, 0"
	       " FROM json_each('[\"open\", \"closed\", \"resolved\", \"waiting\"]') v;"
	       "INSERT INTO deadline (case_number, clock, target, rule, state, case_open)"
	       " VALUES (1, 'initial', '', '', 'running', 1);"
	       "INSERT INTO account (id, name, package, reseller, parent, flags, entitled, "
	       "contact_name)"
	       " VALUES ('acme', '', '', '', '', '', 0, '')");
	fixture_open(f, STORE_WRITE);
	OK(f, store_count(f->s, &counts, &f->e));
	assert_true(counts.cases == 4 && counts.cases_open == 2 && counts.accounts == 1);
	begin(f);
	open_case(f, &c);
	OK(f, store_case_get(f->s, 1, &f->a, &c, &f->e));
	c.state = CASE_CLOSED;
	OK(f, store_case_update(f->s, &c, &f->e));
	commit(f);
	OK(f, store_count(f->s, &counts, &f->e));
	assert_true(counts.cases == 5 && counts.cases_open == 2);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_null(strstr(buf_cstr(&findings), "tally"));
	tamper(f, "UPDATE tally SET cases_open = 7");
	fixture_open(f, STORE_WRITE);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_non_null(
	    strstr(buf_cstr(&findings), "tally: 5 cases, 7 open, but 5 and 2 are there"));
}

enum { FROM = 44, TELLINGS_MAX = 60 };

/* Some ten thousand cases with words, as the program of migration FROM left them. */
static void make_large(struct fixture *f)
{
	make_older(f, FROM);
	tamper(f,
	       "INSERT INTO cases (queue, kind, channel, severity, severity_requested, state,"
	       " subject, requester_name, requester_address, account, behalf, reseller,"
	       " top_visible, owner, rule, resource, priority, opened_at, updated_at)"
	       " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
	       " SELECT '', '', '', 3, 0, 'open', '', '', '', '', '', '', 0, '', '', '', 0, 0, 0"
	       " FROM n; INSERT INTO case_text SELECT number, '', 'w' || number FROM cases");
}

struct told {
	int n, kill_at, begun, done, goes_on;
	bool named;
};

static void on_migrating(void *ctx, const struct store_migrating *m)
{
	struct told *t = ctx;

	if (++t->n == t->kill_at)
		raise(SIGKILL);
	t->begun += m->step == STORE_MIGRATION_BEGINS;
	t->done += m->step == STORE_MIGRATION_DONE;
	t->goes_on += m->step == STORE_MIGRATION_GOES_ON;
	t->named = t->named || (m->n == 1 && strcmp(m->name, "0045_words") == 0);
}

static int open_told(struct fixture *f, struct told *t)
{
	const struct store_listener listener = { on_migrating, t };

	return store_open_told(f->path, STORE_WRITE, &listener, &f->s, &f->e);
}

static void who_opens_an_older_store_is_told_how_far_it_is(void **state)
{
	struct fixture *f = *state;
	int all = (int)sql_sqlite.migration_count - FROM;
	struct told t = { 0 };

	make_large(f);
	OK(f, open_told(f, &t));
	assert_true(t.begun == all && t.done == all && t.goes_on > 0 && t.named);
	store_close(&f->s);
	t = (struct told){ 0 };
	OK(f, open_told(f, &t));
	assert_int_equal(t.n, 0);
}

/* In a process of its own; true: it came to its end. */
static bool dies_at(struct fixture *f, int telling)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct told t = { .kill_at = telling };

		_exit(open_told(f, &t) < 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), 0);
	return WIFEXITED(status);
}

/* Each next one goes on with what the one before it had committed. */
static void a_migration_that_is_killed_anywhere_is_begun_again(void **state)
{
	struct fixture *f = *state;
	struct buf findings BUF_AUTO;
	int telling = 1;

	buf_init(&findings, 100000);
	make_large(f);
	while (!dies_at(f, telling) && telling < TELLINGS_MAX)
		telling++;
	assert_in_range(telling, 4, TELLINGS_MAX - 1);
	fixture_open(f, STORE_WRITE);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_null(strstr(buf_cstr(&findings), "words"));
	assert_null(strstr(buf_cstr(&findings), "tally"));
	/* Falls where the word is not found. */
	tamper(f, "SELECT json(CASE WHEN count(*) = 1 THEN '1' ELSE 'no' END)"
		  " FROM case_words WHERE case_words MATCH 'w19999'");
}

static void an_older_store_merges_eight_segments_of_words_at_once(void **state)
{
	struct fixture *f = *state;

	make_older(f, 60);
	fixture_open(f, STORE_WRITE);
	store_close(&f->s);
	/* Falls where it says something else, or nothing. */
	tamper(f, "SELECT json(CASE WHEN sum(v) = 8 THEN '1' ELSE 'no' END)"
		  " FROM case_words_config WHERE k = 'automerge'");
}

static void an_older_store_gets_a_key_for_hashes(void **state)
{
	struct fixture *f = *state;
	char before[STORE_PSEUDONYM_SIZE], again[STORE_PSEUDONYM_SIZE];

	make_older(f, 31);
	fixture_open(f, STORE_WRITE);
	OK(f, store_person_pseudonym(f->s, SPAN("ann@x.test"), before, &f->e));
	store_close(&f->s);
	fixture_open(f, STORE_WRITE);
	OK(f, store_person_pseudonym(f->s, SPAN("ann@x.test"), again, &f->e));
	assert_string_equal(before, again);
}

static void an_older_store_has_what_staff_were_shown(void **state)
{
	struct fixture *f = *state;
	struct span *v;
	size_t n;

	make_older(f, 37);
	tamper(
	    f,
	    "INSERT INTO cases (number, queue, kind, channel, severity, severity_requested, state,"
	    " subject, requester_name, requester_address, account, behalf, reseller, top_visible,"
	    " owner, rule, resource, priority, opened_at, updated_at)"
	    " SELECT 7, '', '', '', 3, 0, 'open', '', '', '', '', '', '', 0, '', '', '', 0, 0, 0;"
	    "INSERT INTO shown VALUES (4, 7, randomblob(32), 10, 's\xc3\xa9 a line' || char(10))");
	fixture_open(f, STORE_WRITE);
	OK(f, store_shown_list(f->s, 7, 10, 5, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 1);
	assert_true(span_is(v[0], "s\xc3\xa9 a line\n"));
}

static void an_older_store_finds_who_asked_in_any_letters(void **state)
{
	struct store_case_filter by = { .requester = SPAN("aNN@X.test"), .limit = 9 };
	struct fixture *f = *state;
	struct store_case *v;
	size_t n;

	make_older(f, 48);
	tamper(
	    f,
	    "INSERT INTO cases (number, queue, kind, channel, severity, severity_requested, state,"
	    " subject, requester_name, requester_address, account, behalf, reseller, top_visible,"
	    " owner, rule, resource, priority, opened_at, updated_at)"
	    " SELECT value, '', '', '', 3, 0, 'open', '', '', 'Ann@x.test', '', '', '', 0, '', '',"
	    " '', 0, 0, 0 FROM json_each('[7, 9]');");
	fixture_open(f, STORE_WRITE);
	OK(f, store_case_list(f->s, &by, &f->a, &v, &n, &f->e));
	assert_true(n == 2 && v[0].number == 9 && v[1].number == 7);
	by.requester = SPAN("ann@y.test");
	OK(f, store_case_list(f->s, &by, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 0);
}

/* Each value in all rows of the table, and the one that is no such value. */
static void column_says(sqlite3 *db, const char *table, const char *column,
			const char *const *values)
{
	static const char update[] = "UPDATE %s SET %s = %Q";
	char *sql = sqlite3_mprintf(update, table, column, "neither of them");

	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_CONSTRAINT);
	sqlite3_free(sql);
	for (; *values; values++) {
		sql = sqlite3_mprintf(update, table, column, *values);
		assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_changes(db), 1);
		sqlite3_free(sql);
	}
}

static bool has_lists(sqlite3 *db, const char *table)
{
	sqlite3_stmt *sql;
	bool has;

	sqlite3_prepare_v2(db,
			   "SELECT instr(sql, ' IN (') FROM sqlite_schema"
			   " WHERE type = 'table' AND name = ?1",
			   -1, &sql, NULL);
	sqlite3_bind_text(sql, 1, table, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(sql), SQLITE_ROW);
	has = sqlite3_column_int(sql, 0) > 0;
	sqlite3_finalize(sql);
	return has;
}

static void a_row_of_each(struct fixture *f)
{
	struct store_case c = a_case();
	struct store_mail m = a_mail(5, "");
	int64_t number;

	begin(f);
	number = open_case(f, &c);
	add_note(f, number, NOTE_INBOUND, "t");
	queue_mail(f, number, NOW, "x");
	keep(f, &m, SPAN("raw"));
	commit(f);
}

/* What these columns may say is what they could say before, and no look at it makes a table. */
static void an_older_store_compares_what_its_columns_may_say(void **state)
{
	static const struct {
		const char *table, *column, *values[9];
	} rows[] = {
		{ "cases", "state", { "new", "open", "waiting", "resolved", "closed" } },
		{ "mail",
		  "state",
		  { "kept", "case", "note", "command", "auto-filed", "duplicate", "quarantined",
		    "dropped" } },
		{ "note", "kind", { "inbound", "outbound", "internal", "system" } },
		{ "outbox",
		  "state",
		  { "queued", "sending", "sent", "failed", "cancelled", "suppressed", "unknown",
		    "bounced" } },
	};
	struct fixture *f = *state;
	sqlite3 *db;

	make_older(f, 47);
	fixture_open(f, STORE_WRITE);
	a_row_of_each(f);
	tamper(f, "UPDATE outbox SET next_at = 1, sent_at = 1");
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_false(has_lists(db, rows[i].table));
		column_says(db, rows[i].table, rows[i].column, rows[i].values);
	}
	sqlite3_close(db);
}

/* Of which none is deleted: the last number is the highest, and is kept nowhere else. */
static void an_older_store_numbers_its_events_on(void **state)
{
	struct fixture *f = *state;
	struct store_event ev = { .case_number = 7, .at = NOW, .type = SPAN("note") };
	int64_t last;

	make_older(f, 52);
	tamper(f, "INSERT INTO cases (number, queue, kind, channel, severity, severity_requested,"
		  " state, subject, requester_name, requester_address, account, behalf, reseller,"
		  " top_visible, owner, rule, resource, priority, opened_at, updated_at)"
		  " VALUES (7, '', '', '', 3, 3, 'open', '', '', '', '', '', '', 0, '', '', '', 0,"
		  " 0, 0);"
		  "INSERT INTO event VALUES (40, 7, 1, 'opened', '', '')");
	fixture_open(f, STORE_WRITE);
	OK(f, store_event_add(f->s, &ev, &f->e));
	OK(f, store_event_last(f->s, &last, &f->e));
	assert_int_equal(last, 41);
	tamper(f, "CREATE TABLE none (n CHECK (n = 0)); INSERT INTO none"
		  " SELECT count(*) FROM sqlite_sequence WHERE name = 'event'; DROP TABLE none");
}

/* The same of mails, and who asks for the last number that was given hears it. */
static void an_older_store_numbers_its_mails_on(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(5, "");
	struct witness_state known;

	make_older(f, 55);
	tamper(f, "INSERT INTO content VALUES (1, zeroblob(32), 3, x'726177');"
		  "INSERT INTO mail (id, mailbox, uidvalidity, uid, message_id, identity, size,"
		  " truncated, history, from_text, subject, content)"
		  " VALUES (40, 'other', 7, 5, '', zeroblob(32), 3, 0, 0, '', '', 1)");
	fixture_open(f, STORE_WRITE);
	OK(f, standing_read(f->s, &known, &f->e));
	assert_int_equal(known.sequence[SEQUENCE_MAIL], 40);
	begin(f);
	assert_int_equal(keep(f, &m, SPAN("raw")), 41);
	commit(f);
	OK(f, standing_read(f->s, &known, &f->e));
	assert_int_equal(known.sequence[SEQUENCE_MAIL], 41);
	tamper(f, "CREATE TABLE none (n CHECK (n = 0)); INSERT INTO none"
		  " SELECT count(*) FROM sqlite_sequence WHERE name = 'mail'; DROP TABLE none");
	fixture_open(f, STORE_WRITE);
}

/* Mails have no digest from here on, files do, and those that are there are found by theirs. */
static void an_older_store_finds_its_files(void **state)
{
	static const char file[] = "a file";
	struct fixture *f = *state;
	struct store_mail m = a_mail(5, "");
	struct store_case c = a_case();
	struct store_attachment row = { .filename = SPAN("f"),
					.content_type = SPAN("text/plain"),
					.content_id = SPAN("") };
	struct buf findings BUF_AUTO;
	char raw[1000];

	buf_init(&findings, 1000);
	memset(raw, 'r', sizeof(raw));
	make_older(f, 53);
	tamper(f,
	       "INSERT INTO content VALUES (3, x'7365d029861e32c521f8089b00a6fb32daf0615025b69b59"
	       "9d1ce53501b845c2', 6, CAST('a file' AS BLOB))");
	fixture_open(f, STORE_WRITE);
	begin(f);
	keep(f, &m, (struct span){ raw, sizeof(raw) });
	row.case_number = open_case(f, &c);
	row.note_id = add_note(f, row.case_number, NOTE_INBOUND, "");
	OK(f, store_attachment_add(f->s, &row, SPAN(file), &row.id, &f->e));
	commit(f);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_null(strstr(buf_cstr(&findings), "content"));
	tamper(f, "CREATE TABLE none (n CHECK (n = 0)); INSERT INTO none"
		  " SELECT count(*) FROM content WHERE id <> 3 AND sha256 IS NOT NULL;"
		  " INSERT INTO none SELECT content <> 3 FROM attachment; DROP TABLE none");
	fixture_open(f, STORE_WRITE);
}

/* What counts them is begun by other statements from here on. */
static void an_older_store_goes_on_to_count_what_was_not_sent(void **state)
{
	struct fixture *f = *state;
	struct store_counts c;

	make_older(f, 61);
	tamper(
	    f,
	    "INSERT INTO content VALUES (1, zeroblob(32), 3, x'726177');"
	    "INSERT INTO mail (id, mailbox, uidvalidity, uid, message_id, identity, size,"
	    " truncated, history, from_text, subject, content)"
	    " VALUES (40, 'other', 7, 5, '', zeroblob(32), 3, 0, 0, '', '', 1);"
	    "UPDATE mail SET state = 'quarantined';"
	    "INSERT INTO outbox (id, kind, sender, recipient, message_id, subject, state,"
	    " created_at, automatic, content) VALUES (7, '', '', '', '', '', 'failed', 1, 1, 1)");
	fixture_open(f, STORE_WRITE);
	OK(f, store_count(f->s, &c, &f->e));
	assert_true(c.outbox_failed == 1 && c.quarantined == 1);
	begin(f);
	OK(f, store_outbox_result(f->s, 7, OUTBOX_QUEUED, NOW, NOW, 0, SPAN(""), &f->e));
	OK(f, store_mail_finish(f->s, 40, MAIL_DROPPED, SPAN(""), 0, 0, &f->e));
	commit(f);
	OK(f, store_count(f->s, &c, &f->e));
	assert_true(c.outbox_failed == 0 && c.quarantined == 0);
}

/* What is alike is folded into the same case as before. */
static void an_older_store_keeps_its_storms(void **state)
{
	static const struct {
		const char *digest;
		int64_t key;
	} rows[] = {
		{ "00000000000000ff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffff",
		  0xff },
		{ "0123456789abcdef"
		  "000000000000000000000000000000000000000000000000",
		  0x0123456789abcdef },
		{ "fffffffffffffffe"
		  "000000000000000000000000000000000000000000000000",
		  -2 },
		{ "8000000000000000"
		  "000000000000000000000000000000000000000000000000",
		  INT64_MIN },
	};
	enum { ROWS = sizeof(rows) / sizeof(*rows) };
	struct fixture *f = *state;

	make_older(f, 54);
	tamper(f, "INSERT INTO cases (number, queue, kind, channel, severity, severity_requested,"
		  " state, subject, requester_name, requester_address, account, behalf, reseller,"
		  " top_visible, owner, rule, resource, priority, opened_at, updated_at)"
		  " VALUES (7, '', '', '', 3, 3, 'open', '', '', '', '', '', '', 0, '', '', '', 0,"
		  " 0, 0)");
	for (int i = 0; i < ROWS; i++)
		tamper(f, arena_printf(&f->a, "INSERT INTO storm VALUES ('%s', 7, %d, 11, 12)",
				       rows[i].digest, i + 1));
	fixture_open(f, STORE_WRITE);
	for (int i = 0; i < ROWS; i++) {
		struct store_storm storm;

		OK(f, store_storm_get(f->s, rows[i].key, &storm, &f->e));
		assert_true(storm.case_number == 7 && storm.count == i + 1);
		assert_true(storm.last_at == 11 && storm.told_at == 12);
	}
}

static void adds_a_mail(struct fixture *f, const char *name, int said, const char *identity)
{
	tamper(f, arena_printf(
		      &f->a,
		      "INSERT INTO mail (mailbox, uidvalidity, uid, kept_at, message_id, identity,"
		      " size, truncated, history, from_text, subject, content, state, said)"
		      " VALUES ('', 7, 5, 1, 'm@x', %s, 3, 0, 0, '', '', 1, '%s', %d)",
		      identity, name, said));
}

static void an_older_store_finds_what_its_smaller_indexes_lack(void **state)
{
	static const struct store_outbox_filter sent = { .state = OUTBOX_SENT };
	struct fixture *f = *state;
	struct store_mail m = a_mail(5, "m@x");
	struct store_outbox *rows;
	struct store_mail *mails;
	struct store_twin *twins;
	size_t n;

	make_older(f, 62);
	tamper(f, "INSERT INTO content VALUES (1, zeroblob(32), 3, x'726177');"
		  "INSERT INTO outbox (kind, sender, recipient, message_id, subject, state,"
		  " created_at, sent_at, automatic, content) VALUES ('', '', '', '', '', 'sent',"
		  " 1, 1, 0, 1)");
	for (int i = 0; i < MAIL_STATE_COUNT; i++)
		adds_a_mail(f, mail_state_name((enum mail_state)i), i, "zeroblob(32)");
	adds_a_mail(f, "case", 99, "NULL");
	fixture_open(f, STORE_WRITE);
	for (int i = 0; i < MAIL_STATE_COUNT; i++) {
		struct store_mail_filter of = { .state = i };

		OK(f, store_mail_list(f->s, &of, &f->a, &mails, &n, &f->e));
		assert_int_equal(n, i == MAIL_CASE ? 2 : 1);
	}
	OK(f, store_outbox_list(f->s, &sent, &f->a, &rows, &n, &f->e));
	assert_int_equal(n, 1);
	OK(f, store_mail_alike(f->s, &m, MAIL_CASE, &f->a, &twins, &n, &f->e));
	assert_int_equal(n, 1);
	OK(f, store_mail_alike(f->s, &m, 99, &f->a, &twins, &n, &f->e));
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_migration_that_was_edited_is_refused),
		STORE_TEST(a_store_of_a_newer_program_is_refused),
		STORE_TEST(a_reader_migrates_nothing),
		STORE_TEST(a_failed_migration_leaves_nothing),
		STORE_TEST(a_new_store_is_what_all_migrations_leave),
		STORE_TEST(what_is_random_in_a_new_store_is_its_own),
		STORE_TEST(an_older_store_keeps_the_last_deadline_of_each_clock),
		STORE_TEST(an_older_store_gets_an_epoch),
		STORE_TEST(an_older_store_knows_nothing_of_its_authors),
		STORE_TEST(an_older_store_knows_its_places),
		STORE_TEST(an_older_store_tells_recommendations_that_came_later),
		STORE_TEST(an_older_store_says_nothing_of_account_teams),
		STORE_TEST(an_older_store_makes_origins_of_flags),
		STORE_TEST(an_older_store_reads_its_articles_once_more),
		STORE_TEST(an_older_store_indexes_all_its_cases),
		STORE_TEST(an_older_store_counts_what_it_kept),
		STORE_TEST(an_older_store_counts_its_cases),
		STORE_TEST(who_opens_an_older_store_is_told_how_far_it_is),
		STORE_TEST(a_migration_that_is_killed_anywhere_is_begun_again),
		STORE_TEST(an_older_store_gets_a_key_for_hashes),
		STORE_TEST(an_older_store_merges_eight_segments_of_words_at_once),
		STORE_TEST(an_older_store_has_what_staff_were_shown),
		STORE_TEST(an_older_store_finds_who_asked_in_any_letters),
		STORE_TEST(an_older_store_compares_what_its_columns_may_say),
		STORE_TEST(an_older_store_numbers_its_events_on),
		STORE_TEST(an_older_store_finds_its_files),
		STORE_TEST(an_older_store_numbers_its_mails_on),
		STORE_TEST(an_older_store_keeps_its_storms),
		STORE_TEST(an_older_store_goes_on_to_count_what_was_not_sent),
		STORE_TEST(an_older_store_finds_what_its_smaller_indexes_lack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
