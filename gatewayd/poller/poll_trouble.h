/*
 * Mails that make trouble (troubles.h), as a session comes to know them; those that are set aside
 * are posted.
 */
#ifndef GATEWAYD_POLLER_POLL_TROUBLE_H
#define GATEWAYD_POLLER_POLL_TROUBLE_H

#include "gatewayd/poller/poll_post.h"

/* One more try failed, with these words. */
void poll_trouble(const struct poll_sender *s, struct troubles *t, uint32_t uid, const char *words);
/* Of a fetch: n mails without a body (length below 0), or with one of another length than said.
 * Call it when the command has ended: what came of it the server says last. */
void poll_trouble_bodies(const struct poll_sender *s, struct troubles *t, const struct imap *imap,
			 const struct imap_mail *bad, size_t n);
/* A mail that is listed and not described is gone, or it is one that the server cannot give. */
void poll_trouble_listed(const struct poll_sender *s, struct troubles *t,
			 const struct imap_mail *mails, size_t n);

#endif
