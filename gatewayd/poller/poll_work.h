/*
 * The work at one selected folder: what core wants is fetched, what it has kept is moved.
 *
 * A look at the folder goes on meanwhile (poll_list.h): what core wants of a piece is fetched
 * before the rest is described.  Commands are sent ahead (poll_pipe.h), also while the answer to
 * another one is awaited, whenever an order of core makes room: nothing waits for a round trip a
 * mail.  A mail is moved only after core said that it is kept.
 */
#ifndef GATEWAYD_POLLER_POLL_WORK_H
#define GATEWAYD_POLLER_POLL_WORK_H

#include <stdatomic.h>

#include "gatewayd/poller/poll_compare.h"
#include "gatewayd/poller/poll_list.h"
#include "gatewayd/poller/poll_move.h"

enum { POLL_ANSWER_MS = 60 * 1000 }; /* so long core may take to answer */

struct poll_work { /* in place */
	/* borrowed; set before it is used */
	struct imap *imap; /* of the session */
	struct handoff *orders;
	struct poll_sender *sender;
	const atomic_bool *stop;
	/* its own */
	struct poll_list list;
	struct poll_fetch fetch;
	struct poll_moves moves;
	struct poll_pipe pipe;
	size_t answers_due; /* of core */
	int64_t answer_by_ms;
	bool again;	/* core said "wait" */
	bool elsewhere; /* or that the folder is another node's, which it does not hear of again */
	bool progress;	/* a mail of this session was kept, or moved */
	struct poll_compare_answer compare;
};

void poll_work_release(struct poll_work *w); /* but for what is borrowed */
/* With the end of a session, or another UIDVALIDITY. */
void poll_work_forget(struct poll_work *w);
void poll_work_take_orders(struct poll_work *w);
bool poll_work_stopped(const struct poll_work *w);
/* Tells core what is in the folder, as the work goes on; takes the UIDs, which rise. */
void poll_work_look(struct poll_work *w, uint32_t *uids, size_t n);
/* Until nothing is left to do but to wait for new mail.  -1 with e filled: the session must end. */
int poll_work_run(struct poll_work *w, struct err *e);

#endif
