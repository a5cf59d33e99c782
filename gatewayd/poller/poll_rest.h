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

#endif
