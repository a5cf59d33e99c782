/*
 * Part of store.h: a store is copied into an empty place of another engine, or of the same.
 *
 * Identity, epochs and the highest numbers go with it, so tokens that customers have count in the
 * copy, and no number is given twice; what it was copied from is left as it is, and must not be
 * used beside the copy.  A file gets the list of the erased beside it; the nodes of a database make
 * theirs of what is in it.
 *
 * Cut off at any point the same call goes on where it was.  Until all of it is there and the same
 * by its digests, store_open() refuses the place: nobody takes a half copy for a store.
 */
#ifndef STORE_STORE_TRANSFER_H
#define STORE_STORE_TRANSFER_H

#include "store/store_audit.h"

enum store_transfer_phase {
	TRANSFER_ROWS,	  /* copied */
	TRANSFER_COMPARE, /* rows read on both sides */
	TRANSFER_FINISH,  /* statements: indexes, references */
};

struct store_transfer {
	const char *from, *to;	  /* as store_open() takes them */
	struct store_audit audit; /* the last row of the copy: who made it */
	void (*progress)(void *ctx, enum store_transfer_phase phase, int64_t done, int64_t total);
	void *ctx;
};

struct store_transferred {
	const char *table;
	int64_t rows;
	uint8_t sha256[SHA256_SIZE]; /* of all of it, in the order of its key; the same on both
					sides */
};

/*
 * *ret_v: a row for each table, in the arena.  Nobody may have either of them open.
 *
 * ERR_TEMP: somebody has, or a server or a disk is in trouble; call it again.  ERR_PERM: there is
 * something in `to` already, or a table is not the same after it was copied (the store was changed
 * since an earlier call began; the next one begins from the start).
 */
int store_transfer(const struct store_transfer *t, struct arena *a,
		   struct store_transferred **ret_v, size_t *ret_n, struct err *e);

#endif
