/*
 * What a disk does to a store's file behind its back; a file of SQLite only.
 */
#ifndef TESTS_SCENARIO_DAMAGE_H
#define TESTS_SCENARIO_DAMAGE_H

#include "tests/scenario/world.h"

/*
 * Core is down meanwhile.  The second half of the bytes of mail or outbox row N, of the file of an
 * attachment, of the words of a note is gone; lost-outbox: all of an outbox row's; sender: its
 * sender is longer than a frame.  -1: there is no such row, and core is up as before.
 */
int damage(struct world *w, struct span what, int64_t id, struct err *e);

#endif
