/*
 * gatewayd on a disk that fails or is slow: for tests of what that does to the rest.
 *
 * The trap's file says how: "full" (nothing can be written), "read 5" or "sync 3000" (each takes so
 * many milliseconds more), "broken 3" (so many reads fail, then the file is gone).  Without it the
 * disk is good.
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/traps/trap.h"

static sqlite3_vfs vfs;
/* One for each kind of file that SQLite tells apart. */
static struct {
	const sqlite3_io_methods *real;
	sqlite3_io_methods ours;
} kinds[4];
static int (*real_open)(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret);
static char trap_path[4096];

long trap(const char *word)
{
	char text[64] = { 0 };
	int fd = trap_path[0] ? open(trap_path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0 || strncmp(text, word, strlen(word)) != 0)
		return -1;
	return strtol(text + strlen(word), NULL, 10);
}

static void wait_for(const char *word)
{
	long ms = trap(word);

	if (ms > 0)
		usleep((useconds_t)ms * 1000);
}

static const sqlite3_io_methods *real(const sqlite3_file *f)
{
	size_t i = 0;

	while (&kinds[i].ours != f->pMethods)
		i++;
	return kinds[i].real;
}

/* Counted in the file, as an error may end this process. */
static bool is_broken(void)
{
	long left = trap("broken");
	FILE *f = left > 1 ? fopen(trap_path, "we") : NULL;

	if (left < 0)
		return false;
	if (f) {
		fprintf(f, "broken %ld", left - 1);
		fclose(f);
	} else {
		unlink(trap_path);
	}
	return true;
}

static int trap_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
	if (is_broken())
		return SQLITE_IOERR_READ;
	wait_for("read");
	return real(f)->xRead(f, out, n, at);
}

static int trap_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
	return trap("full") >= 0 ? SQLITE_FULL : real(f)->xWrite(f, bytes, n, at);
}

static int trap_sync(sqlite3_file *f, int flags)
{
	wait_for("sync");
	return real(f)->xSync(f, flags);
}

static void set_methods(sqlite3_file *f)
{
	size_t i = 0;

	while (kinds[i].real && kinds[i].real != f->pMethods)
		i++;
	kinds[i].real = f->pMethods;
	kinds[i].ours = *f->pMethods;
	kinds[i].ours.xRead = trap_read;
	kinds[i].ours.xWrite = trap_write;
	kinds[i].ours.xSync = trap_sync;
	kinds[i].ours.iVersion = 2; /* no pages mapped past xRead */
	f->pMethods = &kinds[i].ours;
}

static int trap_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret)
{
	int code = real_open(v, name, f, flags, ret);

	if (code != SQLITE_OK || !f->pMethods)
		return code;
	if (flags & SQLITE_OPEN_MAIN_DB && !trap_path[0])
		snprintf(trap_path, sizeof(trap_path), "%s-trap", name);
	set_methods(f);
	return code;
}

__attribute__((constructor)) static void set_trap(void)
{
	vfs = *sqlite3_vfs_find(NULL);
	real_open = vfs.xOpen;
	vfs.xOpen = trap_open;
	vfs.zName = "trap";
	if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
		abort();
}
