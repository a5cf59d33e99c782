#include "gatewayd/base/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"

enum { EVENTS_A_TURN = 64 };

struct watch {
	loop_fd_fn *fn; /* NULL: not watched */
	void *ctx;
	unsigned int events;
	uint32_t generation; /* an event of an earlier watch of the same number is stale */
};

struct loop {
	struct clock clock;
	int epoll;
	struct watch *watches; /* by descriptor */
	size_t watch_count;
	uint32_t generation;
	struct loop_timer *timers; /* by at_ms */
	bool stop;
};

struct loop *loop_new(struct clock clock)
{
	struct loop *l = mem_alloc(sizeof(*l));

	l->clock = clock;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0)
		abort();
	return l;
}

void loop_free(struct loop **l)
{
	if (!*l)
		return;
	close((*l)->epoll);
	free((*l)->watches);
	free(*l);
	*l = NULL;
}

static uint32_t to_epoll(unsigned int events)
{
	return (events & LOOP_READ ? (uint32_t)EPOLLIN : 0) |
	       (events & LOOP_WRITE ? (uint32_t)EPOLLOUT : 0);
}

static unsigned int from_epoll(uint32_t events)
{
	return (events & EPOLLIN ? (unsigned int)LOOP_READ : 0) |
	       (events & EPOLLOUT ? (unsigned int)LOOP_WRITE : 0) |
	       (events & (EPOLLHUP | EPOLLERR) ? (unsigned int)LOOP_GONE : 0);
}

void loop_watch(struct loop *l, int fd, unsigned int events, loop_fd_fn *fn, void *ctx)
{
	struct epoll_event ev = { .events = to_epoll(events) };
	size_t i = (size_t)fd;
	bool known, same;

	if (i >= l->watch_count) {
		size_t count = i + 16;

		l->watches = mem_resize_n(l->watches, count, sizeof(*l->watches));
		memset(l->watches + l->watch_count, 0,
		       (count - l->watch_count) * sizeof(*l->watches));
		l->watch_count = count;
	}
	known = l->watches[i].fn != NULL;
	same = known && l->watches[i].events == events;
	if (!known)
		l->watches[i].generation = ++l->generation;
	l->watches[i].fn = fn;
	l->watches[i].ctx = ctx;
	l->watches[i].events = events;
	if (same)
		return;
	ev.data.u64 = (uint64_t)l->watches[i].generation << 32 | (uint32_t)fd;
	if (epoll_ctl(l->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev) < 0)
		abort();
}

void loop_forget(struct loop *l, int fd)
{
	if ((size_t)fd >= l->watch_count || !l->watches[fd].fn)
		return;
	l->watches[fd].fn = NULL;
	epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
}

void loop_timer_stop(struct loop *l, struct loop_timer *t)
{
	struct loop_timer **at = &l->timers;

	if (!t->armed)
		return;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	t->armed = false;
}

void loop_timer_start(struct loop *l, struct loop_timer *t, int64_t in_ms)
{
	struct loop_timer **at = &l->timers;

	loop_timer_stop(l, t);
	t->at_ms = clock_monotonic_ms(&l->clock) + (in_ms > 0 ? in_ms : 0);
	while (*at && (*at)->at_ms <= t->at_ms)
		at = &(*at)->next;
	t->next = *at;
	t->armed = true;
	*at = t;
}

void loop_timer_sooner(struct loop *l, struct loop_timer *t, int64_t in_ms)
{
	if (!t->armed || t->at_ms > clock_monotonic_ms(&l->clock) + in_ms)
		loop_timer_start(l, t, in_ms);
}

static int64_t wait_ms(const struct loop *l, int64_t max_ms)
{
	int64_t left;

	if (!l->timers)
		return max_ms;
	left = l->timers->at_ms - clock_monotonic_ms(&l->clock);
	if (left < 0)
		left = 0;
	return max_ms >= 0 && max_ms < left ? max_ms : left;
}

int64_t loop_next_ms(const struct loop *l)
{
	return l->timers ? l->timers->at_ms : INT64_MAX;
}

static int run_timers(struct loop *l)
{
	int64_t now_ms = clock_monotonic_ms(&l->clock);
	int ran = 0;

	while (l->timers && l->timers->at_ms <= now_ms) {
		struct loop_timer *t = l->timers;

		loop_timer_stop(l, t);
		t->fn(t->ctx);
		ran++;
	}
	return ran;
}

int loop_turn(struct loop *l, int64_t max_ms, struct err *e)
{
	struct epoll_event events[EVENTS_A_TURN];
	int64_t ms = wait_ms(l, max_ms);
	int n = epoll_wait(l->epoll, events, EVENTS_A_TURN, ms > INT32_MAX ? INT32_MAX : (int)ms);
	int ran = 0;

	if (n < 0 && errno != EINTR)
		return err_set(e, ERR_BUG, "epoll_wait: %s", strerror(errno));
	for (int i = 0; i < n; i++) {
		int fd = (int)(uint32_t)events[i].data.u64;
		struct watch w = l->watches[fd];

		if (!w.fn || w.generation != (uint32_t)(events[i].data.u64 >> 32))
			continue;
		w.fn(w.ctx, fd, from_epoll(events[i].events));
		ran++;
	}
	return ran + run_timers(l);
}

int loop_run(struct loop *l, struct err *e)
{
	while (!l->stop)
		if (loop_turn(l, -1, e) < 0)
			return -1;
	l->stop = false;
	return 0;
}

void loop_stop(struct loop *l)
{
	l->stop = true;
}
