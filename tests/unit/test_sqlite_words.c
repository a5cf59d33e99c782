/* FTS5 finds the same words in a text, at the same places, as it does by itself. */
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "store/sqlite_words.h"

enum { TEXTS = 4000, PIECES = 12 };

struct words {
	sqlite3 *db;
	sqlite3_stmt *add, *list;
};

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	return s;
}

static void words_open(struct words *w, bool ours)
{
	assert_int_equal(sqlite3_open(":memory:", &w->db), SQLITE_OK);
	if (ours)
		sqlite_words_use(w->db);
	assert_int_equal(
	    sqlite3_exec(w->db,
			 "CREATE VIRTUAL TABLE t USING fts5 (a, tokenize = 'unicode61');"
			 "CREATE VIRTUAL TABLE v USING fts5vocab (t, instance)",
			 NULL, NULL, NULL),
	    SQLITE_OK);
	w->add = prepared(w->db, "INSERT INTO t (rowid, a) VALUES (?1, ?2)");
	w->list = prepared(w->db, "SELECT group_concat(term || doc || ' ' || offset, ',') FROM v");
}

static void words_close(struct words *w)
{
	sqlite3_finalize(w->add);
	sqlite3_finalize(w->list);
	assert_int_equal(sqlite3_close(w->db), SQLITE_OK);
}

static void words_add(struct words *w, int id, const char *text)
{
	sqlite3_bind_int(w->add, 1, id);
	sqlite3_bind_text(w->add, 2, text, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(w->add), SQLITE_DONE);
	sqlite3_reset(w->add);
}

static const char *words_list(struct words *w)
{
	assert_int_equal(sqlite3_step(w->list), SQLITE_ROW);
	return (const char *)sqlite3_column_text(w->list, 0);
}

/* Letters, what parts them, marks that stand behind a letter, cut and overlong characters. */
static void random_text(char out[PIECES * 8])
{
	static const char *const pieces[] = {
		"a",
		"z",
		"0",
		"9",
		"quick",
		"A",
		"Z",
		" ",
		".",
		"'",
		"_",
		"@",
		"[",
		"`",
		"{",
		"/",
		":",
		"\n",
		"\xc3\xa4",
		"\xc3\x84",
		"\xc3\x9f",
		"\xd0\x96",
		"\xce\xac",
		"\xe1\xba\xbf",
		"\xcc\x88",
		"\xe2\x80\x94",
		"\xe3\x81\x8b",
		"\xe3\x82\x99",
		"\xe2\x82\xac",
		"\xf0\x9f\x98\x80",
		"\xc3",
		"\x80",
		"\xe3\x81",
		"\xff",
		"\xed\xa0\x80",
		"\xc0\x80",
	};

	out[0] = '\0';
	for (int i = rand() % (PIECES + 1); i > 0; i--)
		strcat(out, pieces[(size_t)rand() % (sizeof(pieces) / sizeof(*pieces))]);
}

static void the_words_are_those_of_fts5(void **state)
{
	struct words its, ours;
	char text[PIECES * 8];

	(void)state;
	words_open(&its, false);
	words_open(&ours, true);
	srand(1);
	for (int i = 1; i <= TEXTS; i++) {
		random_text(text);
		words_add(&its, i, text);
		words_add(&ours, i, text);
	}
	assert_string_equal(words_list(&its), words_list(&ours));
	words_close(&its);
	words_close(&ours);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_words_are_those_of_fts5),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
