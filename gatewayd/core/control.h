/*
 * The control socket: requests of gatewayctl, answered by the verbs of ctl.h inside core.
 *
 * Who is let in may do everything but for CTL_GUARDED verbs.  What is said there stands in
 * control_talk.h.
 */
#ifndef GATEWAYD_CORE_CONTROL_H
#define GATEWAYD_CORE_CONTROL_H

#include "gatewayd/core/bench.h"
#include "gatewayd/core/grant_list.h"
#include "gatewayd/core/intake.h"
#include "gatewayd/core/parse_pool.h"
#include "gatewayd/core/timer.h"

struct control;

/* It tells of the mailboxes, the grants and the mails under way, and wakes the pool and the timer.
 */
struct control *control_new(struct bench *b, struct intake *intake, struct parse_pool *pool,
			    struct timer *timer, struct grant_list *grants);
void control_free(struct control **control);

/*
 * Lets in who connects at the configured socket, which is unlinked at the end: root, and the
 * members of control_group, or without one the user of this process (base/peer.h).  No role is in
 * the group.  Verbs of people's data are for data_group in the same way.
 */
int control_listen(struct control *control, const struct conf *conf, struct err *e);
/* Takes the descriptor of one client; when there are too many the one idle the longest goes. */
void control_client_add(struct control *control, int fd);

#endif
