/*
 * Sending one message to one recipient over SMTP.
 *
 * A lane is one connection's worth of sending: it keeps its connection for the next message while
 * all goes well and takes a fresh one after any error.  Nothing but smtp_lane_open() waits, for
 * which a loop has threads; smtp_lane_send() is for who has nothing else to do.
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
#include "gatewayd/net/smtp_talk.h"

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
	void (*closes)(void *ctx, int fd); /* before that is closed; NULL: nobody is told */
	void *ctx;
};

struct smtp_lane *smtp_lane_new(const struct smtp_lane_options *o);
void smtp_lane_free(struct smtp_lane **l);

/*
 * One message; from may be "" (the null sender).  All three stay as they are until the mail has
 * ended.  What it wants is returned, and at SMTP_WANTS_NEXT it has ended: *smtp_lane_result() tells
 * how, whether it was taken or not.
 */
enum smtp_wants smtp_lane_begin(struct smtp_lane *l, const char *from, const char *to,
				struct span message);
/* SMTP_WANTS_OPEN: any thread may do it; nobody else touches the lane meanwhile. */
void smtp_lane_open(struct smtp_lane *l);
enum smtp_wants smtp_lane_opened(struct smtp_lane *l);
enum smtp_wants smtp_lane_go_on(struct smtp_lane *l);
enum smtp_wants smtp_lane_leave(struct smtp_lane *l);
/*
 * Right before smtp_lane_leave(): the mail that follows, whose commands go out with the end of the
 * one under way.  False: they cannot.  Else smtp_lane_follow() begins it when the other has ended,
 * or nobody does: a connection to which they were said takes no other mail.  Where the server does
 * not take them they are said once more, on a fresh connection, unless it refuses the recipient.
 */
bool smtp_lane_ahead(struct smtp_lane *l, const char *from, const char *to, struct span message);
enum smtp_wants smtp_lane_follow(struct smtp_lane *l);
/* All of the mail is with the server, or on its way there. */
bool smtp_lane_awaits_end(const struct smtp_lane *l);
/* The mail under way ends here. */
void smtp_lane_break(struct smtp_lane *l);
const struct smtp_result *smtp_lane_result(const struct smtp_lane *l);

int smtp_lane_fd(const struct smtp_lane *l); /* -1: there is no connection */
int64_t smtp_lane_deadline_ms(const struct smtp_lane *l);

/* From the beginning to the end; always fills *ret_result. */
void smtp_lane_send(struct smtp_lane *l, const char *from, const char *to, struct span message,
		    struct smtp_result *ret_result);

void smtp_lane_close(struct smtp_lane *l);
/* Between two mails its socket is readable: where the server said something, or has gone, it is
 * closed. */
void smtp_lane_heard(struct smtp_lane *l);
/* Closes a connection that has been idle for so long that a server may drop it; call now and then.
 */
void smtp_lane_rest(struct smtp_lane *l, int64_t now_ms);

#endif
