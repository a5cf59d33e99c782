#include "store/sqlite_check.h"

#include <stdio.h>
#include <string.h>

/* Rows that integrity_check gives: so many at most. */
#define CHECK_FILE "PRAGMA integrity_check(100)"

/* Runs fn over the rows of a PRAGMA. */
static int each_row(sqlite3 *db, const char *sql, void (*fn)(sqlite3_stmt *row, void *ctx),
		    void *ctx)
{
	sqlite3_stmt *s;
	int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	if (code != SQLITE_OK)
		return code;
	while (sqlite3_step(s) == SQLITE_ROW)
		fn(s, ctx);
	return sqlite3_finalize(s);
}

static void number_row(sqlite3_stmt *row, void *ctx)
{
	int64_t *ret = ctx;

	*ret = sqlite3_column_int64(row, 0);
}

int64_t sqlite_check_size(sqlite3 *db)
{
	int64_t pages = 0, page = 0;

	if (each_row(db, "PRAGMA page_count", number_row, &pages) != SQLITE_OK ||
	    each_row(db, "PRAGMA page_size", number_row, &page) != SQLITE_OK)
		return -1;
	return pages * page;
}

static void integrity_row(sqlite3_stmt *row, void *ctx)
{
	const char *text = (const char *)sqlite3_column_text(row, 0);

	if (text && strcmp(text, "ok") != 0)
		buf_addf(ctx, "file: %s\n", text);
}

static const char *column_or_unknown(sqlite3_stmt *row, int at)
{
	const char *text = (const char *)sqlite3_column_text(row, at);

	return text ? text : "?";
}

static void reference_row(sqlite3_stmt *row, void *ctx)
{
	buf_addf(ctx, "%s %s: names a row of %s that is not there\n", column_or_unknown(row, 0),
		 column_or_unknown(row, 1), column_or_unknown(row, 2));
}

/* Whether it has the words of the texts: SQLite's way to ask is an INSERT that adds nothing. */
static int check_words(sqlite3 *db, const char *table, struct buf *ret_findings)
{
	char sql[128];
	int code;

	snprintf(sql, sizeof(sql), "INSERT INTO %s (%s, rank) VALUES ('integrity-check', 1)", table,
		 table);
	code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	if ((code & 0xff) != SQLITE_CORRUPT)
		return code;
	buf_addf(ret_findings, "%s: not the words of the texts\n", table);
	return SQLITE_OK;
}

int sqlite_check_words(sqlite3 *db, struct buf *ret_findings)
{
	int code = check_words(db, "article_words", ret_findings);

	return code == SQLITE_OK ? check_words(db, "case_words", ret_findings) : code;
}

int sqlite_check_rows(sqlite3 *db, struct buf *ret_findings)
{
	int code = each_row(db, CHECK_FILE, integrity_row, ret_findings);

	return code == SQLITE_OK
		   ? each_row(db, "PRAGMA foreign_key_check", reference_row, ret_findings)
		   : code;
}
