/*
 * Whole tables of an engine, for a copy of a store into another (transfer.h): rows of a query one
 * at a time, and rows in large numbers into a table.
 *
 * `db` is what engine_ops.db gives.  Names of tables and columns come from the engine's own
 * catalogue; they stand in quotes in what is made here.
 *
 * Private to store/.
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "gatewayd/base/err.h"
#include "gatewayd/base/str.h"

enum cell_kind { CELL_NULL, CELL_INT, CELL_TEXT, CELL_BLOB };
struct cell {
	enum cell_kind kind;
	int64_t number;
	struct span bytes; /* of a text or a blob */
};

enum { TABLE_COLUMNS_MAX = 64 };
struct table {
	const char *name;
	const char *columns; /* "\"id\", \"subject\"": of the copy, by name */
	const char *key;     /* the same of the primary key; of all columns where there is none */
	int n, key_n;
	int key_at[TABLE_COLUMNS_MAX]; /* in the columns */
};

struct rows;	/* of a query */
struct loading; /* into a table */

struct rows_ops {
	const char *begin; /* statements for a connection that only copies */
	const char *end;   /* the same before the last commit, which is on the disk */
	const char *empty; /* "TRUNCATE", before the name of a table */

	/* $1 is the first of v, which must live until close.  No other query meanwhile. */
	int (*open)(void *db, const char *sql, const struct cell *v, int n, struct rows **ret_rows,
		    struct err *e);
	/* 1 a row, 0 the end, -1; spans live until the next one. */
	int (*next)(struct rows *r, struct cell ret_row[TABLE_COLUMNS_MAX], struct err *e);
	void (*close)(struct rows **r);

	/* In a transaction. */
	int (*load_begin)(void *db, const struct table *t, struct loading **ret_loading,
			  struct err *e);
	int (*load_row)(struct loading *l, const struct cell *row, struct err *e);
	/* Ends it in any case. */
	int (*load_end)(struct loading **l, struct err *e);
};

extern const struct rows_ops sqlite_rows, pg_rows;

#endif
