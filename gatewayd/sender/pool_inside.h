/* The inside of a pool, for the files that implement pool.h. */
#ifndef GATEWAYD_SENDER_POOL_INSIDE_H
#define GATEWAYD_SENDER_POOL_INSIDE_H

#include "gatewayd/sender/opener.h"
#include "gatewayd/sender/pool.h"

struct lane {
	struct pool *pool;
	struct smtp_lane *smtp;
	struct opener opener;
	struct job *job; /* NULL: idle */
	int64_t row;	 /* whose result core has not written down; 0: none */
	bool sent;	 /* it is out */
	bool leaves;	 /* as soon as that is written down */
	int fd;		 /* that is watched; -1: none */
	unsigned int events;
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
	struct lanes lanes;
	unsigned server_failures;
	int64_t not_before_ms;
	struct lane lane[POOL_LANES_MAX];
};

/* The mail under way goes on, or ends, as the connection wants it. */
void pool_carry_on(struct lane *l, enum smtp_wants wants, int64_t now_ms);
/* The mail under way has ended. */
void pool_finish(struct lane *l, int64_t now_ms);
void pool_give_word(struct pool *p, struct job *j, enum pool_word word);
/* The server has all of its mail. */
bool pool_awaits_end(const struct lane *l);
struct job *pool_job_of(struct lanes_mail *m);

#endif
