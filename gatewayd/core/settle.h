/*
 * How an attempt to send a row of the outbox ended, in the store.
 *
 * Sent, failed for good, or queued again.  What failed for the mail server's own trouble and goes
 * to operators may be tried at once by the second server (operators_smtp).
 */
#ifndef GATEWAYD_CORE_SETTLE_H
#define GATEWAYD_CORE_SETTLE_H

#include "gatewayd/core/bench.h"
#include "gatewayd/core/holders.h"
#include "gatewayd/wire/talk.h"

struct settle_result {
	struct peer *from; /* who hears that it is written down; may be gone */
	int64_t row;
	struct held_row held;
	bool back;  /* it was not tried */
	bool waits; /* it is still to be settled, in a turn (bench.h) */
	enum talk_outcome outcome;
	int code;
	bool passed_on; /* it was the first server's trouble, and there is a second */
	char text[ERR_TEXT_MAX];
};

/*
 * A row that has failed for now is given up: it has waited for smtp.give_up, and has been tried for
 * as long, or for an hour.  One that is as old because nobody could try it (the daemon was down,
 * its store was restored, it was held) is tried like a new one.
 */
bool settle_is_over(const struct bench *b, const struct store_outbox *row);
/* In the transaction that is open, which ERR_PERM ends: one of them cannot be done.  Not in a turn
 * those of which more follows than that they were sent wait; by the numbers of their rows. */
int settle_together(struct bench *b, struct desk *d, struct settle_result *v, size_t n,
		    struct err *e);
/* In a turn: each in a transaction of its own: of what cannot be done the state is written down at
 * least, so that it neither holds up the others nor goes out once more. */
int settle_each(struct bench *b, struct desk *d, struct settle_result *v, size_t n, struct err *e);
/* Of what cannot be settled: whether it went out, in a transaction of its own; about the rest a
 * person decides. */
int settle_state(struct desk *d, const struct settle_result *r, const char *why, struct err *e);
/* In a turn: a row that is claimed and cannot be handed out, as it is damaged: it has failed, for
 * that reason, and people are told, in a transaction of its own. */
int settle_damaged(struct desk *d, const struct store_outbox *row, const char *why, struct err *e);
/* Of all such rows, and what to do about them; NULL: there are none.  -1: the store cannot say. */
int settle_damaged_text(struct bench *b, const char **ret_text);

#endif
