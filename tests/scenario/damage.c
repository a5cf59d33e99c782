#include "tests/scenario/damage.h"

#include <inttypes.h>
#include <sqlite3.h>

static const struct {
	const char *what, *sql;
} wounds[] = {
	{ "mail", "UPDATE content SET bytes = substr(bytes, 1, length(bytes) / 2)"
		  " WHERE id = (SELECT content FROM mail WHERE id = ?1)" },
	{ "outbox", "UPDATE content SET bytes = substr(bytes, 1, length(bytes) / 2)"
		    " WHERE id = (SELECT content FROM outbox WHERE id = ?1)" },
	{ "lost-outbox",
	  "DELETE FROM content WHERE id = (SELECT content FROM outbox WHERE id = ?1)" },
	{ "file", "UPDATE content SET bytes = substr(bytes, 1, length(bytes) / 2)"
		  " WHERE id = (SELECT content FROM attachment WHERE id = ?1)" },
	{ "sender", "UPDATE outbox SET sender = printf('%5000s', 'x') WHERE id = ?1" },
	{ "case", "UPDATE outbox SET case_number = 99 WHERE id = ?1" },
	{ "message-id", "UPDATE outbox SET message_id = printf('%5000s', 'x') WHERE id = ?1" },
	{ "event", "UPDATE event SET data = substr(data, 1, length(data) / 2) WHERE id = ?1" },
	{ "note", "UPDATE note SET words = substr(words, 1, length(words) / 2) WHERE id = ?1" },
	{ "shown",
	  "UPDATE shown SET lines = substr(lines, 1, length(lines) / 2) WHERE rowid = ?1" },
	/* No longer UTF-8, and as long as before. */
	{ "letter", "UPDATE note SET words = CAST(substr(words, 1, length(words) / 2) || x'ff' ||"
		    " substr(words, length(words) / 2 + 2) AS BLOB) WHERE id = ?1" },
};

static const char *sql_of(struct span what)
{
	for (size_t i = 0; i < sizeof(wounds) / sizeof(*wounds); i++)
		if (span_is(what, wounds[i].what))
			return wounds[i].sql;
	return NULL;
}

/* NULL, or why it is not done. */
static const char *run(sqlite3 *db, const char *sql, int64_t id)
{
	sqlite3_stmt *stmt;
	bool done;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		return sqlite3_errmsg(db);
	sqlite3_bind_int64(stmt, 1, id);
	done = sqlite3_step(stmt) == SQLITE_DONE;
	sqlite3_finalize(stmt);
	if (!done)
		return sqlite3_errmsg(db);
	return sqlite3_changes(db) ? NULL : "there is none to damage";
}

static int wound(const char *path, struct span what, int64_t id, struct err *e)
{
	const char *sql = sql_of(what), *why;
	sqlite3 *db;
	int done = 0;

	if (!sql)
		return err_set(e, ERR_PERM, "nothing to damage is called " SPAN_FMT,
			       SPAN_ARG(what));
	why = sqlite3_open(path, &db) == SQLITE_OK ? run(db, sql, id) : sqlite3_errmsg(db);
	if (why)
		done = err_set(e, ERR_PERM, SPAN_FMT " %" PRIi64 ": %s", SPAN_ARG(what), id, why);
	sqlite3_close(db);
	return done;
}

int damage(struct world *w, struct span what, int64_t id, struct err *e)
{
	struct err ignored;
	int done;

	world_down(w);
	done = wound(w->path, what, id, e);
	/* What is not done is an error of the script alone: core is up again for its next line. */
	return world_up(w, done < 0 ? &ignored : e) < 0 ? -1 : done;
}
