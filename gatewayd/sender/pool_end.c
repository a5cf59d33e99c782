/* How a pool comes to its end. */
#include <poll.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/sender/pool_inside.h"

enum {
	LAST_MS = 1000, /* for replies, at the end */
	JOIN_MS = 1500, /* for all that has to end */
};

void pool_drain(struct pool *p)
{
	atomic_store(&p->draining, true);
}

bool pool_is_draining(const struct pool *p)
{
	return atomic_load(&p->draining);
}

bool pool_is_done(const struct pool *p)
{
	for (size_t k = 0; k < p->count; k++)
		if (p->lane[k].job)
			return false;
	return p->row_count == 0;
}

/* How many replies to the end of a mail are awaited. */
static size_t awaited(struct pool *p, struct pollfd fds[], struct lane *lanes[])
{
	size_t n = 0;

	for (size_t k = 0; k < p->count; k++) {
		struct lane *l = &p->lane[k];

		if (!pool_awaits_end(l))
			continue;
		fds[n] = (struct pollfd){ .fd = smtp_lane_fd(l->smtp), .events = POLLIN };
		lanes[n++] = l;
	}
	return n;
}

/* What comes at the last moment counts: else such a mail would go out once more. */
static void hear_last(struct pool *p)
{
	int64_t until_ms = clock_wait_ms() + LAST_MS, left_ms = LAST_MS;
	struct pollfd fds[POOL_LANES_MAX];
	struct lane *lanes[POOL_LANES_MAX];
	size_t n;

	while (left_ms > 0 && (n = awaited(p, fds, lanes)) > 0) {
		poll(fds, n, (int)left_ms);
		for (size_t i = 0; i < n; i++)
			if (fds[i].revents)
				pool_carry_on(lanes[i], smtp_lane_go_on(lanes[i]->smtp),
					      clock_wait_ms());
		left_ms = until_ms - clock_wait_ms();
	}
}

/* What was begun has a result; of what has no connection nothing was sent. */
static void break_off(struct pool *p)
{
	hear_last(p);
	for (size_t k = 0; k < p->count; k++) {
		struct lane *l = &p->lane[k];

		if (!l->job || l->opener.busy)
			continue;
		smtp_lane_break(l->smtp);
		pool_finish(l, clock_wait_ms());
	}
}

/* Of these nothing was said. */
static void give_back(struct pool *p)
{
	struct lanes_mail *m;

	for (size_t k = 0; k < p->count; k++) {
		struct lane *l = &p->lane[k];

		if (!l->job)
			continue;
		lanes_end(&p->lanes, &l->job->mail, false, clock_wait_ms());
		pool_give_word(p, l->job, POOL_BACK);
		l->job = NULL;
	}
	while ((m = lanes_drop(&p->lanes)) != NULL)
		pool_give_word(p, pool_job_of(m), POOL_BACK);
}

bool pool_join(struct pool *p)
{
	struct timespec until = clock_wait_end(JOIN_MS);
	bool all = true;

	pool_drain(p);
	atomic_store(&p->stop, true);
	for (size_t k = 0; k < p->started; k++)
		opener_stop(&p->lane[k].opener);
	break_off(p);
	for (size_t k = 0; k < p->started; k++)
		all = opener_join(&p->lane[k].opener, &until) && all;
	give_back(p);
	return all;
}
