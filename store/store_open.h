/*
 * Part of store.h: opening, transactions, and what is known of the file as a whole.
 */
#ifndef STORE_STORE_OPEN_H
#define STORE_STORE_OPEN_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"
#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/err.h"

struct store;

enum store_mode {
	STORE_WRITE,
	STORE_CREATE,
	STORE_READ, /* beside a running daemon it fails */
	STORE_NODE, /* STORE_CREATE; a database beside other nodes (store_node.h) */
	STORE_COPY, /* a backup that is made ready to take the place of a store */
};

/* Bytes that were asked for, the next piece; -1 stops, with the reason in *e. */
typedef int store_piece_fn(void *ctx, struct span piece, struct err *e);

/* Rows of a listing at most.  A limit of 0 or less, or more than this, is taken as this. */
enum { STORE_LIST_MAX = 100000 };

/*
 * Opens, migrates (numbered migrations, never edited) and locks.  where: the path of a SQLite file,
 * or the address of a database, "postgresql://..." as libpq reads it, with its service and
 * passfiles. STORE_CREATE makes it (mode 0600) when it is not there and nothing beside it says that
 * it was; the other modes want it to be there. STORE_READ changes nothing and migrates nothing, but
 * locks like the others (and so needs leave to write); a store that an older program made must be
 * opened for writing first.
 *
 * Beside a store stands its companion WHERE.witness, which knows how far it had come.  A store
 * without one, or that is behind it, is refused: it may be an older copy.  STORE_READ takes one
 * without, STORE_COPY does not look at it and makes none.
 *
 * A database that nodes have open is opened by STORE_NODE alone, and one that a node must migrate
 * when it is the only one.
 *
 * ERR_TEMP: another process has it open (the text names it).  ERR_PERM: no such file, not a store,
 * not the newest of itself (the text says what to do), made by a newer program, or with a migration
 * that is not ours.  Call crypto_init() before.
 */
int store_open(const char *where, enum store_mode mode, struct store **ret_store, struct err *e);

/* Who opens a store that an older program made is told of each migration, of which one on many
 * cases takes minutes: that it begins, some times a second that it goes on (not of a database), and
 * that it is committed.  A process that ends meanwhile leaves the store as it was before that one.
 */
enum store_migrating_step { STORE_MIGRATION_BEGINS, STORE_MIGRATION_GOES_ON, STORE_MIGRATION_DONE };
struct store_migrating {
	enum store_migrating_step step;
	const char *name; /* its file, without the ending */
	int n, of;	  /* the n-th of those that the store lacked */
	int64_t written;  /* bytes of the store's log so far */
};
struct store_listener {
	void (*migrating)(void *ctx, const struct store_migrating *m);
	void *ctx;
};
int store_open_told(const char *where, enum store_mode mode, const struct store_listener *listener,
		    struct store **ret_store, struct err *e);

void store_close(struct store **s);
/* Whether that is the path of a file, not the address of a database. */
bool store_is_file(const char *where);
/* ERR_PERM: this machine has not what such a store needs, libpq for one on PostgreSQL. */
int store_needs(const char *where, struct err *e);
#define STORE_AUTO __attribute__((cleanup(store_close)))
/* An fsync failed or the connection is lost, so nobody knows what the disk has; or the lease of
 * this node was taken: all verbs say ERR_TEMP from now on.  Close it and open it again, or end the
 * process. */
bool store_broken(struct store *s);
/*
 * A copy of the store in steps, between which it is worked on: what is committed meanwhile is in
 * the copy, too.  It is a file without a name in the store's folder until it is taken.
 */
struct store_copy;
struct store_copied {
	int64_t done, total; /* pages */
};
/* Not inside a transaction.  ERR_TEMP where the disk has no room for it. */
int store_copy_begin(struct store *s, struct store_copy **ret_copy, struct err *e);
/* So many pages more, all of them for -1.  1: some are left, 0: all are there. */
int store_copy_step(struct store *s, struct store_copy *c, int pages,
		    struct store_copied *ret_copied, struct err *e);
/* Ends it in any case.  *ret_fd: the whole file, not yet on the disk; NULL: it is dropped. */
int store_copy_end(struct store *s, struct store_copy **c, int *ret_fd, struct err *e);
/*
 * Opens such a file in memory, to be looked at: pages are read from it as they are needed, what is
 * changed stays in this process.  fd stays the caller's and may be closed.
 */
int store_open_copy(int fd, struct store **ret_store, struct err *e);

/* Integrity of the file and of the references in it; a line for each thing found wrong.  Reads all
 * of it: seconds a gigabyte. */
int store_check(struct store *s, struct buf *ret_findings, struct err *e);
/* The same in its parts: what a copy of it shows, in STORE_CHECK_STEPS from 0 on; and what only the
 * store itself does, in no time. */
enum {
	STORE_CHECK_STEPS = 20,
	STORE_CHECK_CONTENTS =
	    16, /* from here on: contents and words, of which each stands alone */
};
int store_check_step(struct store *s, int at, struct buf *ret_findings, struct err *e);
int store_check_standing(struct store *s, struct buf *ret_findings, struct err *e);
/* The file beside it, in which long mails stand, is there, and is the one that is written to: else
 * ERR_TEMP, and no more long mails are taken until it is back.  In no time. */
int store_stands(struct store *s, struct err *e);

int store_begin(struct store *s, struct err *e);
int store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);
/*
 * Inside of a transaction: from here to its end, to store_defer() or to a mark, that a change finds
 * no row, or adds one that is there already, may be said by a later verb or the commit, and dooms
 * the transaction.  So the changes of many mails are sent to a database without waiting for its
 * answers, and to a file mails of the outbox are added together; who says so does each by itself
 * again, heard, when they fail together.
 */
void store_unheard(struct store *s);
/*
 * In the place of store_commit(): the transaction stays open, and the next store_begin() goes on in
 * it, so that both stand by one commit or not at all.  Until then nothing else may be changed, and
 * what fails meanwhile dooms it.
 */
int store_defer(struct store *s, struct err *e);
/* What became of what was deferred last. */
enum store_deferred {
	STORE_DEFERRED_OPEN = 1, /* nobody went on with it */
	STORE_DEFERRED_JOINED,	 /* somebody did, and is in it */
	STORE_DEFERRED_STANDS,
	STORE_DEFERRED_LOST, /* rolled back, or its commit failed, and then it may have happened */
};
enum store_deferred store_deferred(const struct store *s, struct err *ret_why);
/*
 * Is called as each commit of a transaction begins and ends, for who has a clock to measure it
 * with; e is why it failed.  NULL: nobody is.  It may use nothing of the store but store_room().
 *
 * STORE_COMMIT_EMPTY stands, too, but nothing had changed: no disk was asked.  STORE_COMMIT_FAILED
 * comes also, without STORE_COMMIT_BEGINS, behind a transaction that could not put its bytes into
 * the file beside the store, and so is not committed.
 */
enum store_commit_step {
	STORE_COMMIT_BEGINS,
	STORE_COMMIT_STANDS,
	STORE_COMMIT_EMPTY,
	STORE_COMMIT_FAILED,
};
typedef void store_commit_fn(void *ctx, enum store_commit_step step, const struct err *e);
void store_on_commit(struct store *s, store_commit_fn *fn, void *ctx);
/*
 * Whether the disk has room.  ERR_TEMP: it has none, with what to do; 0 also where that cannot be
 * said (a database).
 *
 * STORE_ROOM_LEFT asks the file system for STORE_ROOM_LEAST bytes.  STORE_ROOM_AGAIN, after a
 * commit that failed or a LEFT that said no, takes STORE_ROOM_MUCH bytes there and gives them back,
 * or as many as the longest transaction that failed for want of room since AGAIN was last 0: so a
 * quota counts, too, and small commits that find room do not look as if all would.
 */
enum { STORE_ROOM_LEAST = 1 << 20, STORE_ROOM_MUCH = 8 << 20 /* bytes */ };
enum store_room_asked { STORE_ROOM_LEFT, STORE_ROOM_AGAIN };
int store_room(struct store *s, enum store_room_asked asked, struct err *e);
/*
 * Inside of a transaction: takes back all that was done since the mark and goes on.  One mark at a
 * time; it ends with the transaction.  A doomed transaction stays so.
 */
int store_mark(struct store *s, struct err *e);
int store_back_to_mark(struct store *s, struct err *e);
void store_txn_end(struct store **s); /* rolls back when not committed */
#define STORE_TXN __attribute__((cleanup(store_txn_end)))

int store_meta_get(struct store *s, const char *key, struct arena *a, struct span *ret_value,
		   struct err *e); /* p == NULL when never set */
int store_meta_set(struct store *s, const char *key, struct span value, struct err *e);

/* Rows a table holds, for `status` and metrics. */
struct store_counts {
	int64_t mails, mails_pending, quarantined;
	int64_t cases, cases_open;
	int64_t outbox_queued, outbox_sending, outbox_failed;
	int64_t held; /* mails and rows (store_again.h) */
	int64_t accounts, articles;
	int64_t bytes; /* of the file */
};
/* Since when the oldest of its kind waits: "outbox" by state, "mail" (undecided) by mailbox. */
struct store_oldest {
	struct span kind, name;
	int64_t at;
};
int store_oldest(struct store *s, struct arena *a, struct store_oldest **ret_v, size_t *ret_n,
		 struct err *e);
int store_count(struct store *s, struct store_counts *ret_counts, struct err *e);

#endif
