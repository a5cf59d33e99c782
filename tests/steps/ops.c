/*
 * gatewayd that ends, or is refused something, at the n-th operation of one of its roles.
 *
 * What a role asks of the store (COMMIT), of the others (frames), of servers and of files is
 * counted in the struct ops that the file named by GATEWAYD_STEPS has, which all processes map
 * before they close themselves in.  Linked with the program's symbols exported, so that the
 * libraries call these functions, too.  Its clocks (linked with -Wl,--wrap=clock_gettime) go ahead
 * as that file says.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gatewayd/sender/pool.h"

/* What follows is what the libraries call: no macros and no names of the large-file interface. */
#undef open
#undef open64

/* In the order of OPS and ROLES in tests/steps/lane.py. */
enum op { OP_COMMIT, OP_FRAME, OP_NET, OP_FILE, OP_COUNT };
enum way { WAY_NONE, WAY_CRASH, WAY_ERROR };
enum { ROLES = 5 };

static const char *const roles[ROLES] = { "parent", "core", "poller", "parse", "sender" };

struct ops {
	uint32_t role, op, way;
	_Atomic uint32_t met; /* how often the fault came: 0 or 1 */
	uint64_t n;	      /* from 1 */
	_Atomic uint64_t counts[ROLES][OP_COUNT];
	_Atomic int64_t slept_s; /* by which all clocks are ahead, as behind a machine that slept */
	_Atomic uint64_t
	    linger_ms; /* a sender that was told to end gets no processor for so long */
};

static struct ops nobody;
static struct ops *ops = &nobody;
static uint32_t role; /* of this process */

static uint32_t role_of(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i++)
		for (uint32_t k = 0; strcmp(argv[i], "-x") == 0 && k < ROLES; k++)
			if (strcmp(argv[i + 1], roles[k]) == 0)
				return k;
	return 0;
}

/* The loader gives a constructor what main() gets. */
__attribute__((constructor)) static void map_ops(int argc, char **argv)
{
	const char *path = getenv("GATEWAYD_STEPS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *p;

	if (fd < 0)
		return;
	p = mmap(NULL, sizeof(*ops), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		abort();
	role = role_of(argc, argv);
	ops = p;
}

/* A sealed role may not send a signal to itself. */
static void end(void)
{
	kill(getpid(), SIGKILL);
	__builtin_trap();
}

/* True: this one fails. */
static bool fails(enum op op)
{
	uint64_t n = ++ops->counts[role][op];

	if (ops->way == WAY_NONE || ops->role != role || ops->op != op || ops->n != n)
		return false;
	ops->met++;
	if (ops->way == WAY_CRASH)
		end();
	return true;
}

/* The function that would have been called. */
#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

#define OR_FAIL(op, why, call)       \
	do {                         \
		if (!fails(op))      \
			return call; \
		errno = why;         \
		return -1;           \
	} while (0)

/* SQLite has statements of its own, without a text. */
int sqlite3_step(sqlite3_stmt *s)
{
	const char *sql = sqlite3_sql(s);

	if (!sql || strcmp(sql, "COMMIT") != 0 || !fails(OP_COMMIT))
		return NEXT(sqlite3_step)(s);
	return SQLITE_IOERR;
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	OR_FAIL(OP_FRAME, ECONNRESET, NEXT(sendmsg)(fd, m, flags));
}

ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
	OR_FAIL(OP_FRAME, ECONNRESET, NEXT(recvmsg)(fd, m, flags));
}

int connect(int fd, const struct sockaddr *to, socklen_t n)
{
	if (to->sa_family == AF_UNIX)
		return NEXT(connect)(fd, to, n);
	OR_FAIL(OP_NET, ECONNREFUSED, NEXT(connect)(fd, to, n));
}

ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
	OR_FAIL(OP_NET, ECONNRESET, NEXT(send)(fd, bytes, n, flags));
}

ssize_t recv(int fd, void *bytes, size_t n, int flags)
{
	OR_FAIL(OP_NET, ECONNRESET, NEXT(recv)(fd, bytes, n, flags));
}

#define OPEN(name)                                                    \
	int name(const char *path, int flags, ...)                    \
	{                                                             \
		mode_t mode = 0;                                      \
                                                                      \
		if (flags & (O_CREAT | O_TMPFILE)) {                  \
			va_list list;                                 \
                                                                      \
			va_start(list, flags);                        \
			mode = va_arg(list, mode_t);                  \
			va_end(list);                                 \
		}                                                     \
		OR_FAIL(OP_FILE, EIO, NEXT(name)(path, flags, mode)); \
	}
OPEN(open)
OPEN(open64)

#define READ_OR_WRITE(name, bytes_type, offset)                      \
	ssize_t name(int fd, bytes_type bytes, size_t n, offset at)  \
	{                                                            \
		OR_FAIL(OP_FILE, EIO, NEXT(name)(fd, bytes, n, at)); \
	}
READ_OR_WRITE(pwrite, const void *, off_t)
READ_OR_WRITE(pwrite64, const void *, off64_t)
READ_OR_WRITE(pread64, void *, off64_t)

#define FILE_CALL(name, parameters, arguments)               \
	int name parameters                                  \
	{                                                    \
		OR_FAIL(OP_FILE, EIO, NEXT(name) arguments); \
	}
FILE_CALL(fsync, (int fd), (fd))
FILE_CALL(fdatasync, (int fd), (fd))
FILE_CALL(ftruncate, (int fd, off_t size), (fd, size))
FILE_CALL(ftruncate64, (int fd, off64_t size), (fd, size))
FILE_CALL(unlink, (const char *path), (path))
FILE_CALL(rename, (const char *from, const char *to), (from, to))
FILE_CALL(memfd_create, (const char *name, unsigned int flags), (name, flags))

/* The linker's names. */
int __real_clock_gettime(clockid_t id, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret_time);

/* Time spent asleep is none that was waited for. */
int __wrap_clock_gettime(clockid_t id, struct timespec *ret_time)
{
	int result = __real_clock_gettime(id, ret_time);

	if (id == CLOCK_REALTIME || id == CLOCK_BOOTTIME)
		ret_time->tv_sec += ops->slept_s;
	return result;
}

void __real_pool_drain(struct pool *p);
void __wrap_pool_drain(struct pool *p);

/* Its threads go on meanwhile. */
void __wrap_pool_drain(struct pool *p)
{
	__real_pool_drain(p);
	usleep((useconds_t)ops->linger_ms * 1000);
}
