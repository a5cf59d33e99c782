/*
 * The mailboxes that a poller may speak of: those of its server, as the configuration has them when
 * it comes.
 *
 * A poller reads what its server says, and may be taken over by it: that server's mailboxes are
 * then its own to lie about, and no others.
 */
#ifndef GATEWAYD_CORE_SERVED_H
#define GATEWAYD_CORE_SERVED_H

#include "conf/conf.h"
#include "gatewayd/base/err.h"

struct served {	      /* in place: zeroed is none */
	char **names; /* rising */
	size_t n;
	bool any; /* whatever it says */
};

/* server as in parent_talk_peer; empty: any. */
void served_init(struct served *s, const struct conf *conf, struct span server);
void served_release(struct served *s);
/* ERR_PERM: it is another's, or nobody's. */
int served_check(const struct served *s, struct span mailbox, struct err *e);

#endif
