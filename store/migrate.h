/*
 * A store that an older program made, or none, becomes one of this program; one of a newer, or of
 * somebody else, is refused (README.md, "Migrations").
 *
 * Private to store/.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/query.h"

/* To the last migration that this program knows, each in a transaction of its own, all together
 * where there is none yet; with STORE_READ nothing is changed.  ERR_PERM: not a store, not one of
 * this program, or one that must be opened for writing first. */
int migrate_store(struct store *s, enum store_mode mode, struct err *e);

#endif
