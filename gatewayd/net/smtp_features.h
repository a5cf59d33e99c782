/*
 * What an SMTP server can do (RFC 5321 section 4.1.1.1), asked for where mails will be handed over:
 * over TLS, logged in, and nothing sent.
 */
#ifndef GATEWAYD_NET_SMTP_FEATURES_H
#define GATEWAYD_NET_SMTP_FEATURES_H

#include "gatewayd/net/connect.h"

struct smtp_features {
	bool auth;	    /* it takes log-ins (RFC 4954) */
	bool size_said;	    /* RFC 1870 */
	int64_t size_bytes; /* of the largest mail it takes; 0: it names no limit */
	bool smtputf8;	    /* RFC 6531 */
	bool pipelining;    /* RFC 2920 */
};

/*
 * Connected, TLS up, logged in; ERR_PERM where a user is configured and the server takes no
 * log-ins, else as connect_open().
 */
int smtp_features(const struct connect_options *o, struct smtp_features *ret_features,
		  struct err *e);

/* One line of the answer to EHLO, without its code.  Pure. */
void smtp_features_line(struct span text, struct smtp_features *f);

#endif
