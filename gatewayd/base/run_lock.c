#include "gatewayd/base/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"

enum { EVERYBODY_READS = 0644 };

static const struct flock whole_file = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

static int open_lock(const char *socket, int flags)
{
	char *path MEM_AUTO = mem_alloc(strlen(socket) + sizeof(".lock"));

	stpcpy(stpcpy(path, socket), ".lock");
	return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static pid_t holder(int fd)
{
	struct flock lock = whole_file;

	return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

/* The descriptor stays open: with any that is closed the lock would go. */
int run_lock_take(const char *socket, struct err *e)
{
	int fd = open_lock(socket, O_RDWR | O_CREAT);
	pid_t other;

	if (fd < 0 || fchmod(fd, EVERYBODY_READS) < 0)
		err_set(e, ERR_PERM, "%s.lock: %s", socket, strerror(errno));
	else if (fcntl(fd, F_SETLK, &whole_file) == 0)
		return 0;
	else if ((other = holder(fd)) > 0)
		err_set(e, ERR_TEMP, "%s.lock: process %d is the daemon with this socket", socket,
			(int)other);
	else
		err_set(e, ERR_TEMP, "%s.lock: another process has it", socket);
	if (fd >= 0)
		close(fd);
	return -1;
}

pid_t run_lock_holder(const char *socket)
{
	int fd = open_lock(socket, O_RDONLY);
	pid_t pid;

	if (fd < 0)
		return 0;
	pid = holder(fd);
	close(fd);
	return pid;
}
