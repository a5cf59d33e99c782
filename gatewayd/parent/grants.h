/*
 * The access tokens on their way from tokens to those who log in with them: the latest of each
 * grant is kept, for who is started later.
 *
 * In place: zeroed is empty.
 */
#ifndef GATEWAYD_PARENT_GRANTS_H
#define GATEWAYD_PARENT_GRANTS_H

#include "conf/conf.h"
#include "gatewayd/parent/child.h"
#include "gatewayd/wire/grant_talk.h"

struct grants {
	struct grants_held *v;
	size_t n;
};

void grants_release(struct grants *g); /* also empties it */
/* Reads MSG_TOKENS_ACCESS; *ret_name is valid until the next, and "" when conf has no such row. */
int grants_take(struct grants *g, const struct conf *conf, struct wire_in *in,
		struct span *ret_name, struct err *e);
/* Sends the child what it logs in with: that grant, or (p == NULL) all; true: something was sent.
 */
bool grants_hand(const struct grants *g, const struct conf *conf, struct child *c,
		 struct span name);

/* Hands on to tokens what a server refused (MSG_POLLER_REFUSED, MSG_SENDER_REFUSED); *ret_told: the
 * child that was sent it, NULL: none. */
int grants_refused(struct child *workers, size_t n, struct wire_in *in, struct child **ret_told,
		   struct err *e);

#endif
