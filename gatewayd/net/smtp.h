/*
 * Sending one message to one recipient over SMTP.
 *
 * A lane is one connection's worth of sending: it keeps its connection for the next message while
 * all goes well and takes a fresh one after any error.  It waits for the server, so it is used by a
 * thread of its own: one slow server holds up no other.
 *
 * The lane refuses before MAIL FROM when a user is configured and the server offers no AUTH, when
 * an address needs SMTPUTF8 (RFC 6531) and the server offers none (a failure of this mail alone),
 * envelope addresses that address_strict.h does not pass, and messages that canonical.h does not
 * pass.  The conversation and its timeouts: smtp_talk.h.
 */
#ifndef GATEWAYD_NET_SMTP_H
#define GATEWAYD_NET_SMTP_H

#include "gatewayd/base/units.h"
#include "gatewayd/net/access.h"
#include "gatewayd/net/connect.h"
#include "gatewayd/net/smtp_reply.h"

enum { SMTP_TEXT_MAX = 512, SMTP_ENHANCED_MAX = 16, SMTP_MESSAGE_MAX = 64 * MIB };

struct smtp_result {
	enum smtp_class class;
	enum smtp_scope scope;
	enum smtp_phase phase;		  /* where it ended */
	int code;			  /* of the last reply; 0: none */
	char enhanced[SMTP_ENHANCED_MAX]; /* "5.1.1", or empty */
	char text[SMTP_TEXT_MAX];	  /* the reply or the reason: one line, printable UTF-8 */
	int64_t refused; /* the serial of an access token that the server refused; 0: none */
};

struct smtp_lane;

struct smtp_lane_options {
	struct connect_options connect;
	struct access_box *access; /* instead of connect.secret; NULL: there is none */
	int final_timeout_s;
	/* The first command about the mail goes out; may come again for the same mail.  NULL:
	 * nobody is told. */
	void (*begins)(void *ctx);
	/* Asked when all but the end of the message is with the server; may wait.  False: the mail
	 * is given up, the server does not take it.  NULL: always true. */
	bool (*may_end)(void *ctx);
	void *ctx;
};

struct smtp_lane *smtp_lane_new(const struct smtp_lane_options *o);
void smtp_lane_free(struct smtp_lane **l);

/*
 * from may be "" (the null sender).
 * Always fills *ret_result.
 */
void smtp_lane_send(struct smtp_lane *l, const char *from, const char *to, struct span message,
		    struct smtp_result *ret_result);

/* Closes a connection that has been idle for so long that a server may drop it; call now and then.
 */
void smtp_lane_rest(struct smtp_lane *l, int64_t now_ms);

#endif
