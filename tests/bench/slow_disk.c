/*
 * Each fsync() and fdatasync() takes FSYNC_US microseconds longer; preloaded (LD_PRELOAD) by
 * tests/bench/drain into all that write: a disk on which they cost something.
 */
#include <dlfcn.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef int sync_fn(int fd);

/* ppoll() is what roles that have closed themselves in may still call. */
static int sync_slowly(const char *name, int fd)
{
	const char *set = getenv("FSYNC_US");
	long us = set ? atol(set) : 0;
	struct timespec left = { us / 1000000, us % 1000000 * 1000 };

	ppoll(NULL, 0, &left, NULL);
	return ((sync_fn *)dlsym(RTLD_NEXT, name))(fd);
}

int fdatasync(int fd)
{
	return sync_slowly("fdatasync", fd);
}

int fsync(int fd)
{
	return sync_slowly("fsync", fd);
}
