/*
 * The outbox on its way to the sender (gatewayd/README.md, invariant I3).
 *
 * Rows are claimed and committed before they are sent; more than the sender's concurrency, so that
 * it never waits, and more still while it is quick.  Results and claims of a turn are one commit,
 * with what was decided in it: that is claimed as it is queued, where nothing else waits.
 * The sender hears of each result that is written down, and holds back the ends of mails while
 * TALK_OUT a connection are out without that word: so many may go out twice when the machine dies,
 * and results wait for others no longer than gather.h says.  What was being sent when the sender or
 * core died is queued again with the same Message-ID, but not before every result that can still
 * come has come.
 */
#ifndef GATEWAYD_CORE_DELIVERY_H
#define GATEWAYD_CORE_DELIVERY_H

#include "gatewayd/core/bench.h"
#include "gatewayd/wire/talk.h"

struct delivery;

struct delivery *delivery_new(struct bench *b);
void delivery_free(struct delivery **d);

void delivery_peer_new(struct delivery *d, struct peer *sender);
void delivery_peer_gone(struct delivery *d, struct peer *sender);
int delivery_sent(struct delivery *d, struct peer *from, const struct talk_sent *sent,
		  struct err *e);
/* That row was not begun: it is queued as it was. */
int delivery_back(struct delivery *d, struct peer *from, int64_t row, struct err *e);
/* What is slow: no more rows of it are claimed than it takes. */
void delivery_lanes(struct delivery *d, const struct peer *from, const struct talk_lanes *lanes);
/* There may be rows to send: look at the next turn. */
void delivery_wake(struct delivery *d);
/* What is held (store_defer()) may have rows to send: they are claimed by its commit, at this turn.
 */
void delivery_join(struct delivery *d);
/* So many mails may be claimed at once as they are queued before that (store_outbox_claim_added()):
 * the sender takes them, and nothing else waits. */
size_t delivery_room(const struct delivery *d);
void delivery_turn(struct delivery *d);
/* The sender has rows whose results are to come. */
bool delivery_busy(const struct delivery *d);

#endif
