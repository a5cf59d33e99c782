/*
 * The lanes that send, each with a connection or none: one message to one recipient at a time.
 *
 * Which job goes next, and on how many of them, says lanes.h.  All conversations are led from one
 * loop; a thread a lane waits for connections to be opened.  Lanes go on while core writes down how
 * their mails ended, until TALK_OUT for each lane are out: if the machine dies, so many at most are
 * sent and not written down.  Then a lane sends the next mail up to its end, and that when others
 * are written down.  To a server that is quick the commands of the next mail go with that end
 * (smtp.h); one that hangs up at that, or loses what came before, is told nothing ahead for a
 * while.  Results of a quick server are told, and the next mails begun, when no reply is due any
 * more.  After a failure that was not the mail's all wait.
 *
 * The pool's functions are for the loop's thread.
 */
#ifndef GATEWAYD_SENDER_POOL_H
#define GATEWAYD_SENDER_POOL_H

#include "gatewayd/base/loop.h"
#include "gatewayd/sender/job.h"
#include "gatewayd/wire/taken.h"

enum { POOL_LANES_MAX = 64 };

struct pool;

/* What stops a connection is the pool's own; what o points to lives as long as the pool.  on_news:
 * pool_take() may have something, or the pool is done; it is called from the loop. */
struct pool *pool_new(const struct smtp_lane_options *o, size_t lanes, struct loop *loop,
		      void (*on_news)(void *ctx), void *ctx, struct err *e);
/* After pool_join() was true. */
void pool_free(struct pool **p);
int pool_start(struct pool *p, struct err *e);

/* What servers take is kept there, and what stands there is not sent again, but has the result that
 * it had. */
void pool_know_taken(struct pool *p, const struct taken *taken);

/* What the functions below gave, too. */
struct job *pool_take(struct pool *p); /* the caller's; NULL: nothing */
/* The job is the pool's; false: it has too many, and the job stays the caller's. */
bool pool_give(struct pool *p, struct job *j);
/* Mails that the server has all of, and may soon reply to. */
size_t pool_awaited(const struct pool *p);
/* And those whose end goes out when results are written down, and is replied to as soon. */
size_t pool_held(const struct pool *p);
/* How that row ended is in the store. */
void pool_written(struct pool *p, int64_t row);
/* What failed for want of an access token need not wait any longer. */
void pool_hurry(struct pool *p);
/* Call it when a job was given, and then again after so many ms; -1: no more. */
int64_t pool_tick(struct pool *p);

/* What is told of it, when that has changed: lanes that are in use, what a reply takes (< 0:
 * not known), domains that are slow, whose names are copied into the buffer. */
struct pool_seen {
	size_t open, most;
	int64_t ms;
	struct lanes_slow slow[LANES_SLOW_MAX];
	size_t slow_count, slow_room;
};
bool pool_news(struct pool *p, struct buf *names, struct pool_seen *ret_seen);

/* Nothing new is begun. */
void pool_drain(struct pool *p);
bool pool_is_draining(const struct pool *p);
/* Nothing is under way, and all results are written down. */
bool pool_is_done(const struct pool *p);
/* Breaks off what is under way, gives back what was not begun, and ends the threads; false: one did
 * not end in time, and may still use all of the pool. */
bool pool_join(struct pool *p);
/* Calls fn with each row that was sent and is not written down. */
void pool_not_written(struct pool *p, void (*fn)(int64_t row));

#endif
