/*
 * The way of a kept mail through a parse child to its decision.
 *
 * Attempts are counted and committed before a mail goes to a child; a mail whose child died or hung
 * limits.parse_attempts times is quarantined, the others go on.  What was parsed in one turn is
 * decided in one transaction; when that fails each is tried in one of its own, and the one that
 * cannot be done is quarantined.
 */
#ifndef GATEWAYD_CORE_PARSE_POOL_H
#define GATEWAYD_CORE_PARSE_POOL_H

#include "gatewayd/core/bench.h"
#include "gatewayd/core/timer.h"
#include "gatewayd/wire/parse_talk.h"

struct parse_pool;

struct parse_pool *parse_pool_new(struct bench *b, struct timer *timer);
void parse_pool_free(struct parse_pool **p);

/* There may be kept mails: look. */
void parse_pool_wake(struct parse_pool *p);
void parse_pool_peer_new(struct parse_pool *p, struct peer *child);
void parse_pool_peer_gone(struct parse_pool *p, struct peer *child);
int parse_pool_answer(struct parse_pool *p, struct peer *child,
		      const struct parse_talk_answer *answer, struct err *e);
/* Decides what was parsed, hands out more. */
void parse_pool_turn(struct parse_pool *p);
/* Mails under way. */
size_t parse_pool_busy(const struct parse_pool *p);

#endif
