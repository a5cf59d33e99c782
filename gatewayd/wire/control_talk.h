/*
 * A request of gatewayctl and core's answer, as messages (messages.h).
 */
#ifndef GATEWAYD_WIRE_CONTROL_TALK_H
#define GATEWAYD_WIRE_CONTROL_TALK_H

#include "gatewayd/base/arena.h"
#include "gatewayd/wire/messages.h"

enum { CONTROL_WORDS_MAX = 64 };

struct control_request {
	int columns;
	const char *words[CONTROL_WORDS_MAX];
	int n;
	struct span input; /* get: mapped, released by control_request_release() */
};
int control_request_put(struct wire *w, const struct control_request *r, struct err *e);
int control_request_get(struct wire_in *in, struct arena *a, struct control_request *ret_request,
			struct err *e);
void control_request_release(struct control_request *r);

/* file: what the verb gives besides, stays the caller's; -1: nothing. */
int control_answer_put(struct wire *w, int status, struct span out, struct span err, int file,
		       struct err *e);
/* *ret_file is the caller's, -1: none; NULL: not wanted. */
int control_answer_get(struct wire_in *in, int *ret_status, struct buf *out, struct buf *err,
		       int *ret_file, struct err *e);

#endif
