#include "gatewayd/wire/channel.h"

static int hand_out(struct wire *w, channel_frame_fn *take, void *ctx, struct err *e)
{
	struct wire_in in;
	bool found = true;

	while (found)
		if (wire_next(w, &found, &in, e) < 0 || (found && take(ctx, &in, e) < 0))
			return -1;
	return 0;
}

static size_t unread(const struct wire *w)
{
	return w->in.n - w->in_done;
}

int channel_serve(struct wire *w, unsigned int events, channel_frame_fn *take, void *ctx,
		  bool *ret_open, struct err *e)
{
	bool more = events & (LOOP_READ | LOOP_GONE);

	*ret_open = true;
	/* A peer that ended hears no more; what it said before is read all the same. */
	if (events & LOOP_WRITE && wire_flush(w, e) < 0 && !more)
		return -1;
	if (hand_out(w, take, ctx, e) < 0)
		return -1;
	for (int reads = 0; more && reads < CHANNEL_READS_MAX; reads++) {
		size_t before = unread(w);

		if (wire_read(w, ret_open, e) < 0)
			return -1;
		more = unread(w) > before;
		if (hand_out(w, take, ctx, e) < 0)
			return -1;
	}
	return 0;
}
