/*
 * A conversation with an SMTP server (RFC 5321): opened by libcurl (connect.h), then led here, a
 * mail to one recipient at a time, without waiting: each call says what has to happen before the
 * next.
 *
 * MAIL, RCPT and DATA go out together where the server offers PIPELINING (RFC 2920), or with the
 * end of the mail before, else each follows the reply to the one before it.  Each reply has its own
 * deadline: command_timeout_s, that to the end of a mail final_timeout_s until it begins, then
 * command_timeout_s.  A reply has at most 64 KiB.
 *
 * What it has come to can be read at any time: phase, code and text of the last reply in it.
 */
#ifndef GATEWAYD_NET_SMTP_TALK_H
#define GATEWAYD_NET_SMTP_TALK_H

#include "gatewayd/base/buf.h"
#include "gatewayd/net/connect.h"
#include "gatewayd/net/smtp_features.h"
#include "gatewayd/net/smtp_reply.h"

enum smtp_wants {
	SMTP_WANTS_READ,  /* the socket to be readable, or the deadline to pass: go on */
	SMTP_WANTS_WRITE, /* readable or writable, or the deadline to pass: go on */
	SMTP_WANTS_LEAVE, /* all but the end is with the server, or all goes in one piece: leave, or
			   * go on when it is readable */
	SMTP_WANTS_NEXT,  /* the mail was taken */
	SMTP_WANTS_CLOSE, /* it was not: the conversation must be closed */
	SMTP_WANTS_OPEN,  /* a connection (smtp.h) */
};

/* An address is as address_strict.h wants it, or "" for the null sender; body: CRLF lines.  They
 * are the caller's, and stay until the mail has ended. */
struct smtp_mail {
	struct span from, to, body;
	bool utf8;    /* an address needs SMTPUTF8 */
	bool dotless; /* no line of the body begins with a dot */
};

enum smtp_talk_at { SMTP_TALK_ENVELOPE, SMTP_TALK_BODY, SMTP_TALK_END, SMTP_TALK_DOT };

struct smtp_talk {
	const struct conf_server *server;
	int final_timeout_s;
	struct connect *connect; /* NULL: there is none */
	struct smtp_features offers;
	enum smtp_phase phase;
	int code;	 /* of the last reply in this phase; 0: none */
	struct buf text; /* its lines, joined by blanks */
	int64_t deadline_ms;
	size_t came; /* bytes in this phase */

	bool late;    /* or too long */
	bool in_mail; /* what is said now may be taken for a part of a mail */
	bool hidden;  /* more may have come than the socket shows */
	bool begun;   /* the reply under way */
	struct buf in, out;
	size_t sent; /* of out */

	struct smtp_mail mail;
	enum smtp_talk_at at;
	size_t said, heard; /* commands */
	bool line_begins;   /* at what is left of its body */
	size_t dot_ends;    /* bytes of out, behind which the next mail's commands stand */
	bool ahead;	    /* these are said */
	bool cut;	    /* within one of them: nothing more may be said */
};

void smtp_talk_init(struct smtp_talk *t, const struct connect_options *o, int final_timeout_s,
		    size_t text_max);
void smtp_talk_release(struct smtp_talk *t);

/* Connected, TLS up, logged in; waits.  o->watch is set here. */
int smtp_talk_open(struct smtp_talk *t, const struct connect_options *o, struct err *e);
/* Where the server did not refuse, e tells why it wants to be closed. */
enum smtp_wants smtp_talk_mail(struct smtp_talk *t, const struct smtp_mail *m, struct err *e);
enum smtp_wants smtp_talk_go_on(struct smtp_talk *t, struct err *e);
/* The end goes out; with it the commands of the mail that is to be next, if that is not NULL and
 * the server offers PIPELINING: where `ahead` is true then, only that one may be. */
enum smtp_wants smtp_talk_leave(struct smtp_talk *t, const struct smtp_mail *next, struct err *e);
/* Between two mails: nothing came that was not asked for, and the server has not gone. */
bool smtp_talk_is_quiet(struct smtp_talk *t);
/* Says QUIT, where it cannot be taken for anything else, and does not wait for the answer. */
void smtp_talk_close(struct smtp_talk *t);

#endif
