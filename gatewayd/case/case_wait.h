/*
 * Cases that wait: for whom, and until when.
 *
 * A case waits for its customer, unless staff say that it waits for others.  Where its queue says
 * so (remind_after, close_after) the customer is reminded, and a case that nobody answers is closed
 * (gatewayd/timer/waits.h); both count from when it began to wait, by what the queue said then.
 */
#ifndef GATEWAYD_CASE_CASE_WAIT_H
#define GATEWAYD_CASE_CASE_WAIT_H

#include "gatewayd/case/desk.h"

/* The state changed: it waits from now on, or no more. */
int case_wait_follow(struct desk *d, const struct store_case *c, struct err *e);
/* The case, which waits, waits for them. */
int case_wait_for(struct desk *d, const struct store_case *c, enum party party, struct err *e);
/* "others: the supplier", "for others": cut off from what is said of a wait. */
enum party case_wait_party(struct span *said);
/* When it is closed; INSTANT_NONE: never. */
int64_t case_wait_end(const struct desk *d, const struct store_case *c,
		      const struct store_waiting *w);
/* How a state is told: "waiting for your answer".  customer: to one. */
struct span case_wait_word(struct desk *d, const struct words *w, const struct store_case *c,
			   bool customer);

#endif
