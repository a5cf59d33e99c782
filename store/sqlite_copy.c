#include "store/sqlite_copy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "store/sqlite_file.h"
#include "store/sqlite_memory.h"

enum { ROOM_LEFT = 64 * MIB }; /* on the disk, beside a copy */

/* Refused where SQLite was begun before: it then goes on as it is. */
void sqlite_begin(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
#if !defined(__SANITIZE_ADDRESS__) /* it sees what is used behind its end */
	sqlite_memory_use();
#endif
}

enum err_class sqlite_class(int code)
{
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_NOMEM:
	case SQLITE_CANTOPEN:
	case SQLITE_PROTOCOL:
	case SQLITE_CORRUPT:
	case SQLITE_PERM:
	case SQLITE_INTERRUPT: return ERR_TEMP; /* of the file or the machine: no row's doing */
	case SQLITE_CONSTRAINT:
	case SQLITE_NOTADB:
	case SQLITE_READONLY: /* opened for reading */
	case SQLITE_AUTH:
	case SQLITE_TOOBIG: return ERR_PERM;
	default: return ERR_BUG;
	}
}

/* What the operator can do; SQLite's own words and number follow. */
const char *sqlite_cure(int code)
{
	static const struct {
		int code; /* extended, or primary */
		const char *text;
	} cures[] = {
		{ SQLITE_IOERR_FSYNC, "the disk did not keep what was written; look at it: " },
		{ SQLITE_IOERR_NOMEM, "no memory left: " },
		{ SQLITE_FULL, "the disk is full, or a quota or limit reached; make room: " },
		{ SQLITE_IOERR, "the disk or its file system fails; look at the kernel's log: " },
		{ SQLITE_READONLY, "it was made read-only, or taken away; put it back: " },
		{ SQLITE_CANTOPEN, "no file can be made in its folder; look at its rights and the "
				   "limits of the process: " },
		{ SQLITE_CORRUPT, "the file is damaged; put a backup back: " },
		{ SQLITE_NOTADB, "it was overwritten; put it back, or a backup: " },
		{ SQLITE_NOMEM, "no memory left: " },
	};

	for (size_t i = 0; i < sizeof(cures) / sizeof(*cures); i++)
		if (cures[i].code == code || cures[i].code == (code & 0xff))
			return cures[i].text;
	return "";
}

/* A copy on its way: what is written meanwhile SQLite writes to it, too. */
struct store_copy {
	sqlite3 *to;
	sqlite3_backup *job;
	int fd;
};

static int copy_failed(struct store_copy *c, struct err *e)
{
	return err_set(e, sqlite_class(sqlite3_errcode(c->to)), "copy of the store: %s",
		       sqlite3_errmsg(c->to));
}

/* A copy may not take the room that the store itself needs to go on. */
static int check_room(int fd, int64_t bytes, struct err *e)
{
	struct statvfs disk;
	int64_t free_bytes;

	if (fstatvfs(fd, &disk) < 0)
		return 0; /* it is tried */
	free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
	if (free_bytes - ROOM_LEFT >= bytes)
		return 0;
	return err_set(e, ERR_TEMP,
		       "a copy beside the store needs %" PRIi64 " MB and %d MB more for the "
		       "daemon, and %" PRIi64 " MB are free: make room",
		       bytes / MIB + 1, ROOM_LEFT / MIB, free_bytes / MIB);
}

/* The file loses its name at once: whatever ends this process takes it along.  One that a kill in
 * between has left goes with the next. */
static int copy_open(struct store_copy *c, const char *where, int64_t bytes, struct err *e)
{
	char *path MEM_AUTO = mem_alloc(strlen(where) + sizeof(".copy-"));
	int code;

	stpcpy(stpcpy(path, where), ".copy-");
	c->fd = sqlite_file_fresh(path);
	if (c->fd < 0)
		return err_set(e, ERR_TEMP, "%s: %s", path, strerror(errno));
	if (check_room(c->fd, bytes, e) < 0) {
		unlink(path);
		return -1;
	}
	code = sqlite3_open_v2(path, &c->to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	unlink(path);
	if (code != SQLITE_OK ||
	    sqlite3_exec(c->to, "PRAGMA journal_mode = OFF", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(c->to, "PRAGMA synchronous = OFF", NULL, NULL, NULL) != SQLITE_OK)
		return copy_failed(c, e);
	return 0;
}

int sqlite_copy_end(struct store_copy **cc, int *ret_fd, struct err *e)
{
	struct store_copy *c = *cc;
	int code = c->job ? sqlite3_backup_finish(c->job) : SQLITE_OK;
	int done = code == SQLITE_OK || !ret_fd ? 0 : copy_failed(c, e);

	sqlite3_close(c->to);
	if (ret_fd && done == 0)
		*ret_fd = c->fd;
	else if (c->fd >= 0)
		close(c->fd);
	mem_free(cc);
	return done;
}

int sqlite_copy_begin(sqlite3 *db, const char *where, int64_t bytes, struct store_copy **ret_copy,
		      struct err *e)
{
	struct store_copy *c = mem_alloc(sizeof(*c));
	struct err ignored;
	int done = copy_open(c, where, bytes, e);

	if (done == 0) {
		c->job = sqlite3_backup_init(c->to, "main", db, "main");
		done = c->job ? 0 : copy_failed(c, e);
	}
	if (done == 0)
		*ret_copy = c;
	else
		(void)sqlite_copy_end(&c, NULL, &ignored);
	return done;
}

int sqlite_copy_step(struct store_copy *c, int pages, struct store_copied *ret_copied,
		     struct err *e)
{
	int code = sqlite3_backup_step(c->job, pages);

	if (code != SQLITE_OK && code != SQLITE_DONE)
		return err_set(e, sqlite_class(code), "copy of the store: %s",
			       sqlite3_errstr(code));
	ret_copied->total = sqlite3_backup_pagecount(c->job);
	ret_copied->done = ret_copied->total - sqlite3_backup_remaining(c->job);
	return code == SQLITE_OK;
}

/* VACUUM leaves out what unused parts of pages still have, which secure_delete does not empty where
 * rows moved to another page. */
int sqlite_compact(sqlite3 *db, bool whole, struct err *e)
{
	if ((!whole || sqlite3_exec(db, "VACUUM", NULL, NULL, NULL) == SQLITE_OK) &&
	    sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return err_set(e, sqlite_class(sqlite3_errcode(db)), "store: making it compact: %s",
		       sqlite3_errmsg(db));
}
