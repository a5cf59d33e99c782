/*
 * The statements and migrations of store/sql/, as store/sql.awk makes them at build time: one set
 * of names, and the texts of each engine.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "gatewayd/base/str.h"
#include "store/sql_ids.h" /* made: enum sql_id */

struct sql_statement {
	const char *name;
	const char *text;
	/* What has the numbers of the rows that it adds: its last parameter, which no verb binds.
	 * NULL: the engine gives a new row its number. */
	const char *sequence;
};

struct sql_migration {
	int number; /* ascending by one */
	const char *name;
	const char *text;
};

struct sql_dialect {
	const struct sql_statement *statements; /* SQL_COUNT */
	const struct sql_migration *migrations;
	size_t migration_count;
};
extern const struct sql_dialect sql_sqlite, sql_postgresql;

/* "case_get"; the same for all engines. */
static inline const char *sql_name(enum sql_id id)
{
	return sql_sqlite.statements[id].name;
}

/* Of the text of a statement. */
static inline bool sql_begins(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}
/* It changes nothing. */
bool sql_reads(const char *text);
/* The table that it writes; empty: none, or one that is not known. */
struct span sql_table(const char *text);

#endif
