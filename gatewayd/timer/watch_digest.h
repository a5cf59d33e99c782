/*
 * What the timer found, gathered by recipient: one mail each and turn, not one a case.
 *
 * A warning goes to the owner, else the queue; a breach and its reminders also to the queue's
 * escalation addresses of that level and below.  What is about a case that a mail made or changed
 * which was read again after a loss is a mail of its own, and held (store/store_again.h).
 */
#ifndef GATEWAYD_TIMER_WATCH_DIGEST_H
#define GATEWAYD_TIMER_WATCH_DIGEST_H

#include "gatewayd/case/sla.h"
#include "gatewayd/post/post.h"

struct watch_digest_page;

struct watch_digest { /* zeroed to begin; lives in the desk's arena */
	struct watch_digest_page *first;
};

int watch_digest_add(struct watch_digest *g, struct desk *d, int64_t number,
		     const struct sla_alarm *alarm, const struct sla_clock *clock, bool late,
		     struct err *e);
int watch_digest_post(const struct watch_digest *g, struct desk *d, struct err *e);

#endif
