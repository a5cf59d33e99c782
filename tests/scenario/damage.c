#include "tests/scenario/damage.h"

#include <inttypes.h>
#include <sqlite3.h>

static int halve(const char *path, int64_t id, struct arena *a, struct err *e)
{
	const char *sql =
	    arena_printf(a,
			 "UPDATE content SET bytes = substr(bytes, 1, length(bytes) / 2)"
			 " WHERE id = (SELECT content FROM mail WHERE id = %" PRIi64 ")",
			 id);
	sqlite3 *db;
	int done = 0;

	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK || sqlite3_changes(db) != 1)
		done = err_set(e, ERR_PERM, "mail %" PRIi64 ": %s", id, sqlite3_errmsg(db));
	sqlite3_close(db);
	return done;
}

int damage_mail(struct world *w, int64_t id, struct err *e)
{
	world_down(w);
	return halve(w->path, id, &w->arena, e) < 0 ? -1 : world_up(w, e);
}
