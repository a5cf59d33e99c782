/*
 * Part of store.h: a store that is begun by a person, and a backup that takes the place of a store.
 * Nobody may have the store open.
 *
 * What was there is moved into a folder beside it, STORE.replaced-DATE, log, companion and what is
 * long (bulk.h) with it, the store itself last; nothing of it is deleted.  Cut at any step, no
 * store opens until the same is done again, and the folder that was begun is used again.
 */
#ifndef STORE_STORE_RESTORE_H
#define STORE_STORE_RESTORE_H

#include "store/store_again.h"

struct store_placed {
	char aside[4200];     /* the folder with what was there; "": there was nothing */
	int64_t last_case;    /* the next case gets the number after it */
	int64_t backup_cases; /* the last case that the backup knows */
	int64_t held;	      /* rows of the outbox */
	int64_t erased;	      /* addresses that are erased again (store_erasure.h) */
	bool guessed; /* nothing told the highest number, so STORE_NUMBERS_SKIPPED were left out */
};

/*
 * Begins a new store where there is none, or none that can be used; numbers go on after the highest
 * that its companion knows.  A store that only lacks its companion, or that the daemon began by
 * itself, is taken as it is, and migrated; listener may be NULL.  What is in the folders now is of
 * no concern to a new one.  ERR_PERM:
 * there is one already, or one that restore must see to.
 */
struct store_folders {
	const struct store_folder *v; /* mailbox and folder of each that mails are moved to */
	size_t n;
};
int store_init(const char *where, int64_t now, const struct store_folders *folders,
	       const struct store_listener *listener, struct store_placed *ret_placed,
	       struct err *e);

struct store_restore {
	/* A copy of a store, with its -wal and .bulk if these are there; only read. */
	const char *file;
	int64_t now;
	struct store_folders folders;				  /* that are to be read again */
	void (*progress)(void *ctx, int64_t done, int64_t bytes); /* of copying it */
	void *ctx;
	bool anyway;	      /* whatever the check finds */
	struct buf *findings; /* a line for each thing that is damaged in it; the caller's */
	const struct store_listener *listener; /* while the copy is migrated; NULL: nobody */
};
/* Checks the copy, begins an epoch in it, holds what may have gone out, and puts it in place.
 * Contents and words that are damaged keep nothing else from it.  ERR_PERM: it is no store, or more
 * than that is damaged. */
int store_restore(const char *where, const struct store_restore *r, struct store_placed *ret_placed,
		  struct err *e);

#endif
