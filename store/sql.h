/*
 * The statements and migrations of store/sql/, as store/sql.awk makes them at build time.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "store/sql_ids.h" /* made: enum sql_id */

struct sql_statement {
	const char *name;
	const char *text;
};
extern const struct sql_statement sql_statements[SQL_COUNT];

struct sql_migration {
	int number; /* from 1 on, without a gap */
	const char *name;
	const char *text;
};
extern const struct sql_migration sql_migrations[];
extern const int sql_migration_count;

#endif
