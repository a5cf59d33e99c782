/*
 * gatewayd on short waits (linked with -Wl,--wrap=backoff_delay): behind a server that failed it
 * waits a tenth, and that does not grow beyond half a second, so that a session can be cut after
 * each of its bytes in some minutes.  What the configuration says in seconds stays.
 */
#include "gatewayd/net/backoff.h"

enum { TENTH = 10, MS = 1000, LONGEST_MS = 500 };

/* The linker's names. */
int64_t __real_backoff_delay(const struct backoff *b, unsigned failures, uint32_t random);
int64_t __wrap_backoff_delay(const struct backoff *b, unsigned failures, uint32_t random);

int64_t __wrap_backoff_delay(const struct backoff *b, unsigned failures, uint32_t random)
{
	struct backoff hasty = { b->min / TENTH, LONGEST_MS };

	return __real_backoff_delay(b->min == MS ? &hasty : b, failures, random);
}
