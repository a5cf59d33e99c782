/*
 * A database that fails in its turn.
 *
 * The test program is linked so that the store's engine is the one in fault.c: SQLite, but the n-th
 * statement, begin or commit since the last commit or fault says ERR_TEMP; n grows by one with each
 * fault and begins at one again after a commit that brought things forward.  So a transaction that
 * is tried again fails at its first, second, third ... step, then gets through, and the next one
 * begins to fail.  A commit has two ways to fail: it did not happen, or it did and nobody was told.
 */
#ifndef TESTS_SCENARIO_FAULT_H
#define TESTS_SCENARIO_FAULT_H

#include <stdbool.h>
#include <stdint.h>

enum fault { FAULT_NONE, FAULT_STATEMENT, FAULT_COMMIT, FAULT_COMMIT_UNTOLD };

/* Before the first store_open(). */
void fault_init(void);

/* From now on n grows by so much, and begins in turn at one to so much: a share of all faults, and
 * the same one in each run. */
void fault_share(int every);
bool fault_is_share(void);

void fault_start(int n); /* paused */
void fault_resume(void);
void fault_pause(void); /* nothing fails until it is resumed */

int64_t fault_fired(void);   /* so many so far */
int64_t fault_commits(void); /* that stand, told or not */

/* The first fault since the mark. */
void fault_mark(void);
enum fault fault_first(void);

#endif
