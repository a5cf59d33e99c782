/*
 * A conversation with an SMTP server (RFC 5321): opened by libcurl (connect.h), then led here, a
 * mail to one recipient at a time.
 *
 * MAIL, RCPT and DATA go out together where the server offers PIPELINING (RFC 2920), else each
 * waits for the reply to the one before it.  Each reply has its own deadline: command_timeout_s,
 * that to the end of a mail final_timeout_s until it begins, then command_timeout_s.
 *
 * What it has come to can be read at any time: phase, code and text of the last reply in it.
 */
#ifndef GATEWAYD_NET_SMTP_TALK_H
#define GATEWAYD_NET_SMTP_TALK_H

#include "gatewayd/base/buf.h"
#include "gatewayd/net/connect.h"
#include "gatewayd/net/smtp_features.h"
#include "gatewayd/net/smtp_reply.h"

struct smtp_talk {
	const struct conf_server *server;
	const atomic_bool *stop;
	int final_timeout_s;
	struct connect *connect; /* NULL: there is none */
	struct smtp_features offers;
	enum smtp_phase phase;
	int code;	 /* of the last reply in this phase; 0: none */
	struct buf text; /* its lines, joined by blanks */

	int64_t deadline_ms;
	bool late;
	bool in_mail;  /* what is said now may be taken for a part of a mail */
	struct buf in; /* what came and was not read */
};

/* An address is as address_strict.h wants it, or "" for the null sender; body: CRLF lines. */
struct smtp_mail {
	struct span from, to, body;
	bool utf8; /* an address needs SMTPUTF8, and the server offers it */
	/* Asked when all but the end is with the server, or all goes in one piece; may wait.
	 * False: the server does not take it. */
	bool (*may_end)(void *ctx);
	void *ctx;
};

void smtp_talk_init(struct smtp_talk *t, const struct connect_options *o, int final_timeout_s,
		    size_t text_max);
void smtp_talk_release(struct smtp_talk *t);

/* Connected, TLS up, logged in; o->watch is set here. */
int smtp_talk_open(struct smtp_talk *t, const struct connect_options *o, struct err *e);
/* 0: taken, and the next mail may follow; else the conversation must be closed, and where the
 * server did not refuse e tells why. */
int smtp_talk_mail(struct smtp_talk *t, const struct smtp_mail *m, struct err *e);
/* Between two mails: nothing came that was not asked for, and the server has not gone. */
bool smtp_talk_is_quiet(struct smtp_talk *t);
/* Says QUIT, where it cannot be taken for anything else, and does not wait for the answer. */
void smtp_talk_close(struct smtp_talk *t);

#endif
