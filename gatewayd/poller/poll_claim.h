/*
 * Another daemon with a store of its own that moves mails out of the same mailbox: each mail is
 * moved by the one whose claim stands there alone (imap_claim()).
 *
 * gatewayd/README.md, "Two daemons on one mailbox", says why.  A mail that another store claims
 * stays where it is and is looked at again.  One that stays longer than its mover could need was
 * left behind by a store or a node that is no more, and is moved all the same.  That such a one has
 * gone tells that the other daemon lives; one that is gone and that nobody was seen to claim was
 * deleted, or moved, by whoever reads the mailbox.  In place: zeroed but for `store` is empty, free
 * yield.p with mem_free().  now_ms is of clock_wait_ms().
 */
#ifndef GATEWAYD_POLLER_POLL_CLAIM_H
#define GATEWAYD_POLLER_POLL_CLAIM_H

#include "gatewayd/net/imap.h"
#include "gatewayd/poller/uids.h"

#define POLL_RIVAL_TEXT                                                                   \
	"another gatewayd, with a store of its own, works on this mailbox: each makes a " \
	"case of a mail; stop one of them"

#define POLL_GONE_TEXT \
	"idle; a mail that was kept was deleted, or moved, by somebody else before it was moved"

enum {
	POLL_CLAIM_STALE_MS = 60 * 1000,
	POLL_RIVAL_MS = 60 * 60 * 1000, /* so long it counts as there since it was last seen */
};

struct poll_claim {
	uint32_t store;	  /* ours; 0: nothing is claimed */
	uint32_t uid;	  /* the lowest that was left to another one; 0: none was */
	int64_t since_ms; /* uid is left since then */
	bool is_kin;	  /* to another node of our store, which had the mailbox before */
	int64_t rival_until_ms;
	bool gone;	   /* a mail went away before its claim; until the next look */
	struct uids yield; /* a lower store claims them: our claim is to be taken away */
};

/*
 * Claims the mails (at most IMAP_MOVE_MAX) and leaves in uids those that may be moved; `claims` is
 * for imap_claim(), which may have been sent ahead.  -1 with e filled: the server refuses, or,
 * where the session is not usable, it must end.
 */
int poll_claim(struct poll_claim *c, struct imap *imap, struct imap_claims *claims, uint32_t *uids,
	       size_t *n, int64_t now_ms, struct err *e);
/* What is in the mailbox now, rising. */
void poll_claim_listed(struct poll_claim *c, const uint32_t *uids, size_t n, int64_t now_ms);
bool poll_claim_waits(const struct poll_claim *c); /* something was left to another one */
bool poll_claim_gone(const struct poll_claim *c);
bool poll_claim_rival(const struct poll_claim *c, int64_t now_ms); /* there is another one */

#endif
