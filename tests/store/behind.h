/*
 * What is done to a store's file behind its back; SQLite's files only.
 */
#ifndef TESTS_STORE_BEHIND_H
#define TESTS_STORE_BEHIND_H

#include <sqlite3.h>

#include "store/sql.h"
#include "store/standing.h"
#include "tests/store/fixture.h"

static inline void tamper(struct fixture *f, const char *sql)
{
	sqlite3 *db;

	store_close(&f->s);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static inline void refused_with(struct fixture *f, enum store_mode mode, const char *part)
{
	struct store *s = NULL;

	REFUSED(f, ERR_PERM, store_open(f->path, mode, &s, &f->e));
	assert_null(s);
	assert_non_null(strstr(f->e.text, f->path));
	assert_non_null(strstr(f->e.text, part));
}

/* The file as the program of the first `count` migrations left it. */
static inline void make_older(struct fixture *f, int count)
{
	static const struct witness_state blank = { .is_blank = true };
	sqlite3 *db;
	sqlite3_stmt *add;

	store_close(&f->s);
	fixture_forget(f);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql_sqlite.statements[SQL_MIGRATION_TABLE].text, 0, 0, 0),
			 0);
	for (int i = 0; i < count; i++) {
		const struct sql_migration *m = &sql_sqlite.migrations[i];
		uint8_t digest[SHA256_SIZE];

		sha256_of(span_of(m->text), digest);
		assert_int_equal(sqlite3_exec(db, m->text, 0, 0, 0), SQLITE_OK);
		sqlite3_prepare_v2(db, sql_sqlite.statements[SQL_MIGRATION_ADD].text, -1, &add,
				   NULL);
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

#endif
