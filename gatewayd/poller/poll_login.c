#include "gatewayd/poller/poll_login.h"

#include "gatewayd/base/crypto.h"

enum { FIRST_MS = 10000 }; /* for the first token, before that is trouble */

static int with_token(const struct poll_mailbox_options *o, const struct poll_sender *sender,
		      struct connect_options *connect, int64_t *serial, struct imap **ret_imap,
		      struct err *e)
{
	bool refused = false;
	struct buf token;
	int r;

	buf_init(&token, ACCESS_TOKEN_MAX + 1);
	access_wait(o->access, 0, FIRST_MS, o->stop);
	*serial = access_get(o->access, &token);
	connect->secret = buf_cstr(&token);
	connect->login_refused = &refused;
	if (!*serial)
		r = err_set(e, ERR_TEMP, "there is no access token: see oauth %s in status",
			    o->conf.server.oauth);
	else
		r = imap_open(connect, ret_imap, e);
	if (refused)
		poll_post_refused(sender, *serial);
	if (token.p)
		crypto_wipe(token.p, token.cap);
	buf_release(&token);
	return r;
}

int poll_login(const struct poll_mailbox_options *o, const struct poll_sender *sender,
	       int64_t *serial, struct imap **ret_imap, struct err *e)
{
	struct connect_options connect = { .server = &o->conf.server,
					   .secret = o->secret,
					   .stop = o->stop };

	return o->access ? with_token(o, sender, &connect, serial, ret_imap, e)
			 : imap_open(&connect, ret_imap, e);
}

bool poll_login_fresh(const struct poll_mailbox_options *o, int64_t serial)
{
	return o->access && access_serial(o->access) != serial;
}
