#include "gatewayd/sender/opener.h"

#include <string.h>

enum { ACCESS_MS = 20000 /* for an access token, until a mail has to wait */ };

void opener_init(struct opener *o, struct smtp_lane *lane, struct access_box *access,
		 const atomic_bool *hurry, struct handoff *opened)
{
	*o = (struct opener){ .opened = opened, .lane = lane, .access = access, .hurry = hurry };
	pthread_mutex_init(&o->lock, NULL);
	pthread_cond_init(&o->wake, NULL);
}

void opener_release(struct opener *o)
{
	pthread_cond_destroy(&o->wake);
	pthread_mutex_destroy(&o->lock);
}

static bool await_order(struct opener *o, int64_t *ret_with)
{
	bool stop;

	pthread_mutex_lock(&o->lock);
	while (!o->ordered && !o->stop)
		pthread_cond_wait(&o->wake, &o->lock);
	stop = o->stop;
	o->ordered = false;
	*ret_with = o->with;
	pthread_mutex_unlock(&o->lock);
	return !stop;
}

/* Where no other access token comes, what became of the one before stands. */
static void *run(void *ctx)
{
	struct opener *o = ctx;
	int64_t with;

	while (await_order(o, &with)) {
		bool there = !o->access || access_wait(o->access, with, ACCESS_MS, o->hurry);

		if (there || !with)
			smtp_lane_open(o->lane);
		handoff_give(o->opened, &o->link);
	}
	return NULL;
}

int opener_start(struct opener *o, struct err *e)
{
	int r = pthread_create(&o->id, NULL, run, o);

	return r ? err_set(e, ERR_TEMP, "cannot start a thread: %s", strerror(r)) : 0;
}

void opener_order(struct opener *o, int64_t with)
{
	o->busy = true;
	pthread_mutex_lock(&o->lock);
	o->ordered = true;
	o->with = with;
	pthread_cond_signal(&o->wake);
	pthread_mutex_unlock(&o->lock);
}

void opener_stop(struct opener *o)
{
	pthread_mutex_lock(&o->lock);
	o->stop = true;
	pthread_cond_signal(&o->wake);
	pthread_mutex_unlock(&o->lock);
}

bool opener_join(struct opener *o, const struct timespec *until)
{
	return pthread_clockjoin_np(o->id, NULL, CLOCK_MONOTONIC, until) == 0;
}
