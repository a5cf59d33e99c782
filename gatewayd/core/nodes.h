/*
 * The room in which a node renews its lease, takes what nobody has, and gives what is too much.
 *
 * It beats every third of STORE_LEASE_S, and when another node's lease runs out, so that what a
 * dead node had is taken over within its lease.  Mailboxes are spread evenly: each node takes free
 * ones up to its share, and gives those above it one beat after it has stopped taking mails of them
 * in, when none of their mails is under way here.  On a store of one process the room does nothing.
 */
#ifndef GATEWAYD_CORE_NODES_H
#define GATEWAYD_CORE_NODES_H

#include "gatewayd/core/intake.h"
#include "gatewayd/core/parse_pool.h"

struct nodes;

struct nodes *nodes_new(struct bench *b, struct intake *intake, struct parse_pool *pool,
			struct timer *timer);
void nodes_free(struct nodes **n);

/* ERR_TEMP: another process is the node of that name. */
int nodes_join(struct nodes *n, struct err *e);
void nodes_turn(struct nodes *n);
/* Gives up all at once, for the others to take. */
void nodes_leave(struct nodes *n);

/* The name of this node: node of the configuration, or of the host. */
struct span nodes_name(const struct conf *conf, struct arena *a);

#endif
