/*
 * The control socket: requests of gatewayctl, answered by the verbs of ctl.h inside core.
 *
 * Who may open the socket's file may do everything; its mode is 0600 (or 0660 of the daemon's
 * group).  What is said there stands in control_talk.h.
 */
#ifndef GATEWAYD_CORE_CONTROL_H
#define GATEWAYD_CORE_CONTROL_H

#include "gatewayd/core/bench.h"
#include "gatewayd/core/intake.h"
#include "gatewayd/core/parse_pool.h"
#include "gatewayd/core/timer.h"

struct control;

/* It tells of the mailboxes and the mails under way, and wakes the pool and the timer. */
struct control *control_new(struct bench *b, struct intake *intake, struct parse_pool *pool,
			    struct timer *timer);
void control_free(struct control **control);

/* Lets in who connects at that path, which is unlinked at the end. */
int control_listen(struct control *control, const char *path, struct err *e);
/* Takes the descriptor of one client; false: there are too many, it was closed. */
bool control_client_add(struct control *control, int fd);

#endif
