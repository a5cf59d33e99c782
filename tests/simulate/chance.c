#include "tests/simulate/chance.h"

#include <sodium.h>
#include <string.h>

struct chance chance_libraries;

/* SplitMix64: each seed gives another row of numbers, neighbours as well. */
static uint64_t next(struct chance *c)
{
	uint64_t z = c->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

struct chance chance_of(uint64_t seed)
{
	return (struct chance){ seed };
}

uint64_t chance_below(struct chance *c, uint64_t n)
{
	return next(c) % n;
}

bool chance_in_100(struct chance *c, unsigned int percent)
{
	return chance_below(c, 100) < percent;
}

void chance_fill(struct chance *c, void *out, size_t n)
{
	char *to = out;

	while (n) {
		uint64_t z = next(c);
		size_t some = n < sizeof(z) ? n : sizeof(z);

		memcpy(to, &z, some);
		to += some;
		n -= some;
	}
}

/* --- libsodium's --- */

static const char *name(void)
{
	return "chance";
}

static uint32_t random_u32(void)
{
	return (uint32_t)next(&chance_libraries);
}

static void fill(void *const out, const size_t n)
{
	chance_fill(&chance_libraries, out, n);
}

void chance_install(void)
{
	static randombytes_implementation ours = { .implementation_name = name,
						   .random = random_u32,
						   .buf = fill };

	randombytes_set_implementation(&ours);
}
