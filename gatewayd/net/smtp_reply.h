/*
 * What became of an outgoing mail, from where the conversation ended and what the server said.
 *
 * The rules are rows of one table (smtp_reply.c).  Their ground: a reply tells of the mail only
 * from MAIL FROM on; before that it tells of the server or of our settings, and all mails wait.
 * After the final dot without a reply nobody knows.  RFC 5321 sections 4.2.1 and 4.5.4.1, RFC 3463.
 */
#ifndef GATEWAYD_NET_SMTP_REPLY_H
#define GATEWAYD_NET_SMTP_REPLY_H

#include "gatewayd/base/str.h"

enum smtp_phase {
	SMTP_CONNECT,  /* name, TCP, TLS */
	SMTP_GREETING, /* waiting for 220 */
	SMTP_HELLO,    /* EHLO, also the one after STARTTLS */
	SMTP_STARTTLS,
	SMTP_AUTH,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA, /* DATA sent, or the body on its way: the dot is not */
	SMTP_DOT,  /* the dot may have arrived */
};

enum smtp_class { SMTP_SENT, SMTP_RETRY, SMTP_FAILED, SMTP_UNKNOWN };

enum smtp_scope {
	SMTP_SCOPE_MAIL,   /* this mail only */
	SMTP_SCOPE_SERVER, /* the server or our settings: every mail would end like this */
};

struct smtp_enhanced { /* RFC 3463; class 0: none */
	int class, subject, detail;
};

struct smtp_outcome {
	enum smtp_class class;
	enum smtp_scope scope;
};

/* code is the three digits of the last reply in that phase, 0 when none came. */
struct smtp_outcome smtp_reply_classify(enum smtp_phase phase, int code);
/* The same, with what a provider says of a limit of the account (busy.h): no mail fails for it. */
struct smtp_outcome smtp_reply_judge(enum smtp_phase phase, int code, struct span text);

/* "5.1.1 User unknown" → 5.1.1; the class must agree with code. */
struct smtp_enhanced smtp_reply_enhanced(int code, struct span text);

/* The code of a reply line and whether it is the last of its reply; false when it is none. */
bool smtp_reply_line(struct span line, int *ret_code, bool *ret_last, struct span *ret_text);

const char *smtp_class_name(enum smtp_class class);
const char *smtp_phase_name(enum smtp_phase phase);

#endif
