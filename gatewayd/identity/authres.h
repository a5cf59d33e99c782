/*
 * Authentication-Results (RFC 8601): did our own mail server vouch for this From?
 *
 * Only the topmost field whose authserv-id is a configured one counts, everything else is forgery
 * or hearsay.  The server must remove fields with its own id from what comes in (RFC 8601 section
 * 5); the operator is told so in the example configuration.  In that field:
 *   dmarc=pass with header.from equal to the From domain, and no other dmarc result; or, where it
 *   has no dmarc result, dkim=pass with header.d (or header.i) that is the From domain or a parent
 *   of it with at least two labels.
 */
#ifndef GATEWAYD_IDENTITY_AUTHRES_H
#define GATEWAYD_IDENTITY_AUTHRES_H

#include "gatewayd/base/str.h"

enum {
	AUTHRES_FIELD_MAX = 16 * 1024, /* bytes of a field; a longer one vouches for nobody */
	AUTHRES_RESULTS_MAX = 64,      /* results in a field; with more it vouches for nobody */
};

struct authres {
	bool vouched;	    /* for the From domain */
	bool found;	    /* there is a field of a configured server */
	const char *reason; /* in words, static */
};

/* ids: the configured authserv-ids; fields topmost first; from_domain in lower case. */
void authres_decide(const struct span *fields, size_t field_count, const char *const *ids,
		    size_t id_count, struct span from_domain, struct authres *ret_authres);

#endif
