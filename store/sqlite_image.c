#include "store/sqlite_image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite_result.h"

enum { WRITE_VERSION = 18, READ_VERSION, NO_WAL = 1 }; /* of the header: file format, 1.3.3 */

/* --- the file --- */

struct image_file {
	sqlite3_file base;
	int fd;
	const struct sqlite_log *log;
};

static int file_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

/* There is no log beside it, which its header asks for. */
static void hide_wal(uint8_t *to, size_t n, size_t at)
{
	for (size_t i = WRITE_VERSION; i <= READ_VERSION; i++)
		if (i >= at && i < at + n)
			to[i - at] = NO_WAL;
}

/* No read of SQLite goes over the end of a page. */
static int place_of(const struct image_file *file, sqlite3_int64 *at)
{
	sqlite3_int64 size = file->log ? (sqlite3_int64)file->log->page_size : 0;
	int64_t page = size ? sqlite_log_find(file->log, (uint32_t)(*at / size + 1)) : -1;

	if (page < 0)
		return file->fd;
	*at = page + *at % size;
	return file->log->fd;
}

static int file_read(sqlite3_file *f, void *to, int wanted, sqlite3_int64 at)
{
	size_t got = 0, n = (size_t)wanted;
	sqlite3_int64 place = at;
	int fd = place_of((struct image_file *)f, &place);

	while (got < n) {
		ssize_t k = pread(fd, (char *)to + got, n - got, place + (sqlite3_int64)got);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return SQLITE_IOERR_READ;
		if (k == 0)
			break;
		got += (size_t)k;
	}
	memset((char *)to + got, 0, n - got);
	hide_wal(to, got, (size_t)at);
	return got == n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
	(void)f;
	(void)from;
	(void)n;
	(void)at;
	return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	(void)f;
	(void)size;
	return SQLITE_READONLY;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *ret_size)
{
	const struct image_file *file = (struct image_file *)f;
	struct stat st;

	if (fstat(file->fd, &st) < 0)
		return SQLITE_IOERR_FSTAT;
	*ret_size = file->log ? file->log->pages * (sqlite3_int64)file->log->page_size : st.st_size;
	return SQLITE_OK;
}

static int file_nothing(sqlite3_file *f, int level)
{
	(void)f;
	(void)level;
	return SQLITE_OK;
}

static int file_is_reserved(sqlite3_file *f, int *ret_is)
{
	(void)f;
	*ret_is = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *f, int op, void *arg)
{
	(void)f;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *f)
{
	(void)f;
	return 0;
}

static int file_traits(sqlite3_file *f)
{
	(void)f;
	return 0; /* not IMMUTABLE: the question to FTS5 is an INSERT, though it adds nothing */
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_nothing,
	.xFileSize = file_size,
	.xLock = file_nothing,
	.xUnlock = file_nothing,
	.xCheckReservedLock = file_is_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
};

/* --- the file system that has nothing but it --- */

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
	struct image_file *file = (struct image_file *)f;

	(void)name;
	*file = (struct image_file){ 0 };
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	file->base.pMethods = &methods;
	file->fd = ((struct sqlite_image *)vfs->pAppData)->fd;
	file->log = ((struct sqlite_image *)vfs->pAppData)->log;
	if (ret_flags)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int is_there(sqlite3_vfs *vfs, const char *name, int flags, int *ret_is)
{
	(void)vfs;
	(void)name;
	(void)flags;
	*ret_is = 0;
	return SQLITE_OK;
}

static int full_name(sqlite3_vfs *vfs, const char *name, int max, char *out)
{
	(void)vfs;
	sqlite3_snprintf(max, out, "%s", name);
	return SQLITE_OK;
}

static void vfs_make(struct sqlite_image *image)
{
	image->vfs = *sqlite3_vfs_find(NULL);
	image->vfs.szOsFile = sizeof(struct image_file);
	image->vfs.pNext = NULL;
	image->vfs.zName = "image";
	image->vfs.pAppData = image;
	image->vfs.xOpen = open_file;
	image->vfs.xAccess = is_there;
	image->vfs.xFullPathname = full_name;
}

static int check_size(int fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set(e, ERR_TEMP, "copy of the store: %s", strerror(errno));
	if (st.st_size <= READ_VERSION)
		return err_set(e, ERR_PERM, "copy of the store: %lld bytes are none",
			       (long long)st.st_size);
	return 0;
}

int sqlite_image_open(int fd, const struct sqlite_log *log, struct sqlite_image *image,
		      sqlite3 **ret_db, struct err *e)
{
	sqlite3 *db = NULL;
	int code;

	if (check_size(fd, e) < 0)
		return -1;
	image->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (image->fd < 0)
		return err_set(e, ERR_TEMP, "copy of the store: %s", strerror(errno));
	image->log = log;
	image->open = true;
	vfs_make(image);
	sqlite3_vfs_register(&image->vfs, 0);
	code = sqlite3_open_v2("copy", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, "image");
	if (code != SQLITE_OK) {
		err_set(e, sqlite_class(code), "copy of the store: %s", sqlite3_errstr(code));
		sqlite3_close(db);
		sqlite_image_release(image);
		return -1;
	}
	*ret_db = db;
	return 0;
}

void sqlite_image_release(struct sqlite_image *image)
{
	if (!image->open)
		return;
	sqlite3_vfs_unregister(&image->vfs);
	close(image->fd);
	image->open = false;
}
