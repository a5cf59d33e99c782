/* The inside of a pool, for the files that implement pool.h. */
#ifndef GATEWAYD_SENDER_POOL_INSIDE_H
#define GATEWAYD_SENDER_POOL_INSIDE_H

#include <stddef.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/net/backoff.h"
#include "gatewayd/sender/opener.h"
#include "gatewayd/sender/pool.h"

struct lane {
	struct pool *pool;
	struct smtp_lane *smtp;
	struct opener opener;
	struct job *job;  /* NULL: idle */
	struct job *next; /* follows it, and its commands are said; NULL: none */
	bool is_ahead; /* those of `job` were said before its turn, and their replies are to come */
	bool leaves;   /* as soon as results are written down */
	int fd;	       /* that is watched; -1: none */
	unsigned int events;
};

/* A mail that has ended, and core has not written down how. */
struct pool_row {
	int64_t row;
	bool is_out; /* the server has it, or may have */
};

struct pool {
	struct smtp_lane_options options;
	struct loop *loop;
	void (*on_news)(void *ctx);
	void *ctx;
	struct loop_timer next; /* mails, on lanes that have none */
	int64_t held_until_ms;	/* they wait so long for replies */
	struct handoff opened;
	atomic_bool draining; /* begin nothing more */
	atomic_bool stop;     /* break off what is under way */
	size_t count, started;
	struct job_queue done;
	size_t done_count;
	struct pool_row *rows; /* in the order of their ends */
	size_t row_count, row_cap;
	size_t leaves_first; /* the lane that is looked at first when one may leave */
	struct taken taken;  /* the caller's memory */
	struct lanes lanes;
	unsigned server_failures;
	int64_t not_before_ms;
	unsigned ahead_failures;
	int64_t ahead_from_ms; /* until then no commands go ahead */
	struct lane lane[POOL_LANES_MAX];
};

/* The mail under way goes on, or ends, as the connection wants it. */
void pool_carry_on(struct lane *l, enum smtp_wants wants, int64_t now_ms);
/* The mail under way has ended. */
void pool_finish(struct lane *l, int64_t now_ms);
/* Of what failed, and may be tried again from *from_ms on; what fails together counts once. */
static inline void pool_note(const struct backoff *wait, bool bad, unsigned *failures,
			     int64_t *from_ms, int64_t now_ms)
{
	uint32_t random;

	if (!bad) {
		*failures = 0;
	} else if (now_ms >= *from_ms) {
		crypto_random(&random, sizeof(random));
		*from_ms = now_ms + backoff_delay(wait, ++*failures, random);
	}
}

static inline struct job *pool_job_of(struct lanes_mail *m)
{
	return (struct job *)(void *)((char *)m - offsetof(struct job, mail));
}

static inline void pool_give_word(struct pool *p, struct job *j, enum pool_word word)
{
	j->word = word;
	job_put(&p->done, j);
	p->done_count++;
}

/* pool_out.c.  A server took that job before: it has that result; a mail has ended; its row is
 * written down; the end of one more may go out. */
bool pool_out_was_taken(struct pool *p, struct job *j);
void pool_out_note(struct pool *p, const struct job *j);
void pool_out_written(struct pool *p, int64_t row);
bool pool_out_may(const struct pool *p);

/* pool_ahead.c.  Right before the end of its mail goes out: the commands of a next one may, too, if
 * the server is quick enough: it waits for a reply less, and there is a send and a look less. */
void pool_go_ahead(struct lane *l, int64_t now_ms);
/* What went ahead was taken, or is to be said once more. */
void pool_hear_ahead(struct lane *l, enum smtp_wants wants, int64_t now_ms);
/* The mail before has ended so: the next is under way, or false: it went back. */
bool pool_follow(struct lane *l, enum smtp_class before, int64_t now_ms);
void pool_next_back(struct lane *l);

/* The server has all of its mail. */
static inline bool pool_awaits_end(const struct lane *l)
{
	return l->job && !l->opener.busy && smtp_lane_awaits_end(l->smtp);
}

#endif
