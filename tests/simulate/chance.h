/*
 * Chance from a seed.
 *
 * All that a simulated world leaves to chance comes from here: its stories, and after chance_seed()
 * what libsodium and SQLite take for random.  The same seed, the same world.
 */
#ifndef TESTS_SIMULATE_CHANCE_H
#define TESTS_SIMULATE_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

struct chance chance_of(uint64_t seed);
/* 0 .. n-1, n > 0 */
uint64_t chance_below(struct chance *c, uint64_t n);
bool chance_in_100(struct chance *c, unsigned int percent);
void chance_fill(struct chance *c, void *out, size_t n);

/* Before crypto_init(): libsodium takes its random bytes from chance_libraries. */
void chance_install(void);
extern struct chance chance_libraries;

#endif
