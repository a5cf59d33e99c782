/*
 * How long results of the sender wait for others, so that they are one commit, and how many are
 * that.
 *
 * Its connections work in step, as each waits for its result to be written down (sender/pool.h).
 * What may come soon is waited for, a part of the time that replies take, so that those that came
 * apart come together from then on: at a server that is quick for those of all connections, as it
 * is the store that is waited for; where it takes its time for those of half of them, so that these
 * have the server's time while the other half has the store's.  In place.
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
/* So many results are one commit. */
size_t gather_most(const struct bench *b);
/* For how many milliseconds the n that came wait; 0: for no others. */
int64_t gather_left_ms(const struct gather *g, const struct bench *b, size_t n);

#endif
