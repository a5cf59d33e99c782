/*
 * The threads that send, each with a connection or none: one message to one recipient at a time.
 *
 * Which job goes next, and on how many of them, says lanes.h.  A thread sends the next mail up to
 * its end while core writes down how the one before ended, and the end after that: if core dies,
 * one mail a thread is sent and not written down.  After a failure that was not the mail's all
 * wait.
 *
 * The pool's functions are for one thread, the one that made it.
 */
#ifndef GATEWAYD_SENDER_POOL_H
#define GATEWAYD_SENDER_POOL_H

#include "gatewayd/base/handoff.h"
#include "gatewayd/base/memory.h"
#include "gatewayd/net/smtp.h"
#include "gatewayd/sender/lanes.h"

enum { POOL_THREADS_MAX = 64 };

/* What comes out of the pool. */
enum pool_word {
	POOL_RESULT,  /* of the message */
	POOL_BACK,    /* the message was not begun (lanes_back()) */
	POOL_REFUSED, /* no message: the server refused the access token `refused` */
	POOL_ENDED,   /* no message: a thread has ended */
};

struct job {
	struct handoff_item link;
	struct lanes_mail mail;
	enum pool_word word;
	int64_t row;
	char *from, *to, *domain;
	struct memory message;
	int64_t refused;
	struct smtp_result result;
};
void job_free(struct job **j);

struct pool;

/* What asks and tells during a mail, and what stops it, is the pool's own; what o points to lives
 * as long as the pool. */
struct pool *pool_new(const struct smtp_lane_options *o, size_t threads, struct err *e);
/* After pool_join() was true. */
void pool_free(struct pool **p);
int pool_start(struct pool *p, struct err *e);

/* Readable as long as pool_take() has something. */
int pool_fd(const struct pool *p);
struct job *pool_take(struct pool *p); /* the caller's; NULL: nothing */
/* The job is the pool's; false: it has too many, and the job stays the caller's. */
bool pool_give(struct pool *p, struct job *j);
/* How that row ended is in the store. */
void pool_written(struct pool *p, int64_t row);
/* What failed for want of an access token need not wait any longer. */
void pool_hurry(struct pool *p);
/* Call it when a job was given, and then again after so many ms; -1: no more. */
int64_t pool_tick(struct pool *p);

/* What is told of it, when that has changed: threads that are in use, what a reply takes (< 0:
 * not known), domains that are slow, whose names are copied into the buffer. */
struct pool_seen {
	size_t open, most;
	int64_t ms;
	struct lanes_slow slow[LANES_SLOW_MAX];
	size_t slow_count, slow_room;
};
bool pool_news(struct pool *p, struct buf *names, struct pool_seen *ret_seen);

/* Nothing new is begun; threads end as they have nothing to do. */
void pool_drain(struct pool *p);
bool pool_is_draining(const struct pool *p);
/* All threads have ended (POOL_ENDED was taken), and all results are written down. */
bool pool_is_done(struct pool *p);
/* Breaks off what is under way; false: a thread did not end in time, and may still use all of it.
 */
bool pool_join(struct pool *p);
/* Calls fn with each row that was sent and is not written down. */
void pool_not_written(struct pool *p, void (*fn)(int64_t row));

#endif
