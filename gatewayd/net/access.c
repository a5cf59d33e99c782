#include "gatewayd/net/access.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"

enum { LOOK_MS = 200 }; /* at *stop */

void access_init(struct access_box *a)
{
	pthread_condattr_t monotonic;

	*a = (struct access_box){ .serial = 0 };
	pthread_mutex_init(&a->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&a->came, &monotonic);
	pthread_condattr_destroy(&monotonic);
	buf_init(&a->token, ACCESS_TOKEN_MAX + 1);
}

static void wipe(struct buf *b)
{
	if (b->p)
		crypto_wipe(b->p, b->cap);
	buf_clear(b);
}

void access_release(struct access_box *a)
{
	wipe(&a->token);
	buf_release(&a->token);
	pthread_cond_destroy(&a->came);
	pthread_mutex_destroy(&a->lock);
}

/* A token with a NUL behind it, in locked memory. */
static void set(struct buf *to, struct span token)
{
	wipe(to);
	if (buf_room(to, token.n + 1))
		crypto_lock(to->p, token.n + 1);
	buf_add(to, token);
	(void)buf_cstr(to);
}

void access_put(struct access_box *a, struct span token, int64_t serial)
{
	pthread_mutex_lock(&a->lock);
	if (serial > a->serial) {
		set(&a->token, token);
		a->serial = serial;
		pthread_cond_broadcast(&a->came);
	}
	pthread_mutex_unlock(&a->lock);
}

int64_t access_serial(struct access_box *a)
{
	int64_t serial;

	pthread_mutex_lock(&a->lock);
	serial = a->serial;
	pthread_mutex_unlock(&a->lock);
	return serial;
}

int64_t access_get(struct access_box *a, struct buf *ret_token)
{
	int64_t serial;

	pthread_mutex_lock(&a->lock);
	set(ret_token, buf_span(&a->token));
	serial = a->serial;
	pthread_mutex_unlock(&a->lock);
	return serial;
}

bool access_wait(struct access_box *a, int64_t serial, int timeout_ms, const atomic_bool *stop)
{
	int64_t until_ms = clock_wait_ms() + timeout_ms;
	bool came;

	pthread_mutex_lock(&a->lock);
	while (!(came = a->serial != serial) && clock_wait_ms() < until_ms && !atomic_load(stop)) {
		struct timespec look = clock_wait_end(LOOK_MS);

		pthread_cond_timedwait(&a->came, &a->lock, &look);
	}
	pthread_mutex_unlock(&a->lock);
	return came;
}
