/*
 * The set-up of a poller (MSG_POLLER_SETUP): the mailboxes of one IMAP server, secrets included.
 */
#ifndef GATEWAYD_WIRE_SETUP_POLLER_H
#define GATEWAYD_WIRE_SETUP_POLLER_H

#include "conf/conf.h"
#include "gatewayd/wire/messages.h"

enum { SETUP_POLLER_MAILBOXES_MAX = 256 }; /* of one server */

/* Mailboxes with the same host, port and user are one server's; servers count from 0 in the order
 * of the configuration. */
size_t setup_poller_servers(const struct conf *conf);

/* A mailbox of that server logs in with that row of conf.oauth. */
bool setup_poller_uses(const struct conf *conf, uint32_t server, struct span oauth);

struct setup_mailbox {
	struct conf_mailbox conf; /* what a poller needs of it */
	const char *secret;	  /* NULL: none */
};
struct setup_poller {
	int64_t mail_bytes; /* a longer mail is cut */
	int fetch_window;
	struct setup_mailbox *mailboxes;
	size_t n; /* 1 or more */
};
/* Reads the files of the secrets; ERR_PERM names the mailbox. */
int setup_poller_put(struct wire *w, const struct conf *conf, uint32_t server, struct err *e);
/* Into the arena. */
int setup_poller_get(struct wire_in *in, struct arena *a, struct setup_poller *ret_setup,
		     struct err *e);

#endif
