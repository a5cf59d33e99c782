/*
 * The access token that threads log in with: put in from outside, taken out for each log-in.
 *
 * In place.  Any thread may call anything but init and release.
 */
#ifndef GATEWAYD_NET_ACCESS_H
#define GATEWAYD_NET_ACCESS_H

#include <pthread.h>
#include <stdatomic.h>

#include "gatewayd/base/buf.h"

enum { ACCESS_TOKEN_MAX = 16 * 1024 };

struct access_box {
	pthread_mutex_t lock;
	pthread_cond_t came;
	struct buf token;
	int64_t serial; /* of the token; 0: there is none yet */
};

void access_init(struct access_box *a);
void access_release(struct access_box *a);
/* One that is older than what is there is dropped. */
void access_put(struct access_box *a, struct span token, int64_t serial);
int64_t access_serial(struct access_box *a);
/* The token, with a NUL behind it, into *ret_token, which the caller wipes; its serial. */
int64_t access_get(struct access_box *a, struct buf *ret_token);
/* Waits until there is another one than that, *stop is set, or for timeout_ms; true: there is. */
bool access_wait(struct access_box *a, int64_t serial, int timeout_ms, const atomic_bool *stop);

#endif
