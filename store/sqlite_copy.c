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
#include "store/sqlite_result.h"
#include "store/sqlite_whole.h"

enum {
	ROOM_LEFT = 64 * MIB, /* on the disk, beside a copy */
	PAGE = 4 * KIB,
};

/* Refused where SQLite was begun before: it then goes on as it is. */
void sqlite_begin(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
#if !defined(__SANITIZE_ADDRESS__) /* it sees what is used behind its end */
	sqlite_memory_use();
#endif
}

/* A copy on its way: what is written meanwhile SQLite writes to it, too. */
struct store_copy {
	sqlite3 *to;
	sqlite3_backup *job; /* NULL: all pages are there */
	int fd;
	const struct bulk *bulk;
	int64_t pages, left; /* of the store's file; still to come */
	int64_t rows;	     /* pages that come into rows of it, about */
	struct sqlite_whole whole;
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

	sqlite_whole_end(&c->whole);
	sqlite3_close(c->to);
	if (ret_fd && done == 0)
		*ret_fd = c->fd;
	else if (c->fd >= 0)
		close(c->fd);
	mem_free(cc);
	return done;
}

int sqlite_copy_begin(sqlite3 *db, const char *where, int64_t bytes, const struct bulk *bulk,
		      struct store_copy **ret_copy, struct err *e)
{
	struct store_copy *c = mem_alloc(sizeof(*c));
	struct err ignored;
	int done = copy_open(c, where, bytes + bulk_size(bulk), e);

	c->bulk = bulk;
	c->rows = (bulk_size(bulk) + PAGE - 1) / PAGE;

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

/* What its header says: a file without a name can have no log (file format, 1.3.3). */
static int has_log(struct store_copy *c, bool so, struct err *e)
{
	enum { VERSIONS = 18, NO_LOG = 1, LOG };
	const char of_both[] = { so ? LOG : NO_LOG, so ? LOG : NO_LOG };

	if (pwrite(c->fd, of_both, sizeof(of_both), VERSIONS) == sizeof(of_both) &&
	    sqlite3_file_control(c->to, "main", SQLITE_FCNTL_RESET_CACHE, NULL) == SQLITE_OK)
		return 0;
	return err_set(e, ERR_TEMP, "copy of the store: %s", strerror(errno));
}

/* 1: some pages are left, 0: all are there, as the store was at this moment. */
static int copy_pages(struct store_copy *c, int pages, struct err *e)
{
	int code = sqlite3_backup_step(c->job, pages);

	if (code == SQLITE_OK || code == SQLITE_DONE)
		c->pages = sqlite3_backup_pagecount(c->job);
	c->left = sqlite3_backup_remaining(c->job);
	if (code == SQLITE_DONE) {
		code = sqlite3_backup_finish(c->job);
		c->job = NULL;
		return code == SQLITE_OK ? has_log(c, false, e) : copy_failed(c, e);
	}
	return code == SQLITE_OK
		   ? 1
		   : err_set(e, sqlite_class(code), "copy of the store: %s", sqlite3_errstr(code));
}

/* What comes into rows is looked at behind the last page, where nothing changes it any more. */
static int copy_some(struct store_copy *c, int pages, struct err *e)
{
	int got = c->job ? copy_pages(c, pages, e) : 0;

	if (got != 0)
		return got;
	got = sqlite_whole_step(c->to, &c->whole, c->bulk, (int64_t)pages * PAGE, e);
	return got == 0 ? has_log(c, true, e) : got;
}

int sqlite_copy_step(struct store_copy *c, int pages, struct store_copied *ret_copied,
		     struct err *e)
{
	int got = copy_some(c, pages, e);

	ret_copied->total = c->pages + c->rows;
	ret_copied->done =
	    got == 0 ? ret_copied->total : c->pages - c->left + c->whole.moved / PAGE;
	if (ret_copied->done > ret_copied->total)
		ret_copied->done = ret_copied->total;
	return got;
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
