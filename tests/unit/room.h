/*
 * What one room of core stands on in a test of it: a bench with the store of a fixture, without the
 * other rooms, whose turns the test takes.
 */
#ifndef TESTS_UNIT_ROOM_H
#define TESTS_UNIT_ROOM_H

#include <sys/socket.h>

#include "gatewayd/core/bench.h"
#include "tests/store/fixture.h"

static struct bench bench;

static inline void room_turn(void *ctx)
{
	(void)ctx;
}

static inline void room_host_gone(void *ctx, enum role_id role)
{
	(void)ctx, (void)role;
}

/* came and gone: of peers, or NULL. */
static inline void room_begin(struct fixture *f, struct conf *conf,
			      void (*came)(void *ctx, struct peer *p),
			      void (*gone)(void *ctx, struct peer *p))
{
	const struct bench_rooms rooms = { .turn = room_turn, .came = came, .gone = gone };

	bench = (struct bench){ .clock = clock_real(),
				.loop = loop_new(clock_real()),
				.conf = conf,
				.store = f->s,
				.zones = zones_new(NULL),
				.host = { .gone = room_host_gone } };
	bench_init(&bench, &rooms);
}

/* Behind bench_release(), when the room is freed. */
static inline void room_end(void)
{
	zones_free(&bench.zones);
	loop_free(&bench.loop);
}

/* Core's end of it is bench.peers; returned is its own, which is the caller's and reads nothing. */
static inline int room_peer(enum role_id role)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	peer_add(&bench, &(struct parent_talk_peer){ .role = role, .pid = getpid(), .fd = fds[0] });
	return fds[1];
}

#endif
