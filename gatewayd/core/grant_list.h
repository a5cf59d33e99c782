/*
 * The grants of access tokens as tokens said last how they stand, for `gatewayctl status` and
 * `gatewayctl login`.  No token is among it.
 *
 * In place: zeroed is empty.  One that left the configuration stays until core ends.
 */
#ifndef GATEWAYD_CORE_GRANT_LIST_H
#define GATEWAYD_CORE_GRANT_LIST_H

#include "gatewayd/core/bench.h"
#include "gatewayd/wire/grant_talk.h"

struct grant_seen {
	char *name, *text, *claims;
	bool good;
	int64_t at;	/* of the text */
	int64_t bad_at; /* since when it is not good; 0: it is */
	uint32_t failures;
	int64_t access_until, refresh_until;
	enum grant_login login;
	uint32_t number; /* of the log-in */
	char *login_at, *code, *login_text;
};

struct grant_list {
	struct grant_seen *v;
	size_t n;
	struct peer *tokens; /* NULL: it does not run */
	uint32_t logins;
};

void grant_list_release(struct grant_list *g);
const struct grant_seen *grant_list_find(const struct grant_list *g,
					 const char *name); /* or NULL */
void grant_list_state(struct grant_list *g, const struct grant_talk_state *s, int64_t now);
void grant_list_came(struct grant_list *g, struct peer *tokens);
void grant_list_gone(struct grant_list *g, int64_t now);
/* Has tokens begin a log-in, whose number is given. */
int grant_list_login(struct grant_list *g, const char *name, uint32_t *ret_number, struct err *e);

#endif
