/* Which servers a domain has: guessed, and as a person writes one. */
#ifndef GATEWAYD_BEGIN_BEGIN_SERVER_H
#define GATEWAYD_BEGIN_BEGIN_SERVER_H

#include "conf/conf.h"

struct begin_server {
	const char *host;
	int port;
	enum conf_tls tls;
};

/* "HOST", "HOST:PORT" or "HOST:PORT starttls" (or implicit, none).  What is wrong; NULL: nothing.
 * Pure. */
const char *begin_server_read(const char *text, bool imap, struct arena *a,
			      struct begin_server *ret_server);
const char *begin_server_text(const struct begin_server *s, struct arena *a);

/*
 * By the SRV records of the domain (RFC 6186, RFC 8314 section 5.1), then by common names; only
 * what answers at its port within some seconds.  false: nothing does.
 */
bool begin_server_guess(const char *domain, bool imap, struct arena *a,
			struct begin_server *ret_server);

#endif
