/* No page in memory has the number of the page of locks, by which a commit would look at all
 * others. */
#include "tests/unit/unit.h"

#include <sqlite3.h>

#include "store/sqlite_copy.h"

enum { LOCKS = 262145, LOCKS_OF_SMALL = 1048577, ROWS = 4000, GROUPS = 40 };

/* What SQLite asks of its own pages, below what is tested. */
static struct {
	sqlite3_pcache_methods2 its;
	int lent, locks, of_small;
} seen;

static void see_rename(sqlite3_pcache *cache, sqlite3_pcache_page *page, unsigned int from,
		       unsigned int to)
{
	seen.lent += to == 0;
	seen.locks += to == LOCKS || from == LOCKS;
	seen.of_small += to == LOCKS_OF_SMALL;
	seen.its.xRekey(cache, page, from, to);
}

static void use_seeing_pages(void)
{
	sqlite3_pcache_methods2 seeing;

	(void)sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &seen.its);
	seeing = seen.its;
	seeing.xRekey = see_rename;
	(void)sqlite3_config(SQLITE_CONFIG_PCACHE2, &seeing);
}

static void run(sqlite3 *db, const char *sql)
{
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static void is_one(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(s, 0), 1);
	sqlite3_finalize(s);
}

/* Keys in no order, so that pages of the tree are parted everywhere; some groups are taken back. */
static void put_groups(sqlite3 *db)
{
	run(db, "CREATE TABLE t (key BLOB PRIMARY KEY, n INTEGER) WITHOUT ROWID");
	for (int i = 0; i < GROUPS; i++) {
		char *sql =
		    sqlite3_mprintf("INSERT INTO t WITH RECURSIVE c (n) AS (SELECT %d UNION ALL "
				    "SELECT n + 1 FROM c WHERE n < %d) SELECT "
				    "randomblob(40), n FROM c",
				    i * ROWS / GROUPS, (i + 1) * ROWS / GROUPS - 1);

		run(db, "BEGIN");
		run(db, sql);
		run(db, "ROLLBACK");
		run(db, "BEGIN");
		run(db, sql);
		run(db, "COMMIT");
		sqlite3_free(sql);
	}
	is_one(db, "SELECT count(*) = 4000 AND count(DISTINCT n) = 4000 FROM t");
	is_one(db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check");
}

static void with_pages_of(const char *size)
{
	char *sql = sqlite3_mprintf("PRAGMA page_size = %s", size);
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	run(db, sql);
	put_groups(db);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	sqlite3_free(sql);
}

static void a_page_is_lent_no_number_behind_the_end(void **state)
{
	(void)state;
	with_pages_of("4096");
	assert_true(seen.lent > 0);
	assert_int_equal(seen.locks, 0);
}

/* LOCKS is the number of any page in a file with smaller ones. */
static void pages_of_another_size_keep_their_numbers(void **state)
{
	(void)state;
	with_pages_of("1024");
	assert_true(seen.of_small > 0);
	seen.lent = 0;
	with_pages_of("4096");
	assert_int_equal(seen.lent, 0);
	assert_true(seen.locks > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_lent_no_number_behind_the_end),
		cmocka_unit_test(pages_of_another_size_keep_their_numbers),
	};

	use_seeing_pages();
	sqlite_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
