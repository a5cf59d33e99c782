/*
 * How long results of the sender wait for others, so that they are one commit.
 *
 * One whose like is not to come soon does not.  Else they wait until they are half of what may be
 * out (TALK_OUT a connection): while these are written down the server has the other half.  And for
 * no longer than 4 ms behind the last and 20 behind the first, or a sixteenth and a quarter of what
 * a reply takes, 20 and 80 ms at most.  While mails are being parsed they wait for the commit that
 * decides those, 20 ms at most, unless the sender waits for them.  In place.
 */
#ifndef GATEWAYD_CORE_GATHER_H
#define GATEWAYD_CORE_GATHER_H

#include "gatewayd/core/bench.h"

struct gather {
	int64_t first_ms, last_ms; /* when the first of them came, and the last */
	uint32_t awaited, held;	   /* as in struct talk_sent */
};

/* first: no other waits. */
void gather_came(struct gather *g, const struct bench *b, bool first);
/* For how many milliseconds the n that came wait; 0: for no others. */
int64_t gather_left_ms(const struct gather *g, const struct bench *b, size_t n);

#endif
