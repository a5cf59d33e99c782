/*
 * What core and the hooks role tell each other (messages.h).
 *
 * put: fills and sends.  get: reads and checks the whole frame; texts point into it and are valid
 * until the next wire_read().  Descriptors become the reader's.
 */
#ifndef GATEWAYD_WIRE_HOOK_TALK_H
#define GATEWAYD_WIRE_HOOK_TALK_H

#include "gatewayd/wire/talk.h"

/* MSG_POST: one event to one hook. */
enum { HOOK_POST_ID_MAX = 128 }; /* bytes */
struct hook_post {
	int64_t row;	  /* of the outbox */
	struct span hook; /* its name */
	struct span id;	  /* of the POST, the same at each try */
	int fd;		  /* the body; put: stays the caller's */
};
int hook_post_put(struct wire *w, const struct hook_post *p, struct err *e);
int hook_post_get(struct wire_in *in, struct hook_post *ret_post, struct err *e);

/* MSG_POSTED: how it ended, as a talk_sent says it (the code is the status of HTTP). */
struct hook_posted {
	struct talk_sent sent;
	int64_t wait_s; /* that the receiver asks for; 0: it asks for none */
};
int hook_posted_put(struct wire *w, const struct hook_posted *p, struct err *e);
int hook_posted_get(struct wire_in *in, struct hook_posted *ret_posted, struct err *e);

#endif
