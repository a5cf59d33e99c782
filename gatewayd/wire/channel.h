/*
 * A wire on a loop: what is there is read, whole frames are handed out.
 */
#ifndef GATEWAYD_WIRE_CHANNEL_H
#define GATEWAYD_WIRE_CHANNEL_H

#include "gatewayd/base/loop.h"
#include "gatewayd/wire/wire.h"

/* Takes one frame; -1 ends the conversation. */
typedef int channel_frame_fn(void *ctx, struct wire_in *in, struct err *e);

/*
 * What a loop's callback does with the events of a wire's descriptor: sends what waits, reads a
 * chunk, hands out each whole frame.  *ret_open is false at the end of the stream; -1: the peer
 * broke a rule, or take() refused; a take() that released the wire must return -1.
 */
int channel_serve(struct wire *w, unsigned int events, channel_frame_fn *take, void *ctx,
		  bool *ret_open, struct err *e);

/* The events to watch now: reading always, writing while something waits. */
static inline unsigned int channel_events(const struct wire *w)
{
	return LOOP_READ | (wire_wants_write(w) ? (unsigned int)LOOP_WRITE : 0);
}

#endif
