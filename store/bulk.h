/*
 * A file beside that of a SQLite store, STORE.bulk, for bytes that are long: mails with files.
 *
 * SQLite would write them twice, to its log and from there to the file, page by page.  Here they
 * are written once, at the end, and are on the disk before the transaction commits that names them
 * (extent.h).  What is named is not written again; what is named no more is overwritten by zeros on
 * the disk, and becomes a hole then (fallocate(2)) where the file system has these, so the file is
 * larger than what it takes on the disk.
 *
 * Its beginning says which state of which store it belongs to (bulk_mark.h).  Where that is the
 * store that opens it, what stands behind all that is named was never committed, and is cut off; in
 * all other cases it is another state's, and the store is not opened.
 *
 * It has no sums of its own: what packs the bytes puts one into them, or their row has a digest
 * (pack.h, content.h).
 *
 * Private to store/.
 */
#ifndef STORE_BULK_H
#define STORE_BULK_H

#include "store/bulk_mark.h"
#include "store/engine.h"

#define BULK_TAIL ".bulk"

/* What the store says of it. */
struct bulk_state {
	int64_t named, gone; /* where the last of these ends, and of those that are to be emptied */
	int64_t number;	     /* bulk_mark.h; 0: no transaction had a mark so far */
	int64_t commits;
	uint8_t identity[STORE_TAG_SIZE];
};

struct bulk {
	char *path;	/* NULL: there is none, and all bytes stand in their rows */
	int fd;		/* -1: nothing was written so far */
	int64_t end;	/* where the next bytes go */
	int64_t stands; /* up to there committed */
	int64_t marked; /* where bulk_mark() was called in this transaction; else as `stands` */
	int64_t lacks;	/* bytes of a transaction that could not be put; 0: all could */
	struct bulk_state state;
	struct bulk_marks marks;
	bool is_marked; /* not: made before there were marks, and nothing is ever cut off it */
	int64_t next;	/* the number of the transaction; 0: none */
	bool is_dirty;
	bool is_unsure; /* a COMMIT failed, and whether it stands is not known yet */
	bool is_broken; /* an fsync failed: nobody knows what the disk has */
};

/* Without a file, until bulk_open(). */
void bulk_init(struct bulk *b);
/* BULK_WRITE cuts off what a crash left behind the end.  ERR_PERM, and nothing is changed: the file
 * is gone, shorter, no file, or of another state of the store, with what to do.  BULK_AS_IT_IS
 * takes it so, and changes nothing. */
enum bulk_mode { BULK_WRITE, BULK_READ, BULK_AS_IT_IS };
int bulk_open(struct bulk *b, const char *where, const struct bulk_state *state,
	      enum bulk_mode mode, struct err *e);
int bulk_is_whole(struct bulk *b, struct err *e); /* ERR_PERM: as BULK_WRITE says it */
/* It is at its path, and as it was written: else what is written is lost with the process.
 * ERR_TEMP: with what to do. */
int bulk_stands(const struct bulk *b, struct err *e);
/* Of a copy that is nobody else's: the store's own from now on, as long as it was, with zeros for
 * what is lost: so the rest of a store can be used. */
int bulk_take(struct bulk *b, struct err *e);
void bulk_close(struct bulk *b);
/* ERR_TEMP after a failed fsync: the store must be opened again. */
int bulk_usable(const struct bulk *b, struct err *e);

/* Puts the pieces at the end.  After a failure the transaction cannot commit, and `lacks` says what
 * it had to put so far, with the piece that failed. */
int bulk_add(struct bulk *b, engine_next_fn *next, void *ctx, int64_t *ret_at, int64_t *ret_length,
	     struct err *e);
/* Before the commit of a transaction that put bytes there, or takes some out: its number, and how
 * many commits there are with it.  ERR_TEMP, too, where the file is not at its path any more. */
bool bulk_has_new(const struct bulk *b);
int bulk_begin(struct bulk *b, int64_t number, int64_t commits, struct err *e);
/* All that was put is on the disk. */
int bulk_sync(struct bulk *b, struct err *e);
/* The transaction committed; it did not; so far it is kept; what came behind that is taken back.
 * What is taken back is cut off. */
void bulk_commit(struct bulk *b);
void bulk_rollback(struct bulk *b);
void bulk_mark(struct bulk *b);
void bulk_back_to_mark(struct bulk *b);

/* ERR_PERM: they are not there. */
int bulk_read(const struct bulk *b, int64_t at, int64_t length, store_piece_fn *fn, void *ctx,
	      struct err *e);
/* Zeros in their place, once bulk_sync_zeros() was done; and behind that a hole. */
int bulk_empty(struct bulk *b, int64_t at, int64_t length, struct err *e);
int bulk_sync_zeros(struct bulk *b, struct err *e);
void bulk_punch(struct bulk *b, int64_t at, int64_t length);
/* Takes so many bytes more on the disk, and gives them back.  ERR_TEMP: there is no room for them;
 * 0 also where that cannot be said, as there is no file yet, or it is not as long as it was
 * written: what somebody cut off must not come back as zeros. */
int bulk_try_room(struct bulk *b, int64_t bytes, struct err *e);
/* Bytes it takes on the disk. */
int64_t bulk_size(const struct bulk *b);

#endif
