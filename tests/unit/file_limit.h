/* A disk without room, as a limit on the size of files says it. */
#ifndef TESTS_UNIT_FILE_LIMIT_H
#define TESTS_UNIT_FILE_LIMIT_H

#include "tests/unit/unit.h"

#include <signal.h>
#include <sys/resource.h>

/* Bytes that a file may have from now on; what there was before. */
static inline rlim_t no_file_over(rlim_t most)
{
	struct rlimit limit;
	rlim_t before;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	before = limit.rlim_cur;
	limit.rlim_cur = most;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	return before;
}

#endif
