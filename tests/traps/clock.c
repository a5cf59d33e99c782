/*
 * gatewayd on a machine whose clock is set (linked with -Wl,--wrap=clock_gettime): "clock 3600" in
 * the trap's file puts the wall clock of core so many seconds forward; waits stay as they are.
 */
#include <time.h>

#include "tests/traps/trap.h"

/* The linker's names. */
int __real_clock_gettime(clockid_t id, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret_time);

int __wrap_clock_gettime(clockid_t id, struct timespec *ret_time)
{
	int result = __real_clock_gettime(id, ret_time);
	long forward = id == CLOCK_REALTIME ? trap("clock") : -1;

	if (forward > 0)
		ret_time->tv_sec += forward;
	return result;
}
