/*
 * What FETCH responses say, out of libetpan's lists, and which command each of them is for: a
 * server may send those of a command before the end of the one before it, and some that nobody
 * asked for.
 */
#ifndef GATEWAYD_NET_IMAP_SAID_H
#define GATEWAYD_NET_IMAP_SAID_H

#include "gatewayd/net/imap_etpan.h"

struct mailimap_msg_att;

void imap_said_read(const struct mailimap_msg_att *att, struct imap_said *ret_said);

struct imap_hearing {
	struct imap_hearing *next;
	enum imap_fetch_what what;
	struct imap_uids uids;
	struct imap_listener listener;
};

struct imap_hearings { /* of the commands under way, in their order; in place: zeroed is empty */
	struct imap_hearing *first, *last;
};

void imap_hearings_add(struct imap_hearings *h, enum imap_fetch_what what, struct imap_uids uids,
		       const struct imap_listener *l);
void imap_hearings_drop(struct imap_hearings *h); /* the first, if there is one */
bool imap_hearings_body(const struct imap_hearings *h, struct span bytes);
void imap_hearings_response(const struct imap_hearings *h, const struct imap_said *said);

#endif
