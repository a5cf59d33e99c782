/*
 * The role that reads mailboxes: one process an IMAP server, in it a thread a mailbox.
 *
 * It knows no store.  Each cycle it tells core the UIDs in a folder (talk.h), fetches what core
 * wants and moves what core has kept.
 */
#ifndef GATEWAYD_POLLER_POLLER_H
#define GATEWAYD_POLLER_POLLER_H

#include "conf/conf.h"
#include "gatewayd/wire/wire.h"

/* Mailboxes with the same host, port and user are one server's; servers count from 0 in the order
 * of the configuration. */
size_t poller_server_count(const struct conf *conf);

/* The parent's part: settings and secrets of the mailboxes of that server. */
int poller_setup_send(struct wire *w, const struct conf *conf, uint32_t server, struct err *e);

#endif
