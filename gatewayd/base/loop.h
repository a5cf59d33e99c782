/*
 * The loop of a role: descriptors that are ready and timers that are due, on one thread.
 *
 * Callbacks may watch and forget anything, themselves too.  Timers run on the monotonic clock that
 * the loop was given, so that a scenario can run one on a fake clock.
 */
#ifndef GATEWAYD_BASE_LOOP_H
#define GATEWAYD_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/err.h"

enum { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_GONE = 4 }; /* gone: hang-up or error; always reported */

struct loop;
typedef void loop_fd_fn(void *ctx, int fd, unsigned int events);
typedef void loop_timer_fn(void *ctx);

struct loop_timer {
	loop_timer_fn *fn;
	void *ctx;
	int64_t at_ms; /* monotonic; valid when armed */
	bool armed;
	struct loop_timer *next;
};

struct loop *loop_new(struct clock clock);
void loop_free(struct loop **l);

/* Does not own fd.  Watching it again replaces events, fn and ctx. */
void loop_watch(struct loop *l, int fd, unsigned int events, loop_fd_fn *fn, void *ctx);
void loop_forget(struct loop *l, int fd); /* call it before close() */

/* The timer is the caller's and must stay until it ran or was stopped. */
void loop_timer_start(struct loop *l, struct loop_timer *t, int64_t in_ms);
/* The same, unless it is due by then already. */
void loop_timer_sooner(struct loop *l, struct loop_timer *t, int64_t in_ms);
void loop_timer_stop(struct loop *l, struct loop_timer *t);

/* When the next timer is due on the loop's clock; INT64_MAX: there is none. */
int64_t loop_next_ms(const struct loop *l);

/* Waits for at most max_ms (-1: as long as it takes), runs what is ready and due; how many were. */
int loop_turn(struct loop *l, int64_t max_ms, struct err *e);
/* Turns until loop_stop(), which counts before the first one, too. */
int loop_run(struct loop *l, struct err *e);
void loop_stop(struct loop *l);

#endif
