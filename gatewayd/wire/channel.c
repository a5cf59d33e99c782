#include "gatewayd/wire/channel.h"

int channel_serve(struct wire *w, unsigned int events, channel_frame_fn *take, void *ctx,
		  bool *ret_open, struct err *e)
{
	struct wire_in in;
	bool found = true;

	*ret_open = true;
	if (events & LOOP_WRITE && wire_flush(w, e) < 0)
		return -1;
	if (events & (LOOP_READ | LOOP_GONE) && wire_read(w, ret_open, e) < 0)
		return -1;
	while (found) {
		if (wire_next(w, &found, &in, e) < 0 || (found && take(ctx, &in, e) < 0))
			return -1;
	}
	return 0;
}
