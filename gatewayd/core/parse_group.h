/*
 * Which parsed mails are decided together, and when.
 *
 * A mail alone is decided at once; one of many waits for the others that are being parsed, until
 * there are 128 or 20 ms are over.  Their commit is the one that the outbox has in
 * the same turn (store_defer()), while that is well; on a store with other nodes they have one of
 * their own, for the turn of this node to end with it.
 */
#ifndef GATEWAYD_CORE_PARSE_GROUP_H
#define GATEWAYD_CORE_PARSE_GROUP_H

#include "gatewayd/core/parse_task.h"

struct parse_group {
	struct bench *bench;
	struct loop_timer gather;
	int64_t since_ms; /* the first of them was parsed */
	bool deferred;	  /* decided, and the commit is to come */
	bool sends;	  /* what was decided at this turn may have mails to send */
	bool
	    lost; /* it did not come: the next has one of its own, which shows whose fault it was */
};
void parse_group_init(struct parse_group *g, struct bench *b);
void parse_group_release(struct parse_group *g);

/* Before one more is parsed. */
void parse_group_more(struct parse_group *g, const struct parse_tasks *v);
/* careful: one mail at a time, each try written down before. */
int parse_group_decide(struct parse_group *g, struct parse_tasks *v, bool careful, bool *ret_any,
		       struct err *e);
/* At the end of the turn, when deferred: commits what nobody did. */
int parse_group_settle(struct parse_group *g, struct parse_tasks *v, struct err *e);

#endif
