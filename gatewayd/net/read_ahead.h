/*
 * TLS reads each record in two calls, its head and then the rest.  Here what has come is received
 * at once, as much as there is, and TLS reads it from memory, which is kept for what comes next
 * until the session rests, as most do most of the time.
 */
#ifndef GATEWAYD_NET_READ_AHEAD_H
#define GATEWAYD_NET_READ_AHEAD_H

#include <curl/curl.h>
#include <gnutls/gnutls.h>

#include "gatewayd/base/buf.h"

struct read_ahead { /* in place, at one address as long as the connection lives */
	gnutls_session_t tls;
	curl_socket_t socket;
	struct buf bytes;
	size_t at;
};

/* At each line of the server until the connection is up: later libcurl does not name its session.
 */
void read_ahead_see(struct read_ahead *r, CURL *easy);
/* When it is; nothing where it has no TLS. */
void read_ahead_begin(struct read_ahead *r, curl_socket_t socket);
/*
 * TLS has not read all yet.  It says that it has nothing, too, when it has read a record of its own
 * (a ticket, a change of keys): who waits for the socket then waits for what is here already.
 */
bool read_ahead_has(const struct read_ahead *r);
void read_ahead_rest(struct read_ahead *r);    /* without memory where nothing is left in it */
void read_ahead_release(struct read_ahead *r); /* after the connection */

#endif
