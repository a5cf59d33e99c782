/*
 * Authentication-Results (RFC 8601): did our own mail server vouch for this From?
 *
 * Only the topmost field whose authserv-id is a configured one counts, everything else is forgery
 * or hearsay; the caller passes the fields that stand where our border writes (border.h).  In that
 * field:
 *   auth=pass with smtp.auth equal to From: the sender logged in to our own server; or
 *   dmarc=pass with header.from equal to the From domain, and no other dmarc result; or, where it
 *   has no dmarc result, dkim=pass with header.d (or header.i) that is the From domain or a parent
 *   of it with at least two labels.
 * dmarc=fail and no auth=pass: our border says that this From is not who sent it.
 *
 * Some servers (Microsoft 365) write no authserv-id; where the operator says so, the topmost field
 * counts that begins with a result.
 */
#ifndef GATEWAYD_IDENTITY_AUTHRES_H
#define GATEWAYD_IDENTITY_AUTHRES_H

#include "gatewayd/base/str.h"
#include "gatewayd/base/units.h"

enum {
	AUTHRES_FIELD_MAX = 16 * KIB, /* bytes of a field; a longer one vouches for nobody */
	AUTHRES_RESULTS_MAX = 64,     /* results in a field; with more it vouches for nobody */
};

enum vouched_by {
	VOUCHED_NOT,
	VOUCHED_AUTH,
	VOUCHED_DMARC,
	VOUCHED_DKIM,
	VOUCHED_INSIDE, /* the mailbox's own mark (conf internal_mark), not Authentication-Results
			 */
};

struct authres {
	bool vouched; /* for this From */
	enum vouched_by by;
	bool failed;	    /* dmarc=fail */
	bool found;	    /* there is a field of a configured server */
	const char *reason; /* in words, static */
};

/* Whose word counts. */
struct authres_servers {
	const char *const *ids; /* the configured authserv-ids */
	size_t id_count;
	bool without_id; /* a field that has none */
};

/* fields topmost first; from: the address, its domain in lower case. */
void authres_decide(const struct span *fields, size_t field_count,
		    const struct authres_servers *servers, struct span from,
		    struct authres *ret_authres);

#endif
