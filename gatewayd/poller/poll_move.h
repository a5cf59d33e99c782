/*
 * The moves that a mailbox still has to make: mails that were kept go to the processed or the
 * quarantine folder.
 *
 * A session that died between COPY and EXPUNGE can have left mails twice; those that may be such
 * are looked up first, and only removed when their copy is there (imap_copies.h).  In place: zeroed
 * but for `conf` is empty.
 */
#ifndef GATEWAYD_POLLER_POLL_MOVE_H
#define GATEWAYD_POLLER_POLL_MOVE_H

#include "gatewayd/net/imap.h"
#include "gatewayd/poller/poll_claim.h"
#include "gatewayd/poller/uids.h"

enum { POLL_TO_PROCESSED, POLL_TO_QUARANTINE, POLL_TO_COUNT };

struct poll_moves {
	const struct conf_mailbox *conf; /* borrowed */
	struct uids sure[POLL_TO_COUNT];
	struct uids unsure[POLL_TO_COUNT]; /* their copies may be made already */
	int64_t not_until_ms;		   /* of clock_wait_ms(): the server refused one */
	bool marks;			   /* the server keeps IMAP_MARK in the mailbox */
	struct poll_claim claim;
};

void poll_moves_release(struct poll_moves *v);
/* kept_before: the mail was kept before this session; aside: to quarantine, where there is one. */
void poll_moves_add(struct poll_moves *v, const struct imap *imap, uint32_t uid, bool aside,
		    bool kept_before);
void poll_moves_drop(struct poll_moves *v);	  /* all of them */
bool poll_moves_any(const struct poll_moves *v);  /* there is one to make */
bool poll_moves_full(const struct poll_moves *v); /* as many as one command moves */
bool poll_moves_may(const struct poll_moves *v);  /* now: no refusal was a short time ago */

enum poll_moved {
	POLL_MOVED,
	POLL_MOVE_REFUSED, /* e says why; asked again after a minute */
	POLL_MOVE_SORTED,  /* old moves were ended, none was made */
};

/*
 * One step: ends old moves, or moves up to IMAP_RANGE_MAX mails of the selected folder, which must
 * have this UIDVALIDITY.  -1 with e filled: the session must end.
 */
int poll_moves_some(struct poll_moves *v, struct imap *imap, uint32_t uidvalidity,
		    enum poll_moved *ret_moved, struct err *e);

#endif
