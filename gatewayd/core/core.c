#include <sysexits.h>

#include "gatewayd/base/log.h"
#include "gatewayd/core/migrating.h"
#include "gatewayd/core/rooms.h"
#include "gatewayd/wire/channel.h"
#include "gatewayd/wire/parent_talk.h"
#include "gatewayd/wire/role.h"
#include "gatewayd/wire/setup.h"

enum {
	DRAIN_MS = 10000, /* the sender gives its transfers less */
};

struct core {
	struct role *role;
	struct bench bench;
	struct rooms *rooms;
	struct loop_timer drain; /* the last wait, for the sender */
};

/* --- what the rooms ask --- */

static void replace(void *ctx, const struct peer *p)
{
	struct parent_talk_replace r = { p->role, p->instance, p->pid };
	struct core *c = ctx;
	struct err e;

	/* Without a parent this process is ending, too. */
	if (parent_talk_replace_put(&c->role->parent, &r, &e) == 0)
		role_parent_update(c->role);
}

static void gone(void *ctx, enum role_id role)
{
	struct core *c = ctx;

	if (role == ROLE_SENDER && c->bench.stopping)
		loop_timer_start(c->bench.loop, &c->drain, 0);
}

/* A database that is lost again and again is nothing that a daemon should end for. */
static void broken(void *ctx)
{
	struct core *c = ctx;

	role_stop(c->role, store_is_shared(c->bench.store) ? EX_TEMPFAIL : EX_SOFTWARE);
}

static void refused(void *ctx)
{
	struct core *c = ctx;

	role_stop(c->role, EX_CONFIG);
}

/* --- the parent --- */

static int on_new_peer(struct core *c, struct wire_in *in, struct err *e)
{
	struct parent_talk_peer p;

	if (parent_talk_peer_get(in, &p, e) < 0)
		return -1;
	peer_add(&c->bench, &p);
	return 0;
}

static int on_ended(struct core *c, struct wire_in *in, struct err *e)
{
	struct parent_talk_ended d;

	if (parent_talk_ended_get(in, &d, e) < 0)
		return -1;
	rooms_ended(c->rooms, &d);
	return 0;
}

static int say(struct core *c, enum message word, struct err *e)
{
	return parent_talk_word_put(&c->role->parent, word, e);
}

/* Whole or not at all. */
static int reload(struct core *c, struct wire_in *in, struct err *e)
{
	struct conf *fresh = NULL;
	struct parent_talk_reloaded r = { 0 };
	struct err why = { 0 };

	r.taken = setup_reload_get(in, c->role->conf_path, &fresh, &why) == 0;
	r.reason = span_of(why.text);
	if (r.taken)
		rooms_reload(c->rooms, fresh);
	return parent_talk_reloaded_put(&c->role->parent, &r, e);
}

static int on_parent_frame(void *ctx, struct wire_in *in, struct err *e)
{
	struct core *c = ctx;

	switch (in->type) {
	case MSG_PEER: return on_new_peer(c, in, e);
	case MSG_ENDED: return on_ended(c, in, e);
	case MSG_RELOAD: return reload(c, in, e);
	default: return err_set(e, ERR_BUG, "message %u has no reader", in->type);
	}
}

/* --- beginning and end --- */

static void stop(struct core *c)
{
	c->bench.stopping = true;
	bench_turn(&c->bench); /* what was read is kept, what was sent is written down */
	rooms_leave(c->rooms);
	role_stop(c->role, c->role->status);
}

static void drained(void *ctx)
{
	stop(ctx);
}

/*
 * Nothing new is begun.  Without a parent the sender's results are waited for all the same: what a
 * server has taken and is not written down would be sent twice.
 */
static void end(void *ctx, enum role_why why)
{
	struct core *c = ctx;

	c->bench.stopping = true;
	if (why == ROLE_ORPHANED && rooms_sending(c->rooms))
		loop_timer_start(c->bench.loop, &c->drain, DRAIN_MS);
	else
		stop(c);
}

static int take_setup(void *ctx, struct wire_in *in, struct err *e)
{
	struct core *c = ctx;

	return setup_core_get(in, c->role->conf_path, &c->bench.keys, &c->bench.conf, e);
}

static int open_rooms(void *ctx, struct sandbox_limits *limits, struct err *e)
{
	struct core *c = ctx;
	struct bench *b = &c->bench;
	struct migrating at = { .clock = &b->clock, .socket = b->conf->socket };
	const struct store_listener listener = { migrating_told, &at };
	int opened;

	(void)limits; /* the store grows as it must */
	migrating_over(&at);
	opened = store_open_told(b->conf->store, STORE_NODE, &listener, &b->store, e);
	migrating_over(&at);
	if (opened < 0 || desk_epochs(b->store, &b->keys, e) < 0)
		return -1;
	b->zones = zones_new(NULL);
	b->loop = c->role->loop;
	c->rooms = rooms_new(b);
	if (rooms_join(c->rooms, e) < 0)
		return -1;
	if (meters_begin(b, e) < 0)
		return -1;
	return control_listen(rooms_control(c->rooms), b->conf, e);
}

static int seal(void *ctx, struct err *e)
{
	(void)ctx;
	return sandbox_store(e);
}

static int start(void *ctx, struct err *e)
{
	struct core *c = ctx;

	log_event(LOG_NOTICE, "core.ready", log_text("store", c->bench.conf->store));
	return say(c, MSG_READY, e);
}

static void put_away(struct core *c)
{
	struct bench *b = &c->bench;

	rooms_free(&c->rooms);
	loop_timer_stop(c->role->loop, &c->drain);
	zones_free(&b->zones);
	store_close(&b->store);
	conf_free(&b->conf);
	token_keys_wipe(&b->keys);
}

int core_main(struct role *r)
{
	struct core c = {
		.role = r,
		.bench = { .clock = r->clock,
			   .host = { .replace = replace,
				     .gone = gone,
				     .broken = broken,
				     .refused = refused,
				     .ctx = &c } },
		.drain = { .fn = drained, .ctx = &c },
	};
	struct role_part part = { .setup = take_setup,
				  .open = open_rooms,
				  .seal = seal,
				  .start = start,
				  .from_parent = on_parent_frame,
				  .end = end,
				  .ctx = &c };
	int status = role_run(r, &part);

	put_away(&c);
	role_release(r);
	return status;
}
