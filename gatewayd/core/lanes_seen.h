/*
 * What the sender told of its lanes (gatewayd/sender/lanes.h): how many connections it uses, and
 * which domains are slow, with the rows that it takes for each of them.
 *
 * In place: zeroed is empty.
 */
#ifndef GATEWAYD_CORE_LANES_SEEN_H
#define GATEWAYD_CORE_LANES_SEEN_H

#include "gatewayd/base/json.h"
#include "gatewayd/case/desk.h"
#include "gatewayd/wire/talk.h"

struct lanes_seen {
	uint32_t open, most;
	int64_t ms;
	struct slow_seen {
		char *domain;
		int64_t ms;
		uint32_t told, room; /* room: less what was claimed since it was told */
		int64_t dry_ms;	     /* when nothing was found for it beside a backlog; 0: never */
	} slow[TALK_SLOW_MAX];
	size_t n;
	uint32_t slow_told, slow_room; /* of all of them together */
	size_t next;		       /* which is looked for first: the one behind the last */
	/* What is due before that was passed over, as it is slow; all is looked at now and then. */
	struct {
		int64_t at, id, since_ms;
	} passed;
};

void lanes_seen_take(struct lanes_seen *l, const struct talk_lanes *t);
void lanes_seen_release(struct lanes_seen *l); /* empty, and may be used again */
/* All that are slow, in the arena, each with a blank before and behind it: " a.test b.test "; ""
 * for none. */
struct span lanes_seen_names(const struct lanes_seen *l, struct arena *a);
/*
 * In the transaction that is open: claims rows of what is slow, as many as the sender has room for,
 * in turn, as there may be more domains than have room together.
 * Where others wait, too (backlog), a domain that had none is not looked for again at once.
 */
int lanes_seen_claim(struct lanes_seen *l, struct desk *d, bool backlog, int64_t now_ms,
		     struct store_outbox **ret_v, size_t *ret_n, struct err *e);
/* Of rows that are not slow: from which on they are looked for, so that those that are, which stay
 * where they are, are not passed over once more by each claim. */
void lanes_seen_from(struct lanes_seen *l, int64_t now_ms, struct store_outbox_which *ret_which);
/* A row was given back that may stand before those: all is looked at. */
void lanes_seen_returned(struct lanes_seen *l);
/* The last of so many rows as were asked for; NULL: there were fewer. */
void lanes_seen_passed(struct lanes_seen *l, const struct store_outbox *last);
/* What was claimed since they were told may not have come to the sender. */
void lanes_seen_undo(struct lanes_seen *l);
/* {connections, connections_max, reply_ms, slow: [{domain, reply_ms}]}; null before it told. */
json_t *lanes_seen_view(const struct lanes_seen *l);

#endif
