/*
 * What an endpoint answered (RFC 6749 sections 5.1 and 5.2, RFC 8628 section 3.2): believed in
 * nothing that it does not have to be.
 *
 * A token is printable ASCII of bounded length, a number is one, what is not JSON is an error that
 * says so.  The server's words come scrubbed and cut.
 */
#ifndef GATEWAYD_GRANT_ANSWER_H
#define GATEWAYD_GRANT_ANSWER_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/json.h"
#include "gatewayd/net/https.h"

enum {
	ANSWER_ACCESS_MAX = 16 * KIB, /* characters */
	ANSWER_REFRESH_MAX = 8 * KIB,
	ANSWER_CODE_MAX = 64,	   /* of an error */
	ANSWER_LIFE_MAX_S = 86400, /* a longer life of an access token is taken for this */
	ANSWER_LIFE_S = 600,	   /* of one that comes without */
	ANSWER_REFRESH_LIFE_MAX_S = 10 * 365 * 86400, /* and of a refresh token for this */
};

struct answer_tokens {
	struct span access;	/* in the answer's JSON: copy it */
	int64_t access_life_s;	/* 1 or more */
	struct span refresh;	/* p == NULL: the one before stays */
	int64_t refresh_life_s; /* 0: not said */
	json_t *json;		/* json_decref() it; its texts are wiped by answer_wipe() */
};

struct answer_device {
	char *device_code; /* secret, as all below in the arena */
	const char *user_code, *address;
	int64_t life_s, interval_s;
};

/*
 * -1: e is ERR_PERM where asking again is of no use until somebody did something (invalid_grant),
 * ERR_TEMP where it is; ret_code is the error's code, "" when it has none.
 */
int answer_tokens(const struct https_answer *a, struct answer_tokens *ret_tokens,
		  char ret_code[ANSWER_CODE_MAX], struct err *e);
void answer_wipe(struct answer_tokens *t);
int answer_device(const struct https_answer *a, struct arena *arena,
		  struct answer_device *ret_device, struct err *e);

#endif
