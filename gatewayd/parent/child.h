/*
 * A role as the parent knows it: whether it answers, and whether starting it again is of use.
 */
#ifndef GATEWAYD_PARENT_CHILD_H
#define GATEWAYD_PARENT_CHILD_H

#include <sys/resource.h>

#include "conf/conf.h"
#include "gatewayd/base/loop.h"
#include "gatewayd/wire/parent_talk.h"

enum {
	CHILD_STEADY_MS = 10000, /* what ended before then ended early */
	CHILD_PING_MS = 10000,	 /* without a watchdog */
	CHILD_OPEN_MS = 3600000, /* a large store that an upgrade changes */
};

struct child {
	struct parent *parent;
	enum role_id role;
	uint32_t instance;
	pid_t pid; /* 0: not running */
	struct wire wire;
	int note; /* of a poller that runs: what crashed in it (poller/crash.h); -1: none */
	int64_t started_ms;
	int64_t pong_ms; /* it answered last */
	bool late;	 /* it was silent for too long when it was asked last */
	int last_status;
	unsigned int same_ends; /* early ones in a row with that status */
	int64_t wait_ms;
	struct loop_timer restart;
};

struct child child_of(struct parent *p, enum role_id role, uint32_t instance); /* not started */
/* All but core that the configuration wants, on the heap, none of them started. */
struct child *child_workers(const struct conf *c, struct parent *p, size_t *ret_n);
/* What belongs to its process, which has ended or is left alone. */
void child_release(struct child *c);
/* What its set-up hands over: for a poller a fresh note, the child's; for others -1. */
int child_note(struct child *c, int *ret_note, struct err *e);
struct child *child_find(struct child *v, size_t n, pid_t pid); /* or NULL */
bool child_none_runs(const struct child *v, size_t n);
/* Whether core still opens the store, of which the service manager is told. */
bool child_await_open(const struct child *c, bool core_ready, int64_t now_ms);
/*
 * Asks for a word, and kills the one that has been silent for longer than that twice in a row: once
 * alone, it may be that the machine slept; true: something was sent.  A parse child is not asked:
 * core watches it, mail by mail.
 */
bool child_ping(struct child *c, int64_t silence_ms, int64_t now_ms);
int64_t child_ping_every_ms(const struct conf *c);
/* Five early ends in a row at the same step (role.h) will not be mended by a sixth. */
bool child_is_hopeless(struct child *c, int status, int64_t now_ms);
/* How it ended, as core is told of it. */
struct parent_talk_ended child_end(const struct child *c, int status, const struct rusage *use);
/* An end as waitpid(2) gives it; one that was asked for is said at debug level only. */
void child_log_end(const struct child *c, int status);
void child_log_hopeless(const struct child *c); /* with the step at which it ended last */

#endif
