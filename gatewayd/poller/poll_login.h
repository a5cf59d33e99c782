/* The beginning of a session: with the password, or with the access token that there is now. */
#ifndef GATEWAYD_POLLER_POLL_LOGIN_H
#define GATEWAYD_POLLER_POLL_LOGIN_H

#include "gatewayd/poller/poll_mailbox.h"

/* *serial is that of the token that was used; one that the server refused is posted. */
int poll_login(const struct poll_mailbox_options *o, const struct poll_sender *sender,
	       int64_t *serial, struct imap **ret_imap, struct err *e);
/* There is another token than that. */
bool poll_login_fresh(const struct poll_mailbox_options *o, int64_t serial);

#endif
