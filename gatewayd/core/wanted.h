/*
 * Which mailboxes the nodes of a store have configured, so that one that only nodes have that do
 * not work is told from one that none has any more.
 */
#ifndef GATEWAYD_CORE_WANTED_H
#define GATEWAYD_CORE_WANTED_H

#include "conf/conf.h"
#include "store/store_node.h"

struct wanted {
	struct store_node_mailbox *v;
	size_t n;
};

/* In a transaction: what this node has configured is known to the others; and what all have. */
int wanted_say(struct store *s, const struct conf *conf, struct span me, struct arena *a,
	       struct wanted *ret_wanted, struct err *e);
/* Without nodes that ended long ago and did not come back. */
void wanted_living(struct wanted *w, const struct store_node *nodes, size_t node_count,
		   int64_t now);
bool wanted_has(const struct wanted *w, struct span mailbox); /* by any of them */
bool wanted_by(const struct wanted *w, struct span node, struct span mailbox);

#endif
