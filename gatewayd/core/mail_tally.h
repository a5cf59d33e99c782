/*
 * The mails of one mailbox that wait to be kept; those that were are counted by the store
 * (store/store_seen.h).
 *
 * A look at the folder is begin, listed for each mail that the store does not know, end; it may
 * come in pieces.  Each mail that was ever listed is waiting, kept, or went away by itself.  In
 * place: zeroed is empty.
 *
 * Who lists may be anybody: each call takes the same time, whatever was listed before and in
 * whatever order, but for what goes away by it, and no more than TALK_LIST_MAX mails have room.
 */
#ifndef GATEWAYD_CORE_MAIL_TALLY_H
#define GATEWAYD_CORE_MAIL_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gatewayd/base/err.h"

struct mail_tally_row {
	uint32_t uid;
	uint32_t look : 30, waits : 1, moved : 1; /* that it was last listed in */
	int64_t received_at;
};

struct mail_tally {
	uint32_t uidvalidity;
	uint32_t look;		  /* at hand */
	uint32_t secret;	  /* so that no UIDs can be chosen that meet in `at` */
	struct mail_tally_row *v; /* in no order; those that wait no more among them */
	size_t n, cap, waiting;
	size_t current;	   /* of those that wait, listed in this look */
	uint32_t *at;	   /* by a hash of the UID: 1 + the place in v; 0: free */
	unsigned int bits; /* of the hash */
};

void mail_tally_release(struct mail_tally *t);
/* Another UIDVALIDITY: those of before are gone. */
void mail_tally_look_begin(struct mail_tally *t, uint32_t uidvalidity);
/* moved: by a person into the folder (looks.h); one that was once said to be, is.  ERR_PERM: there
 * is no room for it, and the tally is empty now: who lists so many is nobody's poller. */
int mail_tally_listed(struct mail_tally *t, uint32_t uid, int64_t received_at, bool moved,
		      struct err *e);
bool mail_tally_is_moved(const struct mail_tally *t, uint32_t uidvalidity, uint32_t uid);
/* What was not listed since the look began is gone. */
void mail_tally_look_end(struct mail_tally *t);
/* The store has it. */
void mail_tally_kept(struct mail_tally *t, uint32_t uidvalidity, uint32_t uid);
/* INTERNALDATE of the one that waits the longest; INSTANT_NONE: none waits. */
int64_t mail_tally_oldest(const struct mail_tally *t);

#endif
