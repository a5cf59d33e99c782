/*
 * Who wrote this mail, and how sure are we (gatewayd/README.md, invariant I6)?
 *
 *   L0 nothing known   L1 a valid token issued to this From   L2 our server vouches for this From
 *   L3 both
 * A dmarc=fail of our own server takes L1 away again.
 *
 * Pure: from the raw header, the configuration, the keys and the time.  From, subject tags,
 * References, Reply-To and X-headers alone grant nothing: without exactly one From with exactly one
 * mailbox, or with one that could be read as another, the level is L0.
 */
#ifndef GATEWAYD_IDENTITY_IDENTITY_H
#define GATEWAYD_IDENTITY_IDENTITY_H

#include "conf/conf.h"
#include "gatewayd/identity/authres.h"
#include "gatewayd/identity/header_scan.h"
#include "gatewayd/identity/token.h"

enum trust { TRUST_L0, TRUST_L1, TRUST_L2, TRUST_L3 };
const char *trust_name(enum trust level); /* "L0" .. "L3" */

enum { IDENTITY_WHY_MAX = 256 };

struct identity {
	enum trust level;
	struct span from;   /* p == NULL: nobody; the domain in lower case */
	struct span domain; /* of from */

	bool token_valid; /* issued to `from` as what it is now (customer or staff), not expired */
	enum token_role token_role;
	int64_t token_case;
	/* The case that a token, valid or not, or our Message-ID in References names; 0: none.
	 * Proves nothing: for "possibly about N". */
	int64_t mentioned_case;

	/* The first reply token that names a case, valid or not; reply_token.p == NULL: none. */
	struct span reply_token;
	enum token_purpose reply_purpose;

	/* A staff token whose holder this sender is not: of a member of staff who writes from an
	 * address that is not listed, of one who was staff, or passed on to somebody. */
	int64_t staff_token_case;	/* 0: none */
	struct span staff_token_holder; /* to whom it was issued; borrowed from conf or `from` */
	bool staff_token_about_none;	/* such a token, and it is for no case */

	bool vouched; /* auth, dmarc or aligned dkim */
	enum vouched_by by;
	bool failed; /* dmarc=fail: our server says that somebody else sent it */

	const struct conf_staff *staff; /* whose address `from` is; NULL: none */
	bool staff_trusted; /* staff, and sure enough for commands under conf's staff_trust */

	bool is_own; /* our own mail coming back */
	/* A bounce of a mail that we sent: the envelope sender with its token came as a recipient.
	 */
	bool bounce_valid;
	int64_t bounce_case;
	bool from_inside; /* our own border made it, or vouches for an address of our domains */
	/* A mail to an unsubscribe address, with the token issued to `from`. */
	bool unsubscribe_valid;
	/* The answer of staff, as sure as staff_trusted, to a list of mails that became no case. */
	bool digest_valid;
	/* The answer of staff to a transcript about no case, where conf's staff_trust lets a token
	 * do: it proves them as our border's word does. */
	bool desk_valid;

	char why[IDENTITY_WHY_MAX]; /* how it was decided, one line, no outside text in it */
};

struct identity_world {
	const struct conf *conf;
	const struct conf_mailbox *mailbox; /* that the mail came to; NULL: none */
	const struct token_keys *keys;
	int64_t now;
	struct arena *arena; /* for what is made on the way; the identity needs it no more */
};

void identity_decide(const struct header_scan *scan, const struct identity_world *world,
		     struct identity *ret_identity);

/* One of the addresses that we send from or read; a plus part in it is ignored. */
bool identity_address_is_own(const struct conf *conf, struct span address);
/* The domain of one of these, or of staff. */
bool identity_domain_is_own(const struct conf *conf, struct span domain);

#endif
