/*
 * Who is signed in at the web pages: links that were mailed to staff, and sessions.
 *
 * A link is good once, for ten minutes, in the browser that asked for it; it becomes a session,
 * which is good in that browser for as long as the configuration says.  Kept in memory, as digests:
 * after a restart staff sign in again.  Of each kind the oldest makes room for the newest.
 *
 * In place: zeroed is nobody.  Pure: the time is an argument.
 */
#ifndef GATEWAYD_CORE_SIGNIN_H
#define GATEWAYD_CORE_SIGNIN_H

#include "gatewayd/base/crypto.h"

enum {
	SIGNIN_LINKS = 64,
	SIGNIN_LINKS_EACH = 3, /* of one member of staff at a time */
	SIGNIN_SESSIONS = 256,
	SIGNIN_LINK_S = 600,
	SIGNIN_STAFF_MAX = 64,	/* bytes of a staff id */
	SIGNIN_SECRET_SIZE = 65 /* of a token as text, with the NUL */
};

struct signin_row {
	uint8_t secret[SHA256_SIZE], browser[SHA256_SIZE];
	char staff[SIGNIN_STAFF_MAX];
	int64_t until_at; /* 0: free */
};

struct signin {
	struct signin_row links[SIGNIN_LINKS], sessions[SIGNIN_SESSIONS];
};

/* A link for that member of staff; false: three are under way, or the browser has no name. */
bool signin_link(struct signin *s, struct span staff, struct span browser, int64_t now,
		 char ret_token[SIGNIN_SECRET_SIZE]);
/* The link becomes a session; false: it is none, or not of this browser.  It is used up. */
bool signin_redeem(struct signin *s, struct span token, struct span browser, int64_t now,
		   int64_t session_s, char ret_session[SIGNIN_SECRET_SIZE]);
/* The staff id; NULL: nobody. */
const char *signin_who(const struct signin *s, struct span session, struct span browser,
		       int64_t now);
void signin_end(struct signin *s, struct span session);

#endif
