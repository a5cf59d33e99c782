/*
 * The one certificate of a trust store at which the chain of a server ends.
 *
 * libcurl with GnuTLS reads all of a trust store for each connection and keeps it as long as that
 * is open: for the 140 certificates of a system 8 ms and 3.7 MB, a thousand times.  So the first
 * connection to a server is verified against the whole store, and says which certificate of it was
 * needed; those after it are verified against that one alone.  Less is trusted, never more.  Where
 * that does not verify, or the store changed on the disk, the whole store is asked again.  What an
 * open connection was verified against is freed.
 *
 * Many threads that begin at once wait for the first of them, up to five seconds.
 */
#ifndef GATEWAYD_NET_ANCHOR_H
#define GATEWAYD_NET_ANCHOR_H

#include <stdatomic.h>

#include "conf/conf.h"

struct anchor_use { /* of one connection; zeroed: none */
	struct anchor *of;
	bool leads;    /* others wait for what it finds */
	bool done;     /* its chain was verified */
	int fd;	       /* of the one certificate; not a descriptor of the user's */
	char file[32]; /* the same, to open; "": the whole store */
};

/* Before the connection; may wait, but not for long once *stop is set (NULL: nobody sets it).  Ends
 * with anchor_end(). */
void anchor_begin(struct anchor_use *u, const struct conf_server *server, const atomic_bool *stop);
/*
 * Of an easy handle (CURL *) with TLS up and verified, inside of a callback: notes the certificate
 * and frees the store that the connection has.  Before TLS is up it does nothing.
 */
void anchor_verified(struct anchor_use *u, void *easy);
/* The certificate did not verify.  True: it was the one alone, and is forgotten: try once more. */
bool anchor_refused(struct anchor_use *u);
void anchor_end(struct anchor_use *u);

#endif
