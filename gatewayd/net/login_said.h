/*
 * What a server says at the end of an IMAP log-in that it can (RFC 3501 section 7.1), so that it
 * need not be asked: in the code of the last line, or in a line of its own before that.
 */
#ifndef GATEWAYD_NET_LOGIN_SAID_H
#define GATEWAYD_NET_LOGIN_SAID_H

#include "gatewayd/base/str.h"

enum { LOGIN_SAID_MAX = 4096 }; /* bytes; who says more is asked */

struct login_said {	  /* in place: zeroed has heard nothing */
	char *capability; /* words with spaces between, owned; NULL: none were said */
	bool fresh;	  /* since the last command's end */
};

/* Each line of the server, from the greeting to the end of the log-in: what was said with the last
 * command counts, not what was said before TLS or before the log-in. */
void login_said_hear(struct login_said *s, struct span line);
void login_said_release(struct login_said *s);

#endif
