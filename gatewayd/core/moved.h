/*
 * The folders that mails were moved to, as a witness of the store (store/standing.h has the other).
 *
 * A mail that we moved was kept before.  One in such a folder that the store does not know was
 * lost by it: the whole state was set back, or a backup was put in its place.  It is taken in once
 * more, and what it would send or command is held (store/store_again.h); where nobody has begun
 * an epoch for that, one begins here.  A store that the daemon began by itself, and that has no
 * mail yet, is refused when there is such a mail.
 */
#ifndef GATEWAYD_CORE_MOVED_H
#define GATEWAYD_CORE_MOVED_H

#include "gatewayd/core/bench.h"
#include "gatewayd/wire/talk.h"

struct moved_done;

struct moved {
	struct bench *bench;
	int64_t mark;	/* the last case when core began */
	uint32_t claim; /* what the pollers claim mails by: of the store's identity, with several
			 * nodes its upper half; 0: none */
	bool told;	/* an epoch was begun since, and it was said */
	bool proven;	/* it is no new store that a person knows nothing of */
	struct moved_done *done; /* folders that were compared since the last turn */
	size_t done_count, done_cap;
};

void moved_init(struct moved *m, struct bench *b);
void moved_release(struct moved *m);
/* What was compared is written down, in one commit: after a start that is all mailboxes. */
void moved_turn(struct moved *m);
/* The poller asks what to compare, or says what it has. */
int moved_compared(struct moved *m, struct peer *from, const struct talk_compared *c,
		   struct err *e);
/* What to do with a mail that is listed in such a folder; -1: the store cannot say. */
int moved_want(struct moved *m, const struct talk_session *session,
	       const struct talk_listed *listed, uint8_t *ret_want, struct err *e);

#endif
