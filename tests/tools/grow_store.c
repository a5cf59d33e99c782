/*
 * Makes a store large: the cases that are in it, copied until there are so many.
 *
 *	grow_store STORE CASES
 *
 * Each copy has rows, numbers and addresses of its own in every table about cases; the raw mails of
 * copies are a few bytes, and what went out is shared.  The store must not be in use.
 */
#include <err.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/str.h"

static sqlite3 *db;

static void run(const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		errx(1, "%s: %s", sql, sqlite3_errmsg(db));
}

static int64_t number(const char *sql)
{
	sqlite3_stmt *s;
	int64_t n;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
		errx(1, "%s: %s", sql, sqlite3_errmsg(db));
	n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static void sql_sha256(sqlite3_context *c, int n, sqlite3_value **v)
{
	uint8_t digest[SHA256_SIZE];

	(void)n;
	sha256_of((struct span){ sqlite3_value_blob(v[0]), (size_t)sqlite3_value_bytes(v[0]) },
		  digest);
	sqlite3_result_blob(c, digest, sizeof(digest), SQLITE_TRANSIENT);
}

/* Rows to copy: those of `which`; a column that is not named in `changed` ("column=expression")
 * stays as it is.  ?1 counts the copies; "#cases" is what the numbers of one copy begin at,
 * "$cases" the highest number that is copied. */
static const struct copying {
	const char *table, *which;
	const char *changed[9];
} copyings[] = {
	{ "cases",
	  "number <= $cases",
	  { "number=number + #cases", "requester_address='c' || ?1 || '.' || requester_address",
	    "merged_into=merged_into + #cases" } },
	{ "note",
	  "id <= $note",
	  { "id=id + #note", "case_number=case_number + #cases",
	    "message_id=message_id || '.' || ?1", "mail_id=mail_id + #mail" } },
	{ "mail",
	  "id <= $mail",
	  { "id=id + #mail", "uid=uid + #mail", "message_id=message_id || '.' || ?1",
	    "identity=sha256(CAST(?1 || 'i' || id AS BLOB))", "size=length(?1 || '.' || id)",
	    "case_number=case_number + #cases", "note_id=note_id + #note",
	    "content=id + #mail + $content", "said=said + ?1" } },
	{ "event", "id <= $event", { "id=id + #event", "case_number=case_number + #cases" } },
	{ "deadline", "case_number <= $cases", { "case_number=case_number + #cases" } },
	{ "outbox",
	  "id <= $outbox",
	  { "id=id + #outbox", "case_number=case_number + #cases", "note_id=note_id + #note",
	    "message_id=message_id || '.' || ?1" } },
	{ "reach", "case_number <= $cases", { "case_number=case_number + #cases" } },
	{ "thread",
	  "case_number <= $cases",
	  { "key=key || '.' || ?1", "case_number=case_number + #cases" } },
	{ "case_text", "number <= $cases", { "number=number + #cases" } },
};

/* The rest of a copy: raw mails, the index of words, and nothing that waits to be indexed. */
static const char *const others[] = {
	"INSERT INTO content SELECT id + #mail + $content, sha256(CAST(?1 || '.' || id AS BLOB)), "
	"length(?1 || '.' || id), CAST(?1 || '.' || id AS BLOB) FROM mail WHERE id <= $mail",
	"INSERT INTO case_words (rowid, title, text) SELECT number, title, text FROM case_text "
	"WHERE number > #cases",
	"DELETE FROM case_stale WHERE number > #cases",
};

enum {
	TABLES = 6,
	COPYINGS = sizeof(copyings) / sizeof(*copyings),
	COPIES = COPYINGS + sizeof(others) / sizeof(*others),
};

static const char *const tables[TABLES] = { "cases", "mail", "note", "event", "outbox", "content" };

struct base {
	int64_t last[TABLES]; /* the highest number that is copied */
};

/* "#cases" becomes the product of ?1 and what "$cases" is: the highest number in the store. */
static char *statement_of(const char *text, const struct base *b)
{
	char *sql = NULL;
	size_t n;
	FILE *f = open_memstream(&sql, &n);

	while (*text) {
		size_t i = TABLES;

		if (*text == '#' || *text == '$')
			for (i = 0; i < TABLES; i++)
				if (strncmp(text + 1, tables[i], strlen(tables[i])) == 0)
					break;
		if (i == TABLES) {
			fputc(*text++, f);
			continue;
		}
		fprintf(f, *text == '#' ? "%lld * ?1" : "%lld", (long long)b->last[i]);
		text += 1 + strlen(tables[i]);
	}
	fclose(f);
	return sql;
}

/* The columns that the table has now, each as it is or changed. */
static char *copy_statement(const struct copying *c)
{
	char sql[128], *text = NULL;
	sqlite3_stmt *s;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	fprintf(f, "INSERT INTO %s SELECT ", c->table);
	snprintf(sql, sizeof(sql), "PRAGMA table_info(%s)", c->table);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		errx(1, "%s: %s", sql, sqlite3_errmsg(db));
	for (int column = 0; sqlite3_step(s) == SQLITE_ROW; column++) {
		const char *name = (const char *)sqlite3_column_text(s, 1), *as = name;

		for (size_t i = 0; i < 9 && c->changed[i]; i++)
			if (strncmp(c->changed[i], name, strlen(name)) == 0 &&
			    c->changed[i][strlen(name)] == '=')
				as = c->changed[i] + strlen(name) + 1;
		fprintf(f, "%s%s", column ? ", " : "", as);
	}
	sqlite3_finalize(s);
	fprintf(f, " FROM %s WHERE %s", c->table, c->which);
	fclose(f);
	return text;
}

static void prepare_one(const char *text, const struct base *b, sqlite3_stmt **ret)
{
	char *sql = statement_of(text, b);

	if (sqlite3_prepare_v2(db, sql, -1, ret, NULL) != SQLITE_OK)
		errx(1, "%s: %s", sql, sqlite3_errmsg(db));
	free(sql);
}

static void prepare(const struct base *b, sqlite3_stmt *v[static COPIES])
{
	for (size_t i = 0; i < COPYINGS; i++) {
		char *text = copy_statement(&copyings[i]);

		prepare_one(text, b, &v[i]);
		free(text);
	}
	for (size_t i = COPYINGS; i < COPIES; i++)
		prepare_one(others[i - COPYINGS], b, &v[i]);
}

static void copy(sqlite3_stmt *v[static COPIES], int64_t k)
{
	for (size_t i = 0; i < COPIES; i++) {
		sqlite3_bind_int64(v[i], 1, k);
		if (sqlite3_step(v[i]) != SQLITE_DONE)
			errx(1, "%s: %s", sqlite3_sql(v[i]), sqlite3_errmsg(db));
		sqlite3_reset(v[i]);
	}
}

/* What copies of a mail share with it names a content that no copy has. */
static struct base look(void)
{
	struct base b;
	char sql[100];

	for (size_t i = 0; i < TABLES; i++) {
		snprintf(sql, sizeof(sql), "SELECT coalesce(max(%s), 0) FROM %s",
			 i ? "id" : "number", tables[i]);
		b.last[i] = number(sql);
	}
	if (b.last[0] < 1)
		errx(1, "there is no case to copy");
	return b;
}

int main(int argc, char **argv)
{
	sqlite3_stmt *v[COPIES];
	struct base b;
	int64_t cases;

	if (argc != 3 || !span_i64(span_of(argv[2]), &cases) || cases < 1)
		errx(64, "usage: grow_store STORE CASES");
	crypto_init();
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		errx(1, "%s: %s", argv[1], sqlite3_errmsg(db));
	sqlite3_create_function(db, "sha256", 1, SQLITE_UTF8, NULL, sql_sha256, NULL, NULL);
	run("PRAGMA locking_mode = EXCLUSIVE");
	run("PRAGMA synchronous = OFF");
	run("PRAGMA cache_size = -400000");
	b = look();
	prepare(&b, v);
	for (int64_t k = 1; k * b.last[0] < cases; k++) {
		run("BEGIN");
		copy(v, k);
		run("COMMIT");
	}
	for (size_t i = 0; i < COPIES; i++)
		sqlite3_finalize(v[i]);
	run("UPDATE seen SET kept = kept + n, seen = seen + n FROM (SELECT mailbox AS m, "
	    "count(*) - kept AS n FROM mail JOIN seen USING (mailbox) GROUP BY mailbox) "
	    "WHERE mailbox = m");
	run("UPDATE tally SET cases = (SELECT count(*) FROM cases), cases_open = (SELECT count(*) "
	    "FROM cases WHERE state IN ('new', 'open', 'waiting')), unsent = (SELECT count(*) "
	    "FROM outbox WHERE hook = '' AND state IN ('failed', 'unknown', 'bounced'))");
	run("PRAGMA wal_checkpoint(TRUNCATE)");
	sqlite3_close(db);
	return 0;
}
