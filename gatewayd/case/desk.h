/*
 * What a decision stands on: configuration, store, zones, keys and the time.
 *
 * Core has one for as long as it runs, gatewayctl makes one when no daemon does.  `now` is sampled
 * once a turn; the arena is freed at the end of the turn.
 */
#ifndef GATEWAYD_CASE_DESK_H
#define GATEWAYD_CASE_DESK_H

#include "conf/conf.h"
#include "gatewayd/base/zone.h"
#include "gatewayd/identity/token.h"
#include "store/store.h"

/* What becomes of a mail that is to go out. */
enum desk_sends {
	DESK_SENDS,
	DESK_HOLDS,  /* it may have been sent before: a person lets it go (store/store_again.h) */
	DESK_SILENT, /* kept to be seen, and not sent */
};

/* What was made to be sent, for who wants to read it (gatewayd/mail/simulate.h). */
struct desk_mail {
	int64_t row; /* of the outbox */
	struct span subject, text;
	struct desk_mail *next;
};
struct desk_mails {
	struct desk_mail *first, **last;
};

/* Queues whose mailbox cannot be read, or not yet since it can be: of their customers nobody knows
 * whether they have written. */
struct desk_unread {
	struct span *v;
	size_t n;
};

struct desk {
	const struct conf *conf;
	struct store *store;
	struct zones *zones;
	const struct token_keys *keys; /* n == 0: nothing can be signed */
	int64_t now;
	struct arena *arena;
	enum desk_sends sends;
	struct desk_mails *mails;  /* NULL: nobody reads them */
	struct desk_unread unread; /* only of the timer's */
	const struct words *words; /* that it speaks in to who acts; NULL: English */
};

/*
 * The queue of that name; the first one when the operator took it out of the configuration, so that
 * its cases still work.
 */
const struct conf_queue *desk_queue(const struct desk *d, struct span name);
const struct policy_kind *desk_kind(const struct desk *d, const struct conf_queue *queue);
/* What tokens are signed with besides the keys: reads the epochs of the store into `keys`. */
int desk_epochs(struct store *store, struct token_keys *keys, struct err *e);
/* What becomes of a row of the outbox that nothing refuses, and why ("": it is sent). */
enum outbox_state desk_outbox_state(const struct desk *d, struct span *ret_why);
/* It is one of d->unread. */
bool desk_is_unread(const struct desk *d, const struct conf_queue *queue);
/* The zone, or UTC. */
const struct zone *desk_zone(const struct desk *d, const char *name);

#endif
