/*
 * A look at a mailbox's folder: what is in it is described in pieces, and core is told of each,
 * while those that it wants of the pieces before are fetched.
 *
 * The first piece is small, so that there is something to fetch at once; no later one keeps a fetch
 * waiting for long, and where nothing is to be fetched they are large.  One that runs ahead of core
 * and of the fetches is limited by poll_known.h alone.
 *
 * After a session died at a piece, its mails go in smaller ones with nothing else under way, when
 * those before are fetched and moved, until the one that the session dies at is known (troubles.h).
 * That one is passed over while it waits, and comes last.
 */
#ifndef GATEWAYD_POLLER_POLL_LIST_H
#define GATEWAYD_POLLER_POLL_LIST_H

#include "gatewayd/poller/poll_fetch.h"

struct poll_list {	   /* in place: zeroed is no look */
	uint32_t from, to; /* a session died at a piece of these, up to which UID; 0: none */
	uint32_t *uids; /* of the folder, those that come last behind; NULL: core was told of all */
	size_t n;
	size_t sent, told; /* of them: asked about, and posted */
	size_t piece;
};

void poll_list_release(struct poll_list *l); /* it is over, or broken off: but for from and to */

/* Takes the UIDs.  Each that is not described is a trouble, until the look ends. */
void poll_list_begin(struct poll_list *l, uint32_t *uids, size_t n,
		     const struct poll_sender *sender, struct poll_fetch *fetch);
bool poll_list_goes_on(const struct poll_list *l);
/* A session died at what comes next: all that came before is done first. */
bool poll_list_is_risky(const struct poll_list *l, const struct poll_fetch *fetch);
/* The next step to send, the caller's; NULL: none now.  busy: there is something to be fetched, or
 * may be when core has answered. */
struct poll_step *poll_list_next(struct poll_list *l, const struct poll_pipe *pipe,
				 const struct poll_fetch *fetch, bool busy);
/* UID, size and INTERNALDATE go to core.  Whether it answers: not where all are gone by now. */
bool poll_list_answered(struct poll_list *l, const struct poll_step *s,
			const struct poll_sender *sender, struct poll_fetch *fetch);
/* The session died at it; `with` are the others that were under way. */
void poll_list_died(struct poll_list *l, const struct poll_step *s, const struct poll_pipe *with,
		    struct poll_fetch *fetch, struct err *e);

#endif
