/*
 * Until something happens in the folder, or an order comes: IDLE, or a wait where there is none.
 */
#ifndef GATEWAYD_POLLER_POLL_REST_H
#define GATEWAYD_POLLER_POLL_REST_H

#include "gatewayd/base/handoff.h"
#include "gatewayd/net/imap.h"

/* *no_idle: it is not wanted, or the server refused it in this session. */
int poll_rest(struct imap *imap, struct handoff *orders, bool *no_idle, int timeout_ms,
	      enum imap_event *ret_event, struct err *e);

enum { POLL_AGAIN_MS = 2000 }; /* between looks at what core lets wait */
/*
 * When the folder is looked at next: after poll_ms, or when a mail that was in trouble is due, but
 * never at once, as core may not want that mail yet.
 */
int64_t poll_rest_until(int64_t now_ms, int64_t poll_ms, int64_t due_ms);

#endif
