/*
 * Workers of before a reload: each ends what it has begun, and is killed when it has not ended
 * within LEAVING_MS.  Until then it may do what its successor does, too: a row that a sender has is
 * given to nobody else before that sender is gone (core/delivery.h).
 */
#ifndef GATEWAYD_PARENT_LEAVING_H
#define GATEWAYD_PARENT_LEAVING_H

#include <sys/types.h>

#include "gatewayd/base/loop.h"

enum { LEAVING_MS = 30000 }; /* all of them drain within 10 s (sender.c, hooks.c, web.c) */

struct leaver {
	pid_t pid;
	int64_t kill_at_ms; /* monotonic; INT64_MAX: it was killed */
};

/* Zeroed is nobody. */
struct leaving {
	struct leaver *v;
	size_t n, cap;
	struct loop *loop; /* the caller's */
	struct loop_timer kill;
};

/* Asks it to end.  It must be a child that is not waited for yet. */
void leaving_add(struct leaving *l, struct loop *loop, pid_t pid, int64_t now_ms);
/* It was waited for: its number may be another's. */
void leaving_gone(struct leaving *l, pid_t pid);
/* The daemon ends, and waits no longer. */
void leaving_kill(struct leaving *l);
void leaving_release(struct leaving *l);

#endif
