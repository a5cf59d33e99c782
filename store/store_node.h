/*
 * Part of store.h: the nodes that work on one database, and what each of them has.
 *
 * A node has a lease of STORE_LEASE_S seconds by the database's clock, which it renews.  Whoever
 * finds it run out takes it: the node's fencing number is void from then on.  Each transaction of a
 * node that has joined holds a lock of its number, shared, and then looks whether the number still
 * holds; where it does not, the transaction is refused (ERR_TEMP) and the store is broken
 * (store_broken()): close it.  Who makes a number void has that lock alone, so that nothing of the
 * node is committed afterwards.
 *
 * What a node has are mailboxes, a row each, and '' for all that is no mailbox's.  Only the node
 * itself gives them up while its lease runs.
 *
 * Between store_turn_begin() and store_turn_end() no other node is in its turn: what is read there
 * holds until the end, over several transactions, as if this were the only process.  A file has one
 * process, so there all of this is done at once.
 *
 * Without a turn nodes keep mails of the mailboxes that they have, claim rows of the outbox, and
 * write down that what they claimed was sent.  Everything else is done in a turn.
 *
 * Locks are taken in this order, so that no two nodes wait for each other in a circle:
 *	1. the turn, outside of a transaction;
 *	2. the number of the own node, shared, with the BEGIN;
 *	3. numbers of other nodes, alone, in a turn, before anything is written: of one that is to
 *	   end only when it is free, of all others (store_node_hold_others()) waiting for them;
 *	4. rows of the outbox: claims wait for none (SKIP LOCKED); of those that were sent in
 *	   ascending order; others are changed in turns, one a transaction that has more to do;
 *	5. contents, of which two nodes may add the same bytes: one waits for the other's COMMIT.
 * Only there may a circle close, by two groups of mails that have the same two runs of bytes in
 * different orders.  The server ends one of them (ERR_TEMP), and its mails are kept one by one: who
 * has one content waits for no other.
 */
#ifndef STORE_STORE_NODE_H
#define STORE_STORE_NODE_H

#include "store/store_open.h"

enum {
	STORE_LEASE_S = 15,
	STORE_NODE_NAME_MAX = 64, /* bytes */
	STORE_TURN_WAIT_MS = 50,
};

/* Whether it is a database that several nodes may have open. */
bool store_is_shared(const struct store *s);

/* Waits for the others' turns, STORE_TURN_WAIT_MS at most: then ERR_TEMP, and nothing has begun, as
 * when the store is broken. */
int store_turn_begin(struct store *s, struct err *e);
/* -1: the database did not say that it has ended; the store is broken, and its session ends it. */
int store_turn_end(struct store *s, struct err *e);

struct store_node {
	struct span name;
	int64_t fence;			     /* below 0: it has ended, or its lease was taken */
	int64_t began_at, seen_at, until_at; /* of the database's clock */
	bool is_drained;
};

/* "" is who has no mailbox. */
struct store_lease {
	struct span mailbox, node; /* node "": nobody has it */
	int64_t since_at;
};

int store_node_clock(struct store *s, int64_t *ret_now, struct err *e);
/* In a turn.  The name stays until store_close().  ERR_TEMP: another session has it. */
int store_node_join(struct store *s, struct span name, struct err *e);
/* Of the node that has joined; "".  Lives as long as the store. */
struct span store_node_name(const struct store *s);
/* Of the node that has joined.  ERR_TEMP: its lease was taken, and the store is broken. */
int store_node_renew(struct store *s, struct err *e);
/* Gives up all that it has; in a turn. */
int store_node_leave(struct store *s, struct err *e);
/* In a transaction: what the node has is nobody's, and what it was sending is queued again.
 * *ret_done false: one of its transactions is under way, and nothing was done; try again. */
int store_node_end(struct store *s, struct span name, int64_t now, bool *ret_done, size_t *ret_rows,
		   struct err *e);
/* First in a transaction, in a turn: no other node writes before its end. */
int store_node_hold_others(struct store *s, struct err *e);
/* The same, and all others begin again, and read what this one has changed. */
int store_node_restart_others(struct store *s, struct err *e);
int store_node_drain(struct store *s, struct span name, bool drain, struct err *e);
int store_node_list(struct store *s, struct arena *a, struct store_node **ret_v, size_t *ret_n,
		    struct err *e);

int store_lease_list(struct store *s, struct arena *a, struct store_lease **ret_v, size_t *ret_n,
		     struct err *e);
/* A mailbox that nobody knew; no effect where somebody did. */
int store_lease_add(struct store *s, struct span mailbox, int64_t now, struct err *e);
/* The node that is sending that row of the outbox, which no other changes before the end of the
 * transaction; "": none is. */
int store_node_of_row(struct store *s, int64_t row, struct arena *a, struct span *ret_node,
		      struct err *e);

/* By and of the node that has joined.  *ret_done: it was free. */
int store_lease_take(struct store *s, struct span mailbox, int64_t now, bool *ret_done,
		     struct err *e);
int store_lease_give(struct store *s, struct span mailbox, int64_t now, struct err *e);
/* A free one is forgotten. */
int store_lease_drop(struct store *s, struct span mailbox, struct err *e);

/* That a node has a mailbox in its configuration, whether it works or not. */
struct store_node_mailbox {
	struct span node, mailbox;
};
int store_node_mailbox_list(struct store *s, struct arena *a, struct store_node_mailbox **ret_v,
			    size_t *ret_n, struct err *e);
int store_node_mailbox_set(struct store *s, const struct store_node_mailbox *m, bool has,
			   struct err *e);

#endif
