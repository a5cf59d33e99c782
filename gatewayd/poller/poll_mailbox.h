/*
 * One mailbox and the thread that watches it: an IMAP session of its own, so that none waits for
 * another.
 *
 * The thread connects, tells what is in the folder (POLL_FOLDER) while it fetches what the orders
 * want (POLL_MAIL) and moves what was kept, then waits with IDLE, or polls.  After an error it
 * connects again with back-off.  It knows nothing of the store or of the wire: orders come in and
 * posts go out through handoffs.
 *
 * Limits: so many mails and bytes (or one mail; poll_window.h) are fetched ahead of being kept.  A
 * mail that the server does not give is tried alone and then left (troubles.h), so that the others
 * come through.
 */
#ifndef GATEWAYD_POLLER_POLL_MAILBOX_H
#define GATEWAYD_POLLER_POLL_MAILBOX_H

#include "gatewayd/net/access.h"
#include "gatewayd/poller/poll_fetch.h"

struct poll_mailbox_options { /* all must outlive the mailbox */
	struct conf_mailbox conf;
	const char *secret;
	struct access_box *access; /* instead of it; NULL: there is none */
	struct poll_fetch_limits fetch;
	const atomic_bool *stop;
	struct handoff *posts;
};

struct poll_mailbox;

struct poll_mailbox *poll_mailbox_new(const struct poll_mailbox_options *o, struct err *e);
void poll_mailbox_free(struct poll_mailbox **m); /* after its thread ended */
const char *poll_mailbox_name(const struct poll_mailbox *m);
const char *poll_mailbox_ca_file(const struct poll_mailbox *m);	       /* NULL: the system's */
const char *poll_mailbox_oauth(const struct poll_mailbox *m);	       /* NULL: a password */
void poll_mailbox_order(struct poll_mailbox *m, struct poll_order *o); /* takes it */
/* The thread's body: runs until *stop is set and an order (of any kind) wakes it. */
void *poll_mailbox_run(void *mailbox);

#endif
