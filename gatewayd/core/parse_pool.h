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

#include "gatewayd/core/core.h"

struct pool;

struct pool *pool_new(struct core *c);
void pool_free(struct pool **p);

/* There may be kept mails: look. */
void pool_wake(struct pool *p);
void pool_peer_new(struct pool *p, struct peer *child);
void pool_peer_gone(struct pool *p, struct peer *child);
/* MSG_PARSED */
int pool_parsed(struct pool *p, struct peer *child, struct wire_in *in, struct err *e);
/* Decides what was parsed, hands out more. */
void pool_turn(struct pool *p);
/* Mails under way. */
size_t pool_busy(const struct pool *p);

#endif
