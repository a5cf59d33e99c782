/*
 * How each engine finds what a statement asks for, as it plans it before there are any rows.
 * With SHOW in the environment each line of the plans is printed.
 */
#include "tests/store/behind.h"

#include <ctype.h>

#include "store/pg.h"

/* Statements that may read a whole table: listings of all, counts, checks, migrations. */
static bool may_scan(const char *name)
{
	static const char *const names[] = {
		"migration_list",      "migration_there", "count_all",
		"account_list",	       "contact_list",	  "property_list",
		"recommendation_list", "article_sweep",	  "article_sweep_words",
		"dead_list",	       "mail_count",	  "article_sweep_again",
		"case_stale",	       "audit_list",	  "person_forget_budget",
		"erased_mail_any",     "erased_all",	  "node_mailbox_list",
		"storm_sweep",	       "budget_sweep",	  "storm_all",
		"person_forget_storm", "account_any",	  "dead_any",
	};

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
		"case_find",
		"note_words",
		"recommendation_list_account",
		"deadline_tally",
		"stats_mails",
		"stats_outbox",
		"note_list",
		"attachment_list_case",
		"oldest",
		"outbox_hooks",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return may_scan(name);
}

/* Indexes of what waits or is to be done, which is never all of a table, and of tables with few
 * rows. */
static bool is_index_of_few(const char *line)
{
	static const char *const names[] = {
		"mail_again",
		"outbox_held",
		"erasure_open",
		"outbox_damaged",
		"property_due",
		"sqlite_autoindex_node_1",
		"sqlite_autoindex_lease_1",
		"node_pkey",
		"node_fence_key",
		"lease_pkey",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *at = strstr(line, names[i]);

		if (at && (!at[strlen(names[i])] || at[strlen(names[i])] == ' '))
			return true;
	}
	return false;
}

/* --- SQLite --- */

/* A scan in the order of an index that a LIMIT ends is what a listing is for. */
static bool is_full_scan(const char *name, const char *text, const char *line)
{
	if (strncmp(line, "SCAN", 4) != 0 || strstr(line, "VIRTUAL TABLE INDEX"))
		return false;
	if (strstr(line, "CONSTANT ROW") || strstr(line, "SCAN (subquery") ||
	    strcmp(line, "SCAN hits") == 0 || strcmp(line, "SCAN few") == 0 || /* have a LIMIT */
	    strcmp(line, "SCAN inside") == 0) /* what a recursion has found so far */
		return false;
	if (strcmp(name, "mail_list") == 0 || strcmp(name, "outbox_list") == 0)
		return false;
	if (!strstr(line, "USING INDEX") && !strstr(line, "USING COVERING INDEX"))
		return true;
	return !strstr(text, "LIMIT") && !is_index_of_few(line);
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

/* What must find its rows by one index, and would walk those of another. */
static bool is_other_index(const char *name, const char *line)
{
	return strcmp(name, "check_mail_twice") == 0 && strncmp(line, "SEARCH b", 8) == 0 &&
	       !strstr(line, " mail_effect ");
}

static void look_at_plan(sqlite3 *db, const char *name, const char *text)
{
	char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", text);
	sqlite3_stmt *row;

	if (strncmp(name, "transfer_", 9) == 0) {
		/* of the catalogue, and of a table that is there while a copy is made */
		sqlite3_free(sql);
		return;
	}
	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK)
		fail_msg("%s: %s", name, sqlite3_errmsg(db));
	while (sqlite3_step(row) == SQLITE_ROW) {
		const char *line = (const char *)sqlite3_column_text(row, 3);

		if (getenv("SHOW"))
			printf("# %s: %s\n", name, line);
		if (!may_scan(name) && is_full_scan(name, text, line))
			fail_msg("%s: %s", name, line);
		if (is_range_for_equal(text, line) || is_other_index(name, line))
			fail_msg("%s: %s", name, line);
		if (!may_sort(name) && strstr(line, "TEMP B-TREE"))
			fail_msg("%s: %s", name, line);
	}
	sqlite3_finalize(row);
	sqlite3_free(sql);
}

static void ask_sqlite(struct fixture *f)
{
	sqlite3 *db;

	store_close(&f->s);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	for (int i = 0; i < SQL_COUNT; i++)
		if (i != SQL_MIGRATION_TABLE)
			look_at_plan(db, sql_sqlite.statements[i].name,
				     sql_sqlite.statements[i].text);
	sqlite3_close(db);
}

/* --- PostgreSQL --- */

/* Parameters of which the text alone does not say what they are: i a number, t a text. */
static const struct {
	enum sql_id id;
	const char *types;
} untold[] = {
	{ SQL_PERSON_FAMILY, "i" },	   { SQL_NOTE_LIST, "i" },
	{ SQL_ATTACHMENT_LIST_CASE, "i" }, { SQL_BUDGET_USED, "itiitiitii" },
	{ SQL_BUDGET_TAKE, "ittt" },
};

/* Who has no plan, whose tables are not there, and who is run by readers alone. */
static bool has_no_plan(enum sql_id id)
{
	const char *name = sql_name(id), *text = sql_postgresql.statements[id].text;

	return (sql_begins(text, "INSERT INTO ") && strstr(text, "VALUES (")) ||
	       sql_begins(text, "CREATE ") || strncmp(name, "transfer_", 9) == 0 ||
	       strncmp(name, "check_", 6) == 0;
}

static PGresult *done(PGconn *c, PGresult *r, const char *name)
{
	if (!pg_is_good(r))
		fail_msg("%s: %s", name, PQerrorMessage(c));
	return r;
}

/* The plan that a session keeps, whatever its parameters are; a row a line. */
static PGresult *plan_of(PGconn *c, enum sql_id id)
{
	const char *text = sql_postgresql.statements[id].text, *told = "";
	Oid types[PG_PARAMETERS_MAX] = { 0 };
	char asked[256] = "EXPLAIN (COSTS OFF) EXECUTE looked_at";
	PGresult *r;

	for (size_t i = 0; i < sizeof(untold) / sizeof(*untold); i++)
		if (untold[i].id == id)
			told = untold[i].types;
	for (size_t i = 0; told[i]; i++)
		types[i] = told[i] == 'i' ? 20 : 25;
	PQclear(done(c, PQexec(c, "DEALLOCATE ALL"), "DEALLOCATE"));
	PQclear(done(c, PQprepare(c, "looked_at", text, (int)strlen(told), types), sql_name(id)));
	r = done(c, PQdescribePrepared(c, "looked_at"), sql_name(id));
	for (int i = 0; i < PQnparams(r); i++)
		strcat(asked, i ? ", NULL" : " (NULL");
	strcat(asked, PQnparams(r) ? ")" : "");
	PQclear(r);
	return done(c, PQexec(c, asked), sql_name(id));
}

/* Tables with a row, or one a mailbox or a node. */
static bool is_small(const char *line)
{
	static const char *const names[] = { "on tally", "on seen", "on node", "on lease" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strstr(line, names[i]))
			return true;
	return false;
}

/* Rows that have no number of their own there are counted, all of a table that has as many as there
 * are contacts. */
static bool may_count(const char *name)
{
	return strcmp(name, "person_of_contacts") == 0 || strcmp(name, "person_of_optouts") == 0;
}

/* In the order of an index, with no condition that it looks for: fine up to a LIMIT, which min()
 * has, too. */
static bool walks(PGresult *plan, int i)
{
	const char *line = PQgetvalue(plan, i, 0);
	bool has_condition =
	    i + 1 < PQntuples(plan) && strstr(PQgetvalue(plan, i + 1, 0), "Index Cond:");

	if (!strstr(line, "Index Scan") && !strstr(line, "Index Only Scan"))
		return strstr(line, "Seq Scan") && !is_small(line);
	while (!has_condition && i > 0)
		has_condition = strstr(PQgetvalue(plan, --i, 0), "Limit");
	return !has_condition && !is_index_of_few(line);
}

/* Of the rows of one side all are read, however few of them the other side has. */
static bool joins_all(const char *line)
{
	return strstr(line, "Hash Join") || strstr(line, "Hash Semi Join") ||
	       strstr(line, "Hash Anti Join") || strstr(line, "Merge ");
}

static bool names_index(PGresult *plan, const char *index, size_t n)
{
	char wanted[80];

	snprintf(wanted, sizeof(wanted), " %.*s ", (int)n, index);
	for (int i = 0; i < PQntuples(plan); i++) {
		char line[256];

		snprintf(line, sizeof(line), "%s ", PQgetvalue(plan, i, 0));
		if (strstr(line, wanted))
			return true;
	}
	return false;
}

/* By one that is as good there: of few, of a case, or one that was not parted or merged there
 * (postgresql/0065_lists.sql). */
static bool has_own_index(enum sql_id id)
{
	return id == SQL_AGAIN_CASE || id == SQL_SHOWN_LIST || id == SQL_CASE_LIST_QUEUE ||
	       id == SQL_DEADLINE_UNMET || id == SQL_DEADLINE_TALLY;
}

/* What SQLite must read by an index PostgreSQL does. */
static void look_for_indexes(PGresult *plan, enum sql_id id)
{
	static const char by[] = "INDEXED BY ";
	const char *at = sql_sqlite.statements[id].text;

	while ((at = strstr(at, by))) {
		size_t n;

		at += strlen(by);
		n = strspn(at, "abcdefghijklmnopqrstuvwxyz_");
		if (!has_own_index(id) && !names_index(plan, at, n))
			fail_msg("%s: not by %.*s", sql_name(id), (int)n, at);
	}
}

static void look_at_plan_of_pg(PGconn *c, enum sql_id id)
{
	const char *name = sql_name(id);
	PGresult *plan = plan_of(c, id);

	for (int i = 0; i < PQntuples(plan); i++) {
		const char *line = PQgetvalue(plan, i, 0);

		if (getenv("SHOW"))
			printf("# %s: %s\n", name, line);
		if (!may_scan(name) && !may_count(name) && (walks(plan, i) || joins_all(line)))
			fail_msg("%s: %s", name, line);
	}
	look_for_indexes(plan, id);
	PQclear(plan);
}

static void ask_postgresql(struct fixture *f)
{
	PGconn *c = f->s->engine->c;

	PQclear(done(c, PQexec(c, "SET plan_cache_mode = force_generic_plan"), "SET"));
	for (enum sql_id id = 0; id < SQL_COUNT; id++)
		if (!has_no_plan(id))
			look_at_plan_of_pg(c, id);
}

static void no_statement_reads_more_than_it_gives(void **state)
{
	struct fixture *f = *state;

	if (f->schema.name[0])
		ask_postgresql(f);
	else
		ask_sqlite(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(no_statement_reads_more_than_it_gives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
