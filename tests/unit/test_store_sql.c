/* What the texts of statements say of themselves (store/sql.h): what is kept of the store's answers
 * goes by it. */
#include "tests/unit/unit.h"

#include "store/sql.h"

static void the_table_that_is_written_is_read_from_the_text(void **state)
{
	static const struct {
		const char *text, *table;
	} rows[] = {
		{ "INSERT INTO mail (a) VALUES (1)", "mail" },
		{ "INSERT OR ROLLBACK INTO case_stale VALUES (1)", "case_stale" },
		{ "UPDATE cases SET a = 1", "cases" },
		{ "UPDATE OR ROLLBACK outbox SET a = 1", "outbox" },
		{ "DELETE FROM link", "link" },
		{ "SELECT a FROM mail", "" },
		{ "WITH x AS (SELECT 1) INSERT INTO mail SELECT 1", "" },
		{ "INSERT OR IGNORE INTO mail VALUES (1)", "" },
		{ "INSERT", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_true(span_is(sql_table(rows[i].text), rows[i].table));
}

static bool writes(const char *text)
{
	return sql_begins(text, "INSERT") || sql_begins(text, "UPDATE") ||
	       sql_begins(text, "DELETE");
}

static void check(const struct sql_statement *s)
{
	struct span table = sql_table(s->text);

	if (writes(s->text) != (table.n > 0))
		fail_msg("%s: %s", s->name, s->text);
	if (table.n)
		assert_non_null(strchr(" \t\n(", table.p[table.n]));
}

static void that_of_each_statement_is_known(void **state)
{
	(void)state;
	for (int id = 0; id < SQL_COUNT; id++) {
		check(&sql_sqlite.statements[id]);
		check(&sql_postgresql.statements[id]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_that_is_written_is_read_from_the_text),
		cmocka_unit_test(that_of_each_statement_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
