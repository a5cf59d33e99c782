#include "store/sqlite_writes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gatewayd/base/units.h"

enum {
	GATHERED_MAX = 120 * KIB, /* 29 pages of the log; the real file takes no more at once */
	AHEAD = 256 * KIB,
	ZEROS = 64 * KIB,
};

struct file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
	char *bytes;	    /* GATHERED_MAX of them */
	sqlite3_int64 at;   /* where they belong */
	int n;
	bool is_log;
	sqlite3_int64 end, room; /* of a log: of all that was written; bytes it takes */
};

static struct file *file_of(sqlite3_file *f)
{
	return (struct file *)f;
}

static int write_real(struct file *f, const void *bytes, int n, sqlite3_int64 at)
{
	f->end = at + n > f->end ? at + n : f->end;
	return f->real->pMethods->xWrite(f->real, bytes, n, at);
}

/* After an error nothing is left of them: whoever hears of it begins again. */
static int write_out(struct file *f)
{
	int n = f->n;

	f->n = 0;
	return n ? write_real(f, f->bytes, n, f->at) : SQLITE_OK;
}

/* What is behind the log's last frame is none, as it has not its salts (file format, 4.1).  That is
 * not where was written last: SQLite writes pages of its transaction, and checksums, again.  Where
 * a disk has no room for zeros nothing is lost, and it is asked again when the log has come there.
 */
static void take_room(struct file *f)
{
	static const char zeros[ZEROS];

	if (!f->is_log || f->end <= f->room || f->end < AHEAD)
		return;
	f->room = f->end + AHEAD;
	for (sqlite3_int64 at = f->end; at < f->room; at += ZEROS)
		if (f->real->pMethods->xWrite(f->real, zeros, ZEROS, at) != SQLITE_OK)
			return;
}

/* --- what a file does --- */

static int file_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
	struct file *f = file_of(file);

	if (f->n && (at != f->at + f->n || n > GATHERED_MAX - f->n)) {
		int code = write_out(f);

		if (code != SQLITE_OK)
			return code;
	}
	if (n > GATHERED_MAX)
		return write_real(f, bytes, n, at);
	if (!f->n)
		f->at = at;
	memcpy(f->bytes + f->n, bytes, (size_t)n);
	f->n += n;
	return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
	struct file *f = file_of(file);
	bool gathered = f->n && at < f->at + f->n && at + n > f->at;
	int code = gathered ? write_out(f) : SQLITE_OK;

	return code == SQLITE_OK ? f->real->pMethods->xRead(f->real, out, n, at) : code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct file *f = file_of(file);
	int code = write_out(f);

	f->room = f->end = size;
	return code == SQLITE_OK ? f->real->pMethods->xTruncate(f->real, size) : code;
}

static int file_sync(sqlite3_file *file, int flags)
{
	struct file *f = file_of(file);
	int code = write_out(f);

	if (code != SQLITE_OK)
		return code;
	take_room(f);
	return f->real->pMethods->xSync(f->real, flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	struct file *f = file_of(file);
	int code = write_out(f);

	return code == SQLITE_OK ? f->real->pMethods->xFileSize(f->real, ret_size) : code;
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
	struct file *f = file_of(file);

	return f->real->pMethods->xFileControl(f->real, op, arg);
}

/* What is still gathered was not synced: nobody counts on it. */
static int file_close(sqlite3_file *file)
{
	struct file *f = file_of(file);

	(void)write_out(f);
	free(f->bytes);
	return f->real->pMethods->xClose(f->real);
}

static int file_lock(sqlite3_file *file, int level)
{
	struct file *f = file_of(file);

	return f->real->pMethods->xLock(f->real, level);
}

static int file_unlock(sqlite3_file *file, int level)
{
	struct file *f = file_of(file);

	return f->real->pMethods->xUnlock(f->real, level);
}

static int file_is_reserved(sqlite3_file *file, int *ret_is)
{
	struct file *f = file_of(file);

	return f->real->pMethods->xCheckReservedLock(f->real, ret_is);
}

static int file_sector(sqlite3_file *file)
{
	struct file *f = file_of(file);

	return f->real->pMethods->xSectorSize(f->real);
}

static int file_traits(sqlite3_file *file)
{
	struct file *f = file_of(file);

	return f->real->pMethods->xDeviceCharacteristics(f->real);
}

/* Of the first version: no memory that several processes share, and no pages mapped past xRead. */
static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_is_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
};

/* --- the file system --- */

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
		     int *ret_flags)
{
	sqlite3_vfs *real = vfs->pAppData;
	struct file *f = file_of(file);
	int code = SQLITE_NOMEM;

	*f = (struct file){ .real = (sqlite3_file *)(f + 1),
			    .bytes = malloc(GATHERED_MAX),
			    .is_log = flags & SQLITE_OPEN_WAL };
	f->real->pMethods = NULL;
	if (f->bytes)
		code = real->xOpen(real, name, f->real, flags, ret_flags);
	if (code == SQLITE_OK)
		code = f->real->pMethods->xFileSize(f->real, &f->room);
	if (code == SQLITE_OK) {
		f->base.pMethods = &methods;
		return SQLITE_OK;
	}
	if (f->real->pMethods)
		f->real->pMethods->xClose(f->real);
	free(f->bytes);
	return code;
}

void sqlite_writes_release(sqlite3_vfs *vfs)
{
	if (vfs->zName)
		sqlite3_vfs_unregister(vfs);
	*vfs = (sqlite3_vfs){ 0 };
}

int sqlite_writes_open(const char *path, sqlite3_vfs *vfs, sqlite3 **ret_db)
{
	sqlite3_vfs *real = sqlite3_vfs_find(NULL);
	int code;

	*vfs = *real;
	vfs->szOsFile = (int)sizeof(struct file) + real->szOsFile;
	vfs->pNext = NULL;
	vfs->zName = "writes";
	vfs->pAppData = real;
	vfs->xOpen = open_file;
	sqlite3_vfs_register(vfs, 0);
	code =
	    sqlite3_open_v2(path, ret_db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs->zName);
	if (!*ret_db)
		sqlite_writes_release(vfs);
	return code;
}
