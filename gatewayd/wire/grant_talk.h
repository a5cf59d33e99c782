/*
 * What is said of access tokens, message by message (messages.h).
 *
 * They go from tokens over the parent to those who log in with them, and never through core, which
 * hears only how each grant stands.  A grant is a row of conf.oauth; its name is the row's.
 *
 * put: fills and sends.  get: reads and checks the whole frame; texts point into it and are valid
 * until the next wire_read(), but for an access token, which is gone after wire_done(): it is put
 * into the buffer.
 */
#ifndef GATEWAYD_WIRE_GRANT_TALK_H
#define GATEWAYD_WIRE_GRANT_TALK_H

#include "gatewayd/wire/messages.h"

enum { GRANT_ACCESS_MAX = 16 * KIB, GRANT_CLAIMS_MAX = 8 * KIB };

/* MSG_TOKENS_ACCESS, MSG_POLLER_ACCESS, MSG_SENDER_ACCESS: a fresh access token. */
struct grant_talk_access {
	struct span name;
	int64_t serial; /* of the token, rising */
	struct span token;
};
int grant_talk_access_put(struct wire *w, enum message type, const struct grant_talk_access *a,
			  struct err *e);
/* name is in the frame, token in *ret_token, which the caller wipes. */
int grant_talk_access_get(struct wire_in *in, struct grant_talk_access *ret_access,
			  struct buf *ret_token, struct err *e);

/* MSG_POLLER_REFUSED, MSG_SENDER_REFUSED, MSG_TOKENS_RENEW: a server refused that token. */
struct grant_talk_refused {
	struct span name;
	int64_t serial;
};
int grant_talk_refused_put(struct wire *w, enum message type, const struct grant_talk_refused *r,
			   struct err *e);
int grant_talk_refused_get(struct wire_in *in, struct grant_talk_refused *ret_refused,
			   struct err *e);

/* MSG_LOGIN: a person wants to log in (RFC 8628). */
struct grant_talk_login {
	struct span name;
	uint32_t number; /* of the log-in, for its states to come */
};
int grant_talk_login_put(struct wire *w, const struct grant_talk_login *l, struct err *e);
int grant_talk_login_get(struct wire_in *in, struct grant_talk_login *ret_login, struct err *e);

/* MSG_GRANT: how it stands; sent when that changes. */
enum grant_login {
	GRANT_NO_LOGIN,
	GRANT_LOGIN_ASKED,   /* for address and code */
	GRANT_LOGIN_WAITING, /* for the person */
	GRANT_LOGIN_DONE,
	GRANT_LOGIN_FAILED,
	GRANT_LOGIN_COUNT,
};
/* Before the end of a refresh token: a person has to log in once more. */
enum { GRANT_NEAR_END_S = 7 * 86400 };

struct grant_talk_state {
	struct span name;
	bool good;		/* there is an access token, and nothing is wrong */
	struct span text;	/* what it does, or what is wrong in the server's words */
	int64_t access_until;	/* INSTANT_NONE: there is none */
	int64_t refresh_until;	/* INSTANT_NONE: not known, or none */
	uint32_t failures;	/* requests that brought no token, since tokens began */
	struct span claims;	/* of the access token, JSON, without its signature; "": opaque */
	enum grant_login login; /* of the log-in with that number */
	uint32_t number;	/* 0: there was none */
	struct span login_at, code; /* address to open and code to type; "": none */
	struct span login_text;	    /* why it failed */
};
int grant_talk_state_put(struct wire *w, const struct grant_talk_state *s, struct err *e);
int grant_talk_state_get(struct wire_in *in, struct grant_talk_state *ret_state, struct err *e);

#endif
