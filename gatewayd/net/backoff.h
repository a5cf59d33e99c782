/*
 * How long to wait after the nth failure: doubling from a least to a most, with jitter so that what
 * failed together does not come back together.  Pure: the random number is handed in.
 */
#ifndef GATEWAYD_NET_BACKOFF_H
#define GATEWAYD_NET_BACKOFF_H

#include <stdint.h>

struct backoff {
	int64_t min, max; /* any unit; 0 < min <= max <= INT64_MAX / 4 */
};

/*
 * failures is 1 after the first; random is uniform.  The result is within [min, max] and at least
 * three quarters, at most five quarters of min * 2^(failures - 1) as far as the bounds allow.
 */
int64_t backoff_delay(const struct backoff *b, unsigned failures, uint32_t random);

#endif
