/*
 * What this node has of the work on a store that several nodes share: its mailboxes, and the lead,
 * which is all that is no mailbox's: timers, webhooks, what operators are told, mails that came by
 * no mailbox.
 *
 * In place: zeroed is the store of one process, which has everything.
 */
#ifndef GATEWAYD_CORE_HOLDING_H
#define GATEWAYD_CORE_HOLDING_H

#include "conf/conf.h"
#include "store/store_node.h"

struct held {
	char *mailbox;
	bool is_given; /* to another node, as soon as what was begun of it is done */
	bool is_extra; /* above this node's share, because no other took it */
};

/* A mailbox as the last look found it. */
struct placed {
	char *mailbox, *node; /* node "": nobody has it */
	int64_t since_at;     /* by this machine's clock */
};

struct holding {
	bool is_shared;
	bool is_drained; /* it gives all, and claims nothing */
	bool leads;
	bool has_others;   /* that are alive */
	size_t living;	   /* nodes that took mailboxes at the last look */
	int64_t living_at; /* since when they are so many, by the database's clock */
	struct held *v;
	size_t n, cap;
	struct placed *placed;
	size_t placed_count, placed_cap;
};

void holding_release(struct holding *h);

/* Does what is no mailbox's. */
bool holding_leads(const struct holding *h);
/* Claims mails to send. */
bool holding_works(const struct holding *h);
/* Takes mails of that mailbox in. */
bool holding_has(const struct holding *h, struct span mailbox);
/* Begins to decide mails of that mailbox, which the store says are this node's. */
bool holding_decides(const struct holding *h, struct span mailbox);
/* NULL: not held. */
struct held *holding_find(const struct holding *h, struct span mailbox);
void holding_add(struct holding *h, struct span mailbox);
/* Where all mailboxes are; ahead_s: the database's clock less this machine's. */
void holding_place(struct holding *h, const struct store_lease *v, size_t n, int64_t ahead_s);
/* NULL: this node has it, or it is not known. */
const struct placed *holding_elsewhere(const struct holding *h, struct span mailbox);
/* Of one that no node has: what to say of it. */
const char *placed_text(const struct placed *p, const struct conf *conf);
/* Away with those that the leases say are not the node's. */
void holding_keep(struct holding *h, struct span node, const struct store_lease *v, size_t n);

#endif
