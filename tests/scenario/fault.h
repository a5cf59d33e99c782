/*
 * A database that fails when it is told to.
 *
 * The test program is linked so that the store's engine is the one in fault.c: SQLite, but the
 * n-th statement, begin or commit from now on says ERR_TEMP.  A commit has two ways to fail: it did
 * not happen, or it did and nobody was told.
 */
#ifndef TESTS_SCENARIO_FAULT_H
#define TESTS_SCENARIO_FAULT_H

#include <stdbool.h>

enum fault { FAULT_NONE, FAULT_STATEMENT, FAULT_COMMIT, FAULT_COMMIT_UNTOLD };

/* Before the first store_open(). */
void fault_init(void);
void fault_arm(int nth);
/* What failed since fault_arm(), and nothing fails any more. */
enum fault fault_disarm(void);

#endif
