/*
 * Each fsync() and fdatasync() takes FSYNC_US microseconds longer; preloaded (LD_PRELOAD) by
 * tests/bench/drain into all that write: a disk on which they cost something.
 */
#include <poll.h>
#include <time.h>

#include "tests/bench/preload.h"

/* ppoll() is what roles that have closed themselves in may still call. */
static void take_longer(void)
{
	const char *set = getenv("FSYNC_US");
	long us = set ? atol(set) : 0;
	struct timespec left = { us / 1000000, us % 1000000 * 1000 };

	ppoll(NULL, 0, &left, NULL);
}

int fdatasync(int fd)
{
	take_longer();
	return NEXT(fdatasync)(fd);
}

int fsync(int fd)
{
	take_longer();
	return NEXT(fsync)(fd);
}
