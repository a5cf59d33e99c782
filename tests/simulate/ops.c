#include "tests/simulate/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/simulate/disk.h"

const char *const op_names[OP_COUNT] = {
#define X(id, name) [id] = name,
	OPS(X)
#undef X
};

static struct {
	bool on;
	enum ops_way way;
	unsigned int mask;
	long n, fired;
	long counted[OP_COUNT], of_mask;
	bool off;
} ops;

void ops_arm(enum ops_way way, unsigned int mask, long n)
{
	ops.way = way;
	ops.mask = mask;
	ops.n = n;
	ops.fired = ops.of_mask = 0;
	memset(ops.counted, 0, sizeof(ops.counted));
	ops.off = false;
}

void ops_disarm(void)
{
	ops_arm(OPS_NONE, OPS_ALL, 0);
}

void ops_mend(void)
{
	ops.way = OPS_NONE;
}

bool ops_count(bool on)
{
	bool was = ops.on;

	ops.on = on;
	return was;
}

long ops_counted(enum op op)
{
	return ops.counted[op];
}

long ops_fired(void)
{
	return ops.fired;
}

bool ops_off(void)
{
	return ops.off;
}

bool ops_fails(enum op op)
{
	if (!ops.on || ops.off)
		return ops.on && ops.off;
	ops.counted[op]++;
	ops.of_mask += (ops.mask & 1u << op) != 0;
	if (!(ops.mask & 1u << op) || ops.way == OPS_NONE || ops.of_mask < ops.n)
		return false;
	ops.fired++;
	ops.off = ops.way == OPS_CRASH;
	if (ops.way == OPS_ONCE)
		ops.way = OPS_NONE;
	return true;
}

/* --- calls that the linker leads here --- */

ssize_t __real_sendmsg(int fd, const struct msghdr *m, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags);
ssize_t __real_recvmsg(int fd, struct msghdr *m, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *m, int flags);
int __real_memfd_create(const char *name, unsigned int flags);
int __wrap_memfd_create(const char *name, unsigned int flags);
void *__real_mmap(void *at, size_t n, int prot, int flags, int fd, off_t from);
void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t from);
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_link(const char *from, const char *to);
int __wrap_link(const char *from, const char *to);
ssize_t __real_pwrite(int fd, const void *bytes, size_t n, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n, off_t at);
int __real_fsync(int fd);
int __wrap_fsync(int fd);

static bool fails(enum op op, int number)
{
	if (!ops_fails(op))
		return false;
	errno = number;
	return true;
}

/* What a process sends after its end is not sent; nobody tells it so. */
ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags)
{
	if (fails(OP_SEND, ENOBUFS))
		return ops.off ? (ssize_t)m->msg_iov->iov_len : -1;
	disk_digest(m->msg_iov->iov_base, m->msg_iov->iov_len);
	return __real_sendmsg(fd, m, flags);
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *m, int flags)
{
	return fails(OP_RECEIVE, EINTR) ? -1 : __real_recvmsg(fd, m, flags);
}

int __wrap_memfd_create(const char *name, unsigned int flags)
{
	return fails(OP_MEMFD, EMFILE) ? -1 : __real_memfd_create(name, flags);
}

void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t from)
{
	return fails(OP_MAP, ENOMEM) ? MAP_FAILED : __real_mmap(at, n, prot, flags, fd, from);
}

int __wrap_open(const char *path, int flags, ...)
{
	int mode;
	va_list args;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, int) : 0;
	va_end(args);
	return fails(OP_OPEN, EMFILE) ? -1 : __real_open(path, flags, mode);
}

int __wrap_rename(const char *from, const char *to)
{
	return fails(OP_RENAME, EIO) ? -1 : __real_rename(from, to);
}

int __wrap_link(const char *from, const char *to)
{
	return fails(OP_RENAME, EIO) ? -1 : __real_link(from, to);
}

int __wrap_fsync(int fd)
{
	return fails(OP_SYNC, EIO) ? -1 : __real_fsync(fd);
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	if (fails(OP_WITNESS, EIO))
		return -1;
	if (ops.on)
		disk_witness_writes(fd, n, at);
	return __real_pwrite(fd, bytes, n, at);
}
