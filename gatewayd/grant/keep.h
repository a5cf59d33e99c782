/*
 * The refresh tokens on the disk: a sealed file a grant, NAME.refresh, mode 0600, in the folder
 * that the parent opened.  Replaced by rename, when it is whole and durable.
 */
#ifndef GATEWAYD_GRANT_KEEP_H
#define GATEWAYD_GRANT_KEEP_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/err.h"

struct keep {
	int folder;
	const uint8_t (*keys)[SEAL_KEY_SIZE]; /* the first seals, each opens */
	size_t key_count;
};

struct kept {
	struct buf token; /* wiped and released by its holder */
	int64_t until;	  /* INSTANT_NONE: nobody knows */
	bool old_key;	  /* it was sealed with another than the first: write it again */
};

/* of: whose token it is; one of somebody else is none.  1: found, 0: there is none, -1: ERR_PERM.
 */
int keep_read(const struct keep *k, const char *name, const char *of, struct kept *ret_kept,
	      struct err *e);
int keep_write(const struct keep *k, const char *name, const char *of, struct span token,
	       int64_t until, struct err *e);

/* The folder "tokens" in that one, made when it is not there, for that user when started by
 * root (NULL: stay); a descriptor, the caller's. */
int keep_folder(const char *state_dir, const char *user, struct err *e);

#endif
