/*
 * The mails of a mailbox that are under way: asked for, and not yet kept by core.
 *
 * No more than the window's size of them, and its bytes or one mail.  The size is that of a server
 * that is near; where a command takes a round trip, as many more are on their way.
 */
#ifndef GATEWAYD_POLLER_POLL_WINDOW_H
#define GATEWAYD_POLLER_POLL_WINDOW_H

#include "gatewayd/base/units.h"
#include "gatewayd/net/imap.h"

enum { POLL_UNDER_WAY_MAX = 64 * MIB }; /* of all mailboxes of a process */

struct poll_window {
	struct under_way *v; /* on the heap, the window's */
	size_t n, cap, size;
	size_t near, most; /* what the size is, and may be */
	int64_t bytes, most_bytes;
};

void poll_window_init(struct poll_window *w, size_t near, size_t most, int64_t most_bytes);
/* A round trip takes so long from now on. */
void poll_window_reach(struct poll_window *w, int64_t round_trip_ms);
void poll_window_release(struct poll_window *w);
void poll_window_clear(struct poll_window *w);
bool poll_window_has(const struct poll_window *w, uint32_t uid);
void poll_window_add(struct poll_window *w, uint32_t uid, int64_t bytes); /* there must be room */
void poll_window_drop(struct poll_window *w, uint32_t uid);		  /* none is no error */
/* How many more mails may be fetched now, at most IMAP_RANGE_MAX. */
size_t poll_window_room(const struct poll_window *w);
/* How many of the first of n mails, all present, fit in; at least one when nothing is under way.
 * Those over mail_bytes come truncated. */
size_t poll_window_fit(const struct poll_window *w, const struct imap_mail *mails, size_t n,
		       int64_t mail_bytes);

#endif
