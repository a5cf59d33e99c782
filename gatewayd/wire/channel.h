/*
 * A wire on a loop: what is there is read, whole frames are handed out.
 */
#ifndef GATEWAYD_WIRE_CHANNEL_H
#define GATEWAYD_WIRE_CHANNEL_H

#include "gatewayd/base/loop.h"
#include "gatewayd/wire/wire.h"

enum { CHANNEL_READS_MAX = 256 }; /* in one call, so that no peer can hold the loop */

/* Takes one frame; -1 ends the conversation. */
typedef int channel_frame_fn(void *ctx, struct wire_in *in, struct err *e);

/*
 * What a loop's callback does with the events of a wire's descriptor: sends what waits, reads all
 * that is there and hands out each whole frame, so that one turn has them all.  A read ends at each
 * frame with a descriptor; what is left after CHANNEL_READS_MAX of them comes with the next call.
 * *ret_open is false at the end of the stream; -1: the peer
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
