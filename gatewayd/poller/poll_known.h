/*
 * What a look at the folder found of mails that are still to be fetched, so that the server need
 * not say it twice.
 *
 * Rising UIDs go in and are taken out; what is passed over is forgotten, and what there is no room
 * for is not known.  In place: zeroed is empty.
 */
#ifndef GATEWAYD_POLLER_POLL_KNOWN_H
#define GATEWAYD_POLLER_POLL_KNOWN_H

#include "gatewayd/net/imap.h"

enum { POLL_KNOWN_MAX = 32 * KIB }; /* mails */

struct poll_known {
	struct known_mail *v; /* on the heap, its own */
	size_t from, n, cap;  /* those before `from` were taken, or passed over */
};

void poll_known_release(struct poll_known *k);
void poll_known_clear(struct poll_known *k);
/* Those that are present; their UIDs are above all that are in it. */
void poll_known_add(struct poll_known *k, const struct imap_mail *mails, size_t n);
/* There is one of this UID or a lower one. */
bool poll_known_any_to(const struct poll_known *k, uint32_t uid);
/* Once: what was fetched and is wanted again may have changed. */
bool poll_known_take(struct poll_known *k, uint32_t uid, struct imap_mail *ret_mail);

#endif
