/*
 * usage: snapshot    writes the script of snapshot.h, as a file of C
 *
 * Runs all migrations of SQLite in two files in memory, and says the schema and the rows that they
 * leave.  Where the rows differ the migrations took bytes at random: the script says randomblob(),
 * or what is made here would be the same, and known, in each store.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/sql.h"

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "snapshot: %s: %s\n", what, why);
	exit(1);
}

static void run(sqlite3 *db, const char *sql, const char *what)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(what, sqlite3_errmsg(db));
}

static sqlite3 *migrated(void)
{
	sqlite3 *db;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK)
		die("open", "no memory");
	run(db, "PRAGMA foreign_keys = ON", "foreign_keys"); /* as in engine_sqlite.c */
	for (size_t i = 0; i < sql_sqlite.migration_count; i++)
		run(db, sql_sqlite.migrations[i].text, sql_sqlite.migrations[i].name);
	return db;
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		die(sql, sqlite3_errmsg(db));
	return s;
}

static bool next_row(sqlite3_stmt *s)
{
	int r = sqlite3_step(s);

	if (r != SQLITE_ROW && r != SQLITE_DONE)
		die(sqlite3_sql(s), sqlite3_errmsg(sqlite3_db_handle(s)));
	return r == SQLITE_ROW;
}

static const char *text(sqlite3_stmt *s, int column)
{
	const char *p = (const char *)sqlite3_column_text(s, column);

	return p ? p : "";
}

/* --- C --- */

static void put(const char *p)
{
	for (; *p; p++) {
		if (*p == '"' || *p == '\\')
			putchar('\\');
		if (*p == '\n')
			fputs("\\n\"\n\t\"", stdout);
		else
			putchar(*p);
	}
}

static void put_line(const char *p)
{
	fputs("\t\"", stdout);
	put(p);
	puts("\\n\"");
}

/* --- the schema --- */

/* Without what SQLite makes by itself, for an AUTOINCREMENT or a table of words. */
static void put_schema(sqlite3 *db, bool triggers)
{
	sqlite3_stmt *s =
	    prepared(db, "SELECT sql || ';' FROM sqlite_schema WHERE (type = 'trigger') = ?1 AND "
			 "sql IS NOT NULL AND name <> 'sqlite_sequence' AND name NOT IN (SELECT "
			 "name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid");

	sqlite3_bind_int(s, 1, triggers);
	while (next_row(s))
		put_line(text(s, 0));
	sqlite3_finalize(s);
}

/* --- rows --- */

/* The second column is the length of what is random, or NULL. */
static void put_value(sqlite3_stmt *one, sqlite3_stmt *other, int column)
{
	const char *value = text(one, column);
	int length = sqlite3_column_int(one, column + 1);

	if (strcmp(value, text(other, column)) == 0) {
		put(value);
		return;
	}
	if (value[0] != 'X' || text(other, column)[0] != 'X' ||
	    length != sqlite3_column_int(other, column + 1))
		die(value, "differs between two new stores, and is no blob of one length");
	printf("randomblob(%d)", length);
}

static void put_row(const char *table, sqlite3_stmt *one, sqlite3_stmt *other)
{
	printf("\t\"INSERT INTO %s VALUES (", table);
	for (int k = 0; k < sqlite3_column_count(one); k += 2) {
		fputs(k ? ", " : "", stdout);
		put_value(one, other, k);
	}
	puts(");\\n\"");
}

/* SELECT quote(a), length(a), quote(b), length(b) FROM table */
static char *all_of(sqlite3 *db, const char *table)
{
	sqlite3_stmt *s = prepared(db, "SELECT group_concat('quote(' || name || '), length(' || "
				       "name || ')', ', ') FROM pragma_table_info(?1)");
	char *sql;

	sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
	next_row(s);
	sql = sqlite3_mprintf("SELECT %s FROM %s", text(s, 0), table);
	sqlite3_finalize(s);
	return sql;
}

static void put_table(sqlite3 *db, sqlite3 *other_db, const char *table)
{
	char *sql = all_of(db, table);
	sqlite3_stmt *one = prepared(db, sql), *other = prepared(other_db, sql);

	while (next_row(one)) {
		if (!next_row(other))
			die(table, "has fewer rows in another new store");
		put_row(table, one, other);
	}
	sqlite3_finalize(one);
	sqlite3_finalize(other);
	sqlite3_free(sql);
}

static void put_rows(sqlite3 *db, sqlite3 *other)
{
	sqlite3_stmt *s = prepared(db, "SELECT name FROM pragma_table_list WHERE schema = 'main' "
				       "AND type = 'table' AND name NOT LIKE 'sqlite\\_%' "
				       "ESCAPE '\\' ORDER BY name");

	while (next_row(s))
		put_table(db, other, text(s, 0));
	sqlite3_finalize(s);
	put_line("DELETE FROM sqlite_sequence;");
	put_table(db, other, "sqlite_sequence");
}

/* What a table of words was told for good: FTS5's own way to say it. */
static void put_options(sqlite3 *db, const char *table)
{
	char *sql = sqlite3_mprintf("SELECT 'INSERT INTO %s (%s, rank) VALUES (' || quote(k) || "
				    "', ' || quote(v) || ');' FROM %s_config WHERE k <> 'version' "
				    "ORDER BY k",
				    table, table, table);
	sqlite3_stmt *s = prepared(db, sql);

	while (next_row(s))
		put_line(text(s, 0));
	sqlite3_finalize(s);
	sqlite3_free(sql);
}

static void put_words(sqlite3 *db)
{
	sqlite3_stmt *s = prepared(db, "SELECT name FROM pragma_table_list WHERE schema = 'main' "
				       "AND type = 'virtual' ORDER BY name");

	while (next_row(s))
		put_options(db, text(s, 0));
	sqlite3_finalize(s);
}

int main(void)
{
	sqlite3 *db = migrated(), *other = migrated();

	puts("/* Made by store/snapshot_main.c. */\n#include \"store/snapshot.h\"\n");
	puts("const char snapshot_sqlite[] =");
	put_schema(db, false);
	put_rows(db, other);
	put_words(db);
	put_schema(db, true); /* none ran for these rows */
	puts("\t;");
	sqlite3_close(db);
	sqlite3_close(other);
	return ferror(stdout) ? 1 : 0;
}
