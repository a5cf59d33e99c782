/*
 * The role that decides: the store, the clock, the control socket, and no network.
 *
 * All work is done in a turn, after the messages that are there were read: keep what came in
 * (intake.h), decide what was parsed (parse_pool.h), hand out what is to be sent (delivery.h), do
 * what is due (timer.h).  core_later() asks for a turn.
 */
#ifndef GATEWAYD_CORE_CORE_H
#define GATEWAYD_CORE_CORE_H

#include "gatewayd/base/loop.h"
#include "gatewayd/case/desk.h"
#include "gatewayd/wire/messages.h"
#include "gatewayd/wire/role.h"

struct core;

/* Another process at the end of a channel. */
struct peer {
	struct core *core;
	enum role_id role;
	uint32_t instance;
	struct wire wire;
	struct peer *next;
};

struct core {
	struct role *role;
	struct loop *loop;
	struct conf *conf;
	struct store *store;
	struct zones *zones;
	struct token_keys keys;
	struct arena arena; /* of the turn */
	struct peer *peers;
	struct intake *intake;
	struct pool *pool;
	struct delivery *delivery;
	struct watch *watch;
	struct control *control;
	struct loop_timer turn;
	struct loop_timer drain; /* the last wait, for the sender */
	int64_t started_at;
	bool stopping;
	bool failed; /* end, and be started anew */
};

/* The desk as of now. */
struct desk core_desk(struct core *c);
/* Work was put somewhere: do a turn soon. */
void core_later(struct core *c);
/* Watches the peer's descriptor for what it needs now; call it after sending. */
void core_peer_update(struct peer *p);
/* Has the parent kill that process and start a fresh one. */
void core_peer_replace(struct peer *p);

#endif
