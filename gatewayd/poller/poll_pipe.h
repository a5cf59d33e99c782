/*
 * The commands under way in a session: each was sent before its turn (imap_ahead()), and they are
 * answered in their order.
 *
 * A step keeps the arguments of its command from when it is sent until it is answered.
 */
#ifndef GATEWAYD_POLLER_POLL_PIPE_H
#define GATEWAYD_POLLER_POLL_PIPE_H

#include "gatewayd/net/imap.h"

enum poll_step_kind {
	POLL_STEP_LIST,	    /* describes mails that core is to be told of */
	POLL_STEP_DESCRIBE, /* those that are to be fetched */
	POLL_STEP_FETCH,
	POLL_STEP_CLAIM,
	POLL_STEP_UNCLAIM,
	POLL_STEP_MOVE,
	POLL_STEP_KINDS,
};

enum { POLL_PIPE_MAX = 16 }; /* steps; an answer can add one more to them */

struct poll_step {
	struct poll_step *next;
	enum poll_step_kind kind;
	bool alone;		 /* nothing else is under way meanwhile */
	size_t to;		 /* of those that claim and move: POLL_TO_... */
	size_t n;		 /* UIDs */
	struct imap_mail *mails; /* of those that describe and fetch; the step's */
	uint32_t *uids;		 /* of the others; the step's */
	struct imap_claims claims;
};
static inline bool poll_step_fetches(enum poll_step_kind kind)
{
	return kind == POLL_STEP_LIST || kind == POLL_STEP_DESCRIBE || kind == POLL_STEP_FETCH;
}
/* For as many UIDs as its command takes (imap.h). */
struct poll_step *poll_step_new(enum poll_step_kind kind, size_t n);
void poll_step_free(struct poll_step **s);

struct poll_pipe { /* in place: zeroed is empty */
	struct poll_step *first, *last;
	size_t n;
	size_t of[POLL_STEP_KINDS];
};

void poll_pipe_add(struct poll_pipe *p, struct poll_step *s); /* takes it */
struct poll_step *poll_pipe_take(struct poll_pipe *p);	      /* the first; NULL: none */
void poll_pipe_clear(struct poll_pipe *p);
bool poll_pipe_describes(const struct poll_pipe *p, uint32_t uid);
bool poll_pipe_is_shut(const struct poll_pipe *p); /* what is under way is to be alone */

#endif
