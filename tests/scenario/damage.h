/*
 * What a disk does to a store's file behind its back; a file of SQLite only.
 */
#ifndef TESTS_SCENARIO_DAMAGE_H
#define TESTS_SCENARIO_DAMAGE_H

#include "tests/scenario/world.h"

/* The second half of the bytes of mail N is gone; core is down meanwhile. */
int damage_mail(struct world *w, int64_t id, struct err *e);

#endif
