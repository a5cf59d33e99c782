/*
 * Which rows of the outbox a turn claims (core/delivery.h), and for whom.
 */
#ifndef GATEWAYD_CORE_CLAIMING_H
#define GATEWAYD_CORE_CLAIMING_H

#include "gatewayd/core/bench.h"
#include "gatewayd/core/holders.h"

struct claiming {
	struct bench *bench;
	struct holder *sender; /* who gets rows, the newest; NULL: none */
	struct holder *spare;  /* to operators_smtp: who gets their mails while smtp is bad */
	size_t ahead;	       /* so many rows the sender may have now */
	bool recover; /* rows may be marked as being sent that no sender has: nothing is claimed */
	bool is_dry;  /* the last claim left nothing that was due */
};

/* Claimed for a holder. */
struct claimed {
	struct holder *by;
	struct store_outbox *v;
	size_t n;
};
enum { CLAIMS = 3 }; /* the spare's; the sender's, and those of what is slow */

bool claiming_may(const struct claiming *c);
/* NULL: the mails to operators go the way of all. */
struct holder *claiming_spare(const struct claiming *c);
/* So many results of the sender came since the last claim. */
void claiming_adapt(struct claiming *c, size_t sent);
/* In a transaction.  The spare's first: what it leaves goes the way of all. */
int claiming_claim(struct claiming *c, struct desk *desk, struct claimed ret_v[CLAIMS],
		   struct err *e);
/* delivery_room() */
size_t claiming_room(const struct claiming *c);
/* What was claimed as it was added, when that is committed.  is_lost: whom that was for is gone, or
 * another one came: it is queued again. */
void claiming_take_added(const struct claiming *c, struct desk *desk, bool is_lost,
			 struct claimed v[CLAIMS]);

#endif
