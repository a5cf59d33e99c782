/*
 * The way of a kept mail through a parse child to its decision.
 *
 * A mail at which limits.parse_attempts children provably crashed or used up their limits (crew.h),
 * the last one a fresh child that had it alone, is quarantined; the others go on.  A mail of proven
 * staff goes to a child that has read nobody else's mail.  What was parsed is decided in groups, up
 * to 128 or what 20 ms are enough for in one transaction, which is also that of what is sent
 * (delivery.h); a mail waits for the others that are being parsed, for 20 ms at most.  When that
 * fails each is tried in one of its own, and the one that cannot be done is quarantined.  Trouble
 * with the store, memory or descriptors decides nothing about a mail: all wait and are tried again,
 * with back-off.  After a crash of core mails are decided one by one, each try written down before
 * it, so that one at which core crashes again and again is found.
 */
#ifndef GATEWAYD_CORE_PARSE_POOL_H
#define GATEWAYD_CORE_PARSE_POOL_H

#include "gatewayd/base/memory.h"
#include "gatewayd/core/bench.h"
#include "gatewayd/core/timer.h"
#include "gatewayd/wire/parse_talk.h"

struct parse_pool;

struct parse_pool *parse_pool_new(struct bench *b, struct timer *timer);
void parse_pool_free(struct parse_pool **p);

/* A mail was kept, and this memory, which is the pool's then, is its bytes; numbers ascend. */
void parse_pool_fresh(struct parse_pool *p, int64_t mail, const struct memory *raw);
/* There may be kept mails: look. */
void parse_pool_wake(struct parse_pool *p);
void parse_pool_peer_new(struct parse_pool *p, struct peer *child);
void parse_pool_peer_gone(struct parse_pool *p, struct peer *child);
/* The parent reaped a parse child. */
void parse_pool_ended(struct parse_pool *p, const struct parent_talk_ended *ended);
/* How the core before this one ended. */
void parse_pool_careful(struct parse_pool *p, const struct parent_talk_ended *core);
int parse_pool_answer(struct parse_pool *p, struct peer *child,
		      const struct parse_talk_answer *answer, struct err *e);
/* Hands out more, decides what was parsed; true: there may be mails to send, claimed by who has a
 * commit in this turn, which is theirs, too, where it was deferred (store_defer()). */
bool parse_pool_turn(struct parse_pool *p);
/* After that: what nobody committed is. */
void parse_pool_settle(struct parse_pool *p);
/* As many mails wait here as are decided together, and it gets on with them: one that is kept now
 * would only have to be read back. */
bool parse_pool_full(const struct parse_pool *p);
/* A mail of that mailbox is under way. */
bool parse_pool_has(const struct parse_pool *p, struct span mailbox);
/* Others may have put mails into the store, or given them to this node. */
void parse_pool_look_again(struct parse_pool *p);
/* Mails under way. */
size_t parse_pool_busy(const struct parse_pool *p);

#endif
