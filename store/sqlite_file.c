#include "store/sqlite_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "store/sqlite_folder.h"

#define DAEMON_CORE "gw-core" /* what the process of core is called */

enum {
	SQLITE_LOCK_FIRST = 0x40000000, /* the bytes SQLite locks: file format, os_unix.c */
	SQLITE_LOCK_COUNT = 512,
};

char *sqlite_file_path(const char *where)
{
	size_t n = strlen(where) + sizeof("./");
	char *path = mem_alloc(n);

	snprintf(path, n, "%s%s", where[0] == '/' ? "" : "./", where);
	return path;
}

/* The process that holds SQLite's locks on the file; 0: not known. */
static pid_t lock_holder(const char *where)
{
	struct flock lock = { .l_type = F_WRLCK,
			      .l_whence = SEEK_SET,
			      .l_start = SQLITE_LOCK_FIRST,
			      .l_len = SQLITE_LOCK_COUNT };
	int fd = open(where, O_RDONLY | O_CLOEXEC);
	int got;

	if (fd < 0)
		return 0;
	got = fcntl(fd, F_GETLK, &lock);
	close(fd);
	return got == 0 && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

struct process {
	char name[64]; /* "": not known */
	int parent;
};

/* "PID (NAME) STATE PARENT ..." (proc(5)); a name may have brackets itself. */
static struct process process_of(pid_t pid)
{
	struct process p = { .name = "" };
	char path[64], line[512], *open_at, *close_at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return p;
	if (fgets(line, sizeof(line), f) && (open_at = strchr(line, '(')) &&
	    (close_at = strrchr(line, ')'))) {
		snprintf(p.name, sizeof(p.name), "%.*s", (int)(close_at - open_at - 1),
			 open_at + 1);
		(void)sscanf(close_at, ") %*c %d", &p.parent);
	}
	fclose(f);
	return p;
}

int sqlite_file_locked(const char *where, struct err *e)
{
	pid_t pid = lock_holder(where);
	struct process p = process_of(pid);

	if (pid <= 0 || !p.name[0])
		return err_set(e, ERR_TEMP, "store %s: another process has it open", where);
	if (strcmp(p.name, DAEMON_CORE) != 0)
		return err_set(e, ERR_TEMP, "store %s: process %d (%s) has it open", where,
			       (int)pid, p.name);
	return err_set(e, ERR_TEMP,
		       "store %s: process %d (%s) of the daemon (process %d) has it open", where,
		       (int)pid, p.name, p.parent);
}

int sqlite_file_sync_folder(const char *where, struct err *e)
{
	char *path MEM_AUTO = mem_strdup(where);
	char *slash = strrchr(path, '/');
	int fd, done;

	if (slash)
		slash[slash == path ? 1 : 0] = '\0';
	fd = open(slash ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	done = fd < 0 ? -1 : fsync(fd);
	if (done < 0)
		err_set(e, ERR_TEMP, "store %s: %s", where, strerror(errno));
	if (fd >= 0)
		close(fd);
	return done;
}

bool sqlite_file_is_one(const char *path)
{
	static const char magic[16] = "SQLite format 3"; /* file format, section 1.3 */
	char head[sizeof(magic)];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool is = fd >= 0 && pread(fd, head, sizeof(head), 0) == sizeof(head) &&
		  memcmp(head, magic, sizeof(head)) == 0;

	if (fd >= 0)
		close(fd);
	return is;
}

int64_t sqlite_file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? -1 : st.st_size;
}

int sqlite_file_fresh(const char *path)
{
	unlink(path);
	return open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

int sqlite_file_give(const char *path, struct err *e)
{
	char *folder MEM_AUTO = mem_strdup(path);
	char *slash = strrchr(folder, '/');
	struct stat st;

	if (geteuid() != 0)
		return 0;
	if (slash)
		slash[slash == folder ? 1 : 0] = '\0';
	if (stat(slash ? folder : ".", &st) == 0 && lchown(path, st.st_uid, st.st_gid) == 0)
		return 0;
	return err_set(e, ERR_PERM, "store %s: giving it to who owns its folder: %s", path,
		       strerror(errno));
}

/* Makes the file itself, because SQLite would make it readable for all. */
static int create_file(const char *where, struct err *e)
{
	int fd = open(where, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0)
		return sqlite_folder_refuse(where, STORE_CREATE, errno, e);
	if (close(fd) < 0)
		return err_set(e, ERR_TEMP, "store %s: %s", where, strerror(errno));
	return sqlite_file_give(where, e) < 0 ? -1 : sqlite_file_sync_folder(where, e);
}

/* SQLite would delete a WAL without its file, and with it what was committed last. */
static int refuse_orphan(const char *where, struct err *e)
{
	char *wal MEM_AUTO = mem_alloc(strlen(where) + sizeof("-wal"));

	stpcpy(stpcpy(wal, where), "-wal");
	if (sqlite_file_size(where) > 0 || sqlite_file_size(wal) <= 0)
		return 0;
	return err_set(e, ERR_PERM,
		       "store %s: the file is gone or empty, but its %s is there: put both back",
		       where, wal);
}

/* What SQLite says of these names nothing but that it cannot open the database. */
static int check_beside(const char *where, const char *tail, struct err *e)
{
	char *path MEM_AUTO = mem_alloc(strlen(where) + strlen(tail) + 1);
	struct stat st;

	stpcpy(stpcpy(path, where), tail);
	if (lstat(path, &st) < 0)
		return errno == ENOENT
			   ? 0
			   : err_set(e, ERR_PERM, "store %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_PERM, "store %s: %s is not a file", where, path);
	if (access(path, R_OK | W_OK) < 0)
		return err_set(e, ERR_PERM, "store %s: %s: %s", where, path, strerror(errno));
	return 0;
}

/* The file is not found. */
static int refuse_missing(const char *where, enum store_mode mode, int why, struct err *e)
{
	char *folder MEM_AUTO = sqlite_folder_of(where);
	struct stat st;

	if (why != ENOENT || stat(folder, &st) < 0)
		return sqlite_folder_refuse(where, mode, why, e);
	return err_set(e, ERR_PERM, "store %s: %s: the daemon makes it at its first start", where,
		       strerror(why));
}

int sqlite_file_find(const char *where, enum store_mode mode, struct err *e)
{
	struct stat st;

	if (refuse_orphan(where, e) < 0 || (mode == STORE_CREATE && create_file(where, e) < 0))
		return -1;
	if (stat(where, &st) < 0)
		return refuse_missing(where, mode, errno, e);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_PERM, "store %s: not a file", where);
	if (mode == STORE_READ && st.st_size == 0)
		return err_set(e, ERR_PERM, "store %s: empty", where);
	if (access(where, R_OK | W_OK) < 0) /* for the lock and the WAL even a reader writes */
		return err_set(e, ERR_PERM, "store %s: %s", where, strerror(errno));
	return check_beside(where, "-wal", e) < 0 ? -1 : check_beside(where, "-journal", e);
}
