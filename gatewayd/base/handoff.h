/*
 * A queue between threads whose descriptor can be waited for with others.
 *
 * Items are linked in: the giver hands one over with all that belongs to it, the taker owns it.  fd
 * is readable as long as something is there.
 */
#ifndef GATEWAYD_BASE_HANDOFF_H
#define GATEWAYD_BASE_HANDOFF_H

#include <pthread.h>

#include "gatewayd/base/err.h"

struct handoff_item {
	struct handoff_item *next;
};

struct handoff {
	pthread_mutex_t lock;
	struct handoff_item *head, *tail;
	int fd;
};

int handoff_init(struct handoff *h, struct err *e);
void handoff_release(struct handoff *h); /* must be empty */
void handoff_give(struct handoff *h, struct handoff_item *item);
/* Linked by `next`; the taker is woken once. */
void handoff_give_all(struct handoff *h, struct handoff_item *first, struct handoff_item *last);
struct handoff_item *handoff_take(struct handoff *h); /* NULL: nothing there */
/* Waits until something is there or timeout_ms passed; -1 waits for ever. */
void handoff_wait(struct handoff *h, int timeout_ms);

#endif
