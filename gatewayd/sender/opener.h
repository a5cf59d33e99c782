/*
 * A thread that opens the connection of a lane, which waits: one at a time, when it is told to.
 */
#ifndef GATEWAYD_SENDER_OPENER_H
#define GATEWAYD_SENDER_OPENER_H

#include "gatewayd/base/handoff.h"
#include "gatewayd/net/smtp.h"

struct opener { /* the caller's, in place */
	struct handoff_item link;
	struct handoff *opened;
	struct smtp_lane *lane;
	struct access_box *access; /* NULL: no access token is needed */
	const atomic_bool *hurry;  /* wait no longer for one */
	bool busy;		   /* between the order and the caller's opener_took() */

	pthread_t id;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool ordered, stop; /* locked, as the next one */
	int64_t with;	    /* another access token than that; 0: any */
};

void opener_init(struct opener *o, struct smtp_lane *lane, struct access_box *access,
		 const atomic_bool *hurry, struct handoff *opened);
void opener_release(struct opener *o); /* it was not started, or was joined */
int opener_start(struct opener *o, struct err *e);

/* The lane is the thread's from now on, until the opener comes out of `opened`. */
void opener_order(struct opener *o, int64_t with);
static inline void opener_took(struct opener *o)
{
	o->busy = false;
}

void opener_stop(struct opener *o);
bool opener_join(struct opener *o, const struct timespec *until); /* false: not in time */

#endif
