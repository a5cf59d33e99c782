/*
 * Whether a store is the newest of itself: what it says of how far it came, against its companion
 * (witness.h).
 *
 * Each transaction that changed something counts one commit, in the store by itself and after the
 * commit in the companion.  A store that is behind has lost commits, one that is gone has lost all;
 * neither is opened, and the error says what to do.
 *
 * Private to store/.
 */
#ifndef STORE_STANDING_H
#define STORE_STANDING_H

#include "store/query.h"

enum { STORE_FIRST_WITH_STANDING = 10 }; /* the migration that made the table */

/*
 * Before the file is opened: -1 with ERR_PERM where it is gone or empty and its companion or what
 * else bears its name says that it was there.  Where nothing is and STORE_CREATE may make it, the
 * companion of a store that is being made is there afterwards.
 */
int standing_look(const char *where, enum store_mode mode, struct err *e);
/* The same for a file that an older program made, which has no companion: opened, not migrated. */
int standing_upgrade(struct store *s, struct err *e);
/*
 * After the migrations: reads what the store says, refuses one that is behind its companion or
 * another than it, and from now on counts.  STORE_READ writes nothing.
 */
int standing_take(struct store *s, enum store_mode mode, struct err *e);
/* In a transaction that changed something, as its last step; and after its commit. */
int standing_count(struct store *s, struct err *e);
void standing_committed(struct store *s);
void standing_release(struct store *s);

int standing_commits(struct store *s, int64_t *ret_commits, struct err *e);
/* What the store says of itself, as it would stand in its companion. */
int standing_read(struct store *s, struct witness_state *ret_state, struct err *e);
/* The next numbers come after those that are known. */
int standing_raise(struct store *s, const struct witness_state *known, struct err *e);
/* "STORE.witness"; the caller frees it. */
char *standing_path(const char *where);

/* A line for each way in which the companion is not that of the store. */
void standing_check(struct store *s, struct buf *ret_findings);

#endif
