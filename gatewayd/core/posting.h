/*
 * The outbox on its way to webhooks (gatewayd/case/hook.h), by the role that posts.
 *
 * Each hook has a lane of its own, so that one that is slow or dead holds up no other, and no mail.
 * Rows are claimed and committed before they are posted, at most HOOK_LANE_AT_ONCE of a hook and
 * POSTING_MAX of all; of one that fails one at a time, and after it the lane waits, longer each
 * time (smtp.retry_min, retry_max; what the receiver asks for, if it is more).  What is older than
 * smtp.give_up has failed then.  What was under way when the role or core ended is posted once
 * more, with the same id: delivery is at least once.
 */
#ifndef GATEWAYD_CORE_POSTING_H
#define GATEWAYD_CORE_POSTING_H

#include "gatewayd/core/bench.h"
#include "gatewayd/wire/hook_talk.h"

enum { POSTING_MAX = 64 };

struct posting;

struct posting *posting_new(struct bench *b);
void posting_free(struct posting **p);

void posting_peer_new(struct posting *p, struct peer *hooks);
void posting_peer_gone(struct posting *p, struct peer *hooks);
int posting_posted(struct posting *p, struct peer *from, const struct hook_posted *posted,
		   struct err *e);
void posting_turn(struct posting *p);

#endif
