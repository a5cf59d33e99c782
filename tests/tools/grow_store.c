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

/* :k counts the copies; #cases, #mail ... are what the numbers of one copy begin at. */
static const char *const copies[] = {
	"INSERT INTO cases SELECT number + #cases, queue, kind, channel, severity, "
	"severity_requested, "
	"state, subject, requester_name, 'c' || ?1 || '.' || requester_address, account, behalf, "
	"reseller, top_visible, owner, rule, resource, priority, opened_at, updated_at, "
	"merged_into + #cases, language, written_to FROM cases WHERE number <= $cases",
	"INSERT INTO content SELECT id + #mail + $content, sha256(CAST(?1 || '.' || id AS BLOB)), "
	"length(?1 || '.' || id), CAST(?1 || '.' || id AS BLOB) FROM mail WHERE id <= $mail",
	"INSERT INTO note SELECT id + #note, case_number + #cases, kind, at, author_name, "
	"author_address, trust, text, reply, message_id || '.' || ?1, mail_id + #mail, author "
	"FROM note WHERE id <= $note",
	"INSERT INTO mail SELECT id + #mail, mailbox, uidvalidity, uid + #mail, received_at, "
	"kept_at, "
	"message_id || '.' || ?1, sha256(CAST(?1 || 'i' || id AS BLOB)), "
	"length(?1 || '.' || id), truncated, history, attempts, state, reason, case_number + "
	"#cases, "
	"note_id + #note, from_text, subject, id + #mail + $content, released, again, proof, "
	"said + ?1, moved FROM mail WHERE id <= $mail",
	"INSERT INTO event SELECT id + #event, case_number + #cases, at, type, actor, data "
	"FROM event WHERE id <= $event",
	"INSERT INTO deadline SELECT case_number + #cases, clock, target, rule, state, started_at, "
	"due_at, met_at, alarm_at, case_open FROM deadline WHERE case_number <= $cases",
	"INSERT INTO outbox SELECT id + #outbox, case_number + #cases, note_id + #note, kind, "
	"sender, "
	"recipient, message_id || '.' || ?1, subject, state, attempts, unknowns, created_at, "
	"next_at, sent_at, last_code, last_text, automatic, content, held, late_at "
	"FROM outbox WHERE id <= $outbox",
	"INSERT INTO reach SELECT case_number + #cases, address, level FROM reach "
	"WHERE case_number <= $cases",
	"INSERT INTO thread SELECT key || '.' || ?1, case_number + #cases FROM thread "
	"WHERE case_number <= $cases",
	"INSERT INTO case_text SELECT number + #cases, title, text FROM case_text "
	"WHERE number <= $cases",
	"INSERT INTO case_words (rowid, title, text) SELECT number, title, text FROM case_text "
	"WHERE number > #cases",
	"DELETE FROM case_stale WHERE number > #cases",
};

enum { TABLES = 6, COPIES = sizeof(copies) / sizeof(*copies) };

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

static void prepare(const struct base *b, sqlite3_stmt *v[static COPIES])
{
	for (size_t i = 0; i < COPIES; i++) {
		char *sql = statement_of(copies[i], b);

		if (sqlite3_prepare_v2(db, sql, -1, &v[i], NULL) != SQLITE_OK)
			errx(1, "%s: %s", sql, sqlite3_errmsg(db));
		free(sql);
	}
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
	run("PRAGMA wal_checkpoint(TRUNCATE)");
	sqlite3_close(db);
	return 0;
}
