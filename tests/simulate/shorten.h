/* A story that fails, without the steps that it does not need for that. */
#ifndef TESTS_SIMULATE_SHORTEN_H
#define TESTS_SIMULATE_SHORTEN_H

#include "tests/simulate/play.h"

/* *plan fails as *played says; both become those of what is left. */
void shorten(uint64_t seed, struct plan *plan, struct played *played);

#endif
