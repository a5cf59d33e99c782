#include "gatewayd/poller/poll_rest.h"

int poll_rest(struct imap *imap, struct handoff *orders, bool *no_idle, int timeout_ms,
	      enum imap_event *ret_event, struct err *e)
{
	if (!*no_idle && imap_can_idle(imap)) {
		if (imap_idle(imap, orders->fd, timeout_ms, ret_event, e) == 0)
			return 0;
		if (!imap_usable(imap))
			return -1;
		*no_idle = true; /* it said NO: this session polls */
	}
	imap_rest(imap);
	handoff_wait(orders, timeout_ms);
	*ret_event = IMAP_WOKEN;
	return 0;
}

int64_t poll_rest_until(int64_t now_ms, int64_t poll_ms, int64_t due_ms)
{
	if (due_ms < now_ms + POLL_AGAIN_MS)
		due_ms = now_ms + POLL_AGAIN_MS;
	return due_ms < now_ms + poll_ms ? due_ms : now_ms + poll_ms;
}
