/*
 * An empty store, of which the first in a process is made by all migrations and the others are
 * copies: a world needs a store of its own, not one more proof that migrations work.
 */
#ifndef TESTS_SCENARIO_FRESH_H
#define TESTS_SCENARIO_FRESH_H

#include "store/store.h"

/* A file that is not there yet. */
int fresh_store(const char *path, struct store **ret_store, struct err *e);

#endif
