/*
 * Which queue a mail is for: the one whose address it was written to
 * (gatewayd/identity/our_address.h).  The first in To counts, then Cc, then the alias of the
 * mailbox that it was delivered to; when none is ours, the queue of the mailbox.
 */
#ifndef GATEWAYD_MAIL_OUR_QUEUE_H
#define GATEWAYD_MAIL_OUR_QUEUE_H

#include "gatewayd/case/desk.h"
#include "gatewayd/identity/header_scan.h"
#include "parser/facts.h"

enum { OUR_QUEUES_MAX = 16 };

struct our_queues {
	const struct conf_queue *v[OUR_QUEUES_MAX]; /* each once; the first is the case's */
	size_t n;				    /* at least 1 */
};

void our_queues_find(const struct desk *d, const struct conf_mailbox *mailbox,
		     const struct facts *facts, const struct header_scan *scan,
		     struct our_queues *ret_queues);

/* The first address of that queue in To and Cc, as it is configured; "": none. */
struct span our_address_written(const struct conf *conf, const struct facts *facts,
				const struct conf_queue *queue);

#endif
