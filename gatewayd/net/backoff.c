#include "gatewayd/net/backoff.h"

#include <assert.h>

static int64_t clamp(int64_t v, int64_t min, int64_t max)
{
	return v < min ? min : v > max ? max : v;
}

int64_t backoff_delay(const struct backoff *b, unsigned failures, uint32_t random)
{
	int64_t base;

	assert(b->min > 0 && b->min <= b->max && b->max <= INT64_MAX / 4);
	base = b->min;
	for (unsigned i = 1; i < failures && base < b->max; i++)
		base *= 2;
	base = base < b->max ? base : b->max;
	/* from -1/4 to +1/4, in 1/1024 steps of the quarter */
	base += base / 4 / 1024 * ((int64_t)(random % 2049) - 1024) +
		base / 4 % 1024 * ((int64_t)(random % 2049) - 1024) / 1024;
	return clamp(base, b->min, b->max);
}
