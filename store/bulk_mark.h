/*
 * The mark at the beginning of the file beside a store (bulk.h): which state of which store its
 * bytes belong to.
 *
 * The store's row of `standing` has a number taken at random that each transaction changes which
 * puts bytes into the file or takes some out.  Before the COMMIT of such a one the mark says that
 * number and the one before it, and is on the disk with the bytes; behind the COMMIT it says that
 * the number stands.  So a store whose number the mark has is the one that the file belongs to; one
 * that has the number before, while the new one does not stand, is that store, too, and lost its
 * last transaction to a crash.  Any other is older, newer or another store.
 *
 * It stands twice.  What is written between two syncs of the file goes to the same of the two, so
 * the other is whole on the disk, and says a number that the store has or had last.
 *
 * Private to store/.
 */
#ifndef STORE_BULK_MARK_H
#define STORE_BULK_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store_epoch.h"

enum { BULK_MARK_STEP = 4096, BULK_MARK_ROOM = 2 * BULK_MARK_STEP };

struct bulk_mark {
	int64_t number, before; /* before: of the transaction before */
	bool stands;
	uint8_t identity[STORE_TAG_SIZE]; /* of the store, and how far it was, for people */
	int64_t commits;
};

struct bulk_marks {
	int fd;
	uint64_t turn;	 /* of the one that was written last */
	int at;		 /* where the next goes: 0, 1 */
	bool is_written; /* since the last sync */
};

/* Both, to be synced before anything follows; -1: errno. */
int bulk_marks_make(struct bulk_marks *m, int fd, const struct bulk_mark *mark);
/* The newer one that is whole; false: there is none.  number: of the store, which says where the
 * next goes. */
bool bulk_marks_read(struct bulk_marks *m, int fd, int64_t number, struct bulk_mark *ret_mark);
/* -1: errno. */
int bulk_marks_write(struct bulk_marks *m, const struct bulk_mark *mark);
/* The file was synced. */
void bulk_marks_synced(struct bulk_marks *m);

#endif
