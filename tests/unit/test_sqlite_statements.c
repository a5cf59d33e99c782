/* A statement of SQLite's is prepared once, whatever the transactions do that it is in. */
#include "tests/store/fixture.h"

#include <sqlite3.h>

#include "store/sqlite_copy.h"

static sqlite3 *database; /* that was opened last */

static int opened(sqlite3 *db, char **why, const struct sqlite3_api_routines *api)
{
	(void)why, (void)api;
	database = db;
	return SQLITE_OK;
}

/* Since the last call. */
static int prepared_again(void)
{
	sqlite3_stmt *s = NULL;
	int n = 0;

	while ((s = sqlite3_next_stmt(database, s)) != NULL)
		n += sqlite3_stmt_status(s, SQLITE_STMTSTATUS_REPREPARE, 1);
	return n;
}

static void a_mark_leaves_statements_prepared(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_counts counts;

	if (f->schema.name[0])
		return;
	begin(f);
	open_case(f, &c);
	commit(f);
	(void)prepared_again();
	begin(f);
	open_case(f, &c);
	OK(f, store_mark(f->s, &f->e));
	open_case(f, &c);
	OK(f, store_back_to_mark(f->s, &f->e));
	open_case(f, &c);
	commit(f);
	assert_int_equal(prepared_again(), 0);
	OK(f, store_count(f->s, &counts, &f->e));
	assert_int_equal(counts.cases, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_mark_leaves_statements_prepared),
	};

	sqlite_begin();
	sqlite3_auto_extension((void (*)(void))opened);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
