/*
 * What the rooms of core stand on: the desk, a turn soon, and the processes they talk to.
 *
 * It names no room.  A room gets the bench and the rooms that it wakes when it is made, each turn
 * it is called once (rooms.h), and between turns it takes what its peers sent.  Clock, loop, store
 * and configuration are handed in, so that all of core runs in a test on a fake clock; nothing here
 * or in a room has a state outside its struct.
 */
#ifndef GATEWAYD_CORE_BENCH_H
#define GATEWAYD_CORE_BENCH_H

#include "gatewayd/base/loop.h"
#include "gatewayd/case/desk.h"
#include "gatewayd/core/health.h"
#include "gatewayd/core/holding.h"
#include "gatewayd/core/hook_lane.h"
#include "gatewayd/core/lanes_seen.h"
#include "gatewayd/core/meters.h"
#include "gatewayd/core/served.h"
#include "gatewayd/wire/parent_talk.h"

struct bench;

/* Another process at the end of a channel. */
struct peer {
	struct bench *bench;
	enum role_id role;
	uint32_t instance;
	pid_t pid;
	struct wire wire;
	struct served served; /* of a poller */
	bool renewed;	      /* a reload ends it, and puts another in its place */
	struct peer *next;
};

/* Who takes what peers send, and the turn. */
struct bench_rooms {
	void (*turn)(void *ctx);
	void (*came)(void *ctx, struct peer *p);
	/* -1 ends the conversation and has the peer replaced. */
	int (*frame)(void *ctx, struct peer *p, struct wire_in *in, struct err *e);
	void (*gone)(void *ctx, struct peer *p); /* the last call for this peer */
	void *ctx;
};

/* Who runs it: the role, or a test.  None may free the rooms or the bench. */
struct bench_host {
	void (*replace)(void *ctx, const struct peer *p); /* kill it, start a fresh one */
	void (*gone)(void *ctx, enum role_id role);	  /* a peer of that role has ended */
	void (*broken)(void *ctx);			  /* the store: core must end */
	void (*refused)(void *ctx); /* the store is not the one: the daemon must end */
	void *ctx;
};

struct bench {
	struct clock clock;
	struct loop *loop;
	struct conf *conf; /* a reload gives it another, between turns */
	struct store *store;
	struct zones *zones;
	struct token_keys keys; /* with the epochs of the store */
	struct bench_host host;
	int64_t started_at;
	struct {
		int64_t at;		      /* of the last reload; 0: there was none */
		uint64_t started[ROLE_COUNT]; /* meters.started then */
	} reload;
	bool stopping; /* nothing new is begun; results are still taken */
	struct health health;
	struct hook_lanes hook_lanes;
	struct lanes_seen lanes; /* of the sender */
	size_t room;		 /* of the sender, for what is decided now (delivery.h) */
	bool decides; /* mails are being parsed, whose commit is to come (parse_group.h) */
	struct holding holding; /* of the store's work */
	bool owns_turn;		/* no other node is in its turn (store_node.h) */
	bool no_turn;		/* the others have theirs for longer: not before the next */
	struct meters meters;
	int64_t committed_at; /* the last commit that stood; INSTANT_NONE: none yet */
	int64_t stepped_at;   /* the clock was set, by so many seconds; INSTANT_NONE: never */
	int64_t step_s;
	int64_t
	    held_until_ms; /* what cannot be taken back waits (timer/ahead.h); 0: nothing does */

	/* The bench's own, from bench_init() on. */
	struct arena arena; /* of the turn */
	struct bench_rooms rooms;
	struct peer *peers;
	struct loop_timer turn;
	int64_t commit_ms;  /* the commit under way began */
	bool no_room;	    /* CONCERN_STORE is that the disk is full: it ends when there is room */
	int64_t room_at_ms; /* when it is looked at next */
	struct loop_timer room_again;
};

/* All above is set: clock, loop, conf, store, zones, keys, host; they stay the caller's. */
void bench_init(struct bench *b, const struct bench_rooms *rooms);
/* Lets all peers go, and the turn that may be due. */
void bench_release(struct bench *b);

/* The desk as of now, in the turn's arena. */
struct desk bench_desk(struct bench *b);
int64_t bench_now_ms(const struct bench *b); /* monotonic */
/* For how many seconds something waits since that instant; a clock that was set since then says
 * nothing of what was before. */
int64_t bench_waits_s(const struct bench *b, int64_t since);
/* Work was put somewhere: do a turn soon. */
void bench_later(struct bench *b);
void bench_turn(struct bench *b);
/*
 * On a store that nodes share: what reads before it writes, and is not only this node's, asks for
 * the turn first, outside of a transaction.  No other node is in its turn then until
 * bench_end_turn(), or the end of the bench's turn.
 *
 * bench_may() waits a moment; false: the others need theirs, leave it for the next turn, which
 * comes soon.  bench_own_turn() waits for some seconds; ERR_TEMP: the others need theirs for
 * longer.
 */
bool bench_may(struct bench *b);
int bench_own_turn(struct bench *b, struct err *e);
void bench_end_turn(struct bench *b);

/* A reload ends all peers, and starts others. */
void bench_reloaded(struct bench *b);
/* What a reload ended has so long to be there again, and to report, before that is wrong. */
enum { BENCH_RELOAD_GRACE_S = 30 };
/* How many processes of the role the last reload may still be starting. */
size_t bench_reload_owes(const struct bench *b, enum role_id role, size_t wanted);

/* Takes the descriptor of a channel to a fresh process. */
void peer_add(struct bench *b, const struct parent_talk_peer *fresh);
/* Watches the peer's descriptor for what it needs now; call it after sending.  What is sent goes at
 * the end of the turn, or with peers_flush(): in one call for each peer. */
void peer_update(struct peer *p);
void peers_flush(struct bench *b);
/* Takes what those of that role have sent by now, and waits for nothing.  Between two rooms. */
void bench_hear(struct bench *b, enum role_id role);
/* Has that process killed and a fresh one started; its end comes as any other. */
void peer_replace(struct peer *p);
/* Closes the channel: the process ends by itself and a fresh one comes.  Not from its frames. */
void peer_let_go(struct peer *p);

#endif
