/*
 * Counts what a process asks of disk, store and kernel; preloaded (LD_PRELOAD) by
 * tests/bench/drain.
 *
 * The file that GATEWAYD_COUNT names has a struct counts, which all processes share.  It is mapped
 * before a role closes itself in.
 */
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "tests/bench/preload.h"

/* In the order in which tests/bench/drain reads them. */
struct counts {
	_Atomic uint64_t fsyncs, writes, commits, statements, memfds;
};

static struct counts nobody;
static struct counts *counts = &nobody;

__attribute__((constructor)) static void map_counts(void)
{
	void *p = preload_map("GATEWAYD_COUNT", sizeof(*counts));

	if (p)
		counts = p;
}

int fdatasync(int fd)
{
	counts->fsyncs++;
	return NEXT(fdatasync)(fd);
}

int fsync(int fd)
{
	counts->fsyncs++;
	return NEXT(fsync)(fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	counts->writes++;
	return NEXT(pwrite64)(fd, bytes, n, at);
}

int memfd_create(const char *name, unsigned int flags)
{
	counts->memfds++;
	return NEXT(memfd_create)(name, flags);
}

/* A statement that writes outside of a transaction is a commit, too; COMMIT itself is said to read.
 */
static bool commits(sqlite3_stmt *s)
{
	const char *sql = sqlite3_sql(s);

	return sqlite3_get_autocommit(sqlite3_db_handle(s)) &&
	       (!sqlite3_stmt_readonly(s) || (sql && strcmp(sql, "COMMIT") == 0));
}

int sqlite3_step(sqlite3_stmt *s)
{
	int code = NEXT(sqlite3_step)(s);

	counts->commits += code == SQLITE_DONE && commits(s);
	return code;
}

int sqlite3_reset(sqlite3_stmt *s)
{
	counts->statements++;
	return NEXT(sqlite3_reset)(s);
}
