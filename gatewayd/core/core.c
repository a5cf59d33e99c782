#include "gatewayd/core/core.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/sandbox.h"
#include "gatewayd/wire/channel.h"
#include "gatewayd/core/control.h"
#include "gatewayd/core/delivery.h"
#include "gatewayd/core/intake.h"
#include "gatewayd/core/parse_pool.h"
#include "gatewayd/wire/setup.h"
#include "gatewayd/core/timer.h"

enum { DRAIN_MS = 10000 }; /* the sender gives its transfers less */

struct desk core_desk(struct core *c)
{
	return (struct desk){ .conf = c->conf,
			      .store = c->store,
			      .zones = c->zones,
			      .keys = &c->keys,
			      .now = clock_now(&c->role->clock),
			      .arena = &c->arena };
}

void core_later(struct core *c)
{
	if (!c->turn.armed)
		loop_timer_start(c->loop, &c->turn, 0);
}

/* The order is the way of a mail, so that one turn carries it as far as it goes. */
static void turn(void *ctx)
{
	struct core *c = ctx;

	intake_turn(c->intake);
	pool_turn(c->pool);
	watch_turn(c->watch);
	delivery_turn(c->delivery);
	arena_reset(&c->arena);
	if (!store_broken(c->store))
		return;
	/* After a failed fsync nobody knows what the disk has: a fresh core reads what is there. */
	log_event(LOG_ERROR, "store.broken", "store=%s", c->conf->store);
	c->failed = true;
	loop_stop(c->loop);
}

/* --- peers --- */

static void on_peer(void *ctx, int fd, unsigned int events);

void core_peer_update(struct peer *p)
{
	if (p->wire.fd >= 0)
		loop_watch(p->core->loop, p->wire.fd, channel_events(&p->wire), on_peer, p);
}

void core_peer_replace(struct peer *p)
{
	struct wire_out o;
	struct err e;

	wire_begin(&o, MSG_REPLACE);
	wire_put_u8(&o, (uint8_t)p->role);
	wire_put_u32(&o, p->instance);
	(void)wire_send(&p->core->role->parent, &o, &e); /* no parent: we are ending too */
}

static void peer_add(struct core *c, enum role_id role, uint32_t instance, int fd)
{
	struct peer *p = mem_alloc(sizeof(*p));

	p->core = c;
	p->role = role;
	p->instance = instance;
	message_wire(&p->wire, fd, ROLE_CORE, role);
	p->next = c->peers;
	c->peers = p;
	core_peer_update(p);
	if (role == ROLE_PARSE)
		pool_peer_new(c->pool, p);
	else if (role == ROLE_SENDER)
		delivery_peer_new(c->delivery, p);
}

static void peer_remove(struct peer *p)
{
	struct core *c = p->core;
	struct peer **at = &c->peers;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	if (p->role == ROLE_PARSE)
		pool_peer_gone(c->pool, p);
	else if (p->role == ROLE_SENDER) {
		delivery_peer_gone(c->delivery, p);
		if (c->stopping)
			loop_timer_start(c->loop, &c->drain, 0);
	} else if (p->role == ROLE_POLLER)
		intake_peer_gone(c->intake, p);
	loop_forget(c->loop, p->wire.fd);
	wire_release(&p->wire);
	free(p);
}

static int on_folder(struct peer *p, struct wire_in *in, struct err *e)
{
	struct talk_folder folder;

	if (talk_folder_get(in, &p->core->arena, &folder, e) < 0)
		return -1;
	core_later(p->core); /* frees the turn's arena */
	return intake_folder(p->core->intake, p, &folder, e);
}

static int on_mail(struct peer *p, struct wire_in *in, struct err *e)
{
	struct talk_mail mail;

	if (talk_mail_get(in, &mail, e) < 0)
		return -1;
	return intake_mail(p->core->intake, p, &mail, e);
}

static int on_status(struct peer *p, struct wire_in *in, struct err *e)
{
	struct talk_status status;

	if (talk_status_get(in, &status, e) < 0)
		return -1;
	intake_status(p->core->intake, &status);
	return 0;
}

static int on_sent(struct peer *p, struct wire_in *in, struct err *e)
{
	struct talk_sent sent;

	if (talk_sent_get(in, &sent, e) < 0)
		return -1;
	return delivery_sent(p->core->delivery, p, &sent, e);
}

static int on_frame(void *ctx, struct wire_in *in, struct err *e)
{
	struct peer *p = ctx;

	switch (in->type) {
	case MSG_FOLDER: return on_folder(p, in, e);
	case MSG_MAIL: return on_mail(p, in, e);
	case MSG_POLLER_STATUS: return on_status(p, in, e);
	case MSG_SENT: return on_sent(p, in, e);
	case MSG_PARSED: return pool_parsed(p->core->pool, p, in, e);
	default: return err_set(e, ERR_BUG, "message %u has no reader", in->type);
	}
}

/* What a peer says wrongly ends the conversation and the peer; another one takes its place. */
static void on_peer(void *ctx, int fd, unsigned int events)
{
	struct peer *p = ctx;
	struct err e = { 0 };
	bool open;
	int result = channel_serve(&p->wire, events, on_frame, p, &open, &e);

	(void)fd;
	if (result == 0 && open) {
		core_peer_update(p);
		return;
	}
	if (result < 0) {
		log_event(LOG_ERROR, "peer.refused", "role=%s instance=%" PRIu32 " reason=\"%s\"",
			  role_name(p->role), p->instance, e.text);
		core_peer_replace(p);
	}
	peer_remove(p);
}

/* --- the parent --- */

static int on_new_peer(struct core *c, struct wire_in *in, struct err *e)
{
	uint8_t role = wire_get_u8(in);
	uint32_t instance = wire_get_u32(in);
	int fd = wire_take_fd(in, 0);

	if (wire_done(in, e) < 0)
		return -1;
	peer_add(c, role, instance, fd);
	return 0;
}

static int pong(struct core *c, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_PONG);
	return wire_send(&c->role->parent, &o, e);
}

/* Whole or not at all. */
static int reload(struct core *c, struct wire_in *in, struct err *e)
{
	struct conf *fresh = NULL;
	struct err why = { 0 };
	struct wire_out o;

	if (setup_reload_get(in, c->role->conf_path, &fresh, &why) == 0) {
		conf_free(&c->conf);
		c->conf = fresh;
		watch_reloaded(c->watch);
		core_later(c);
	}
	wire_begin(&o, MSG_RELOADED);
	wire_put_u8(&o, fresh != NULL);
	wire_put_span(&o, span_of(why.text));
	return wire_send(&c->role->parent, &o, e);
}

static int on_parent_frame(void *ctx, struct wire_in *in, struct err *e)
{
	struct core *c = ctx;

	switch (in->type) {
	case MSG_PEER: return on_new_peer(c, in, e);
	case MSG_PING: return wire_done(in, e) < 0 ? -1 : pong(c, e);
	case MSG_RELOAD: return reload(c, in, e);
	default: return err_set(e, ERR_BUG, "message %u has no reader", in->type);
	}
}

static void stop(struct core *c)
{
	c->stopping = true;
	turn(c); /* what was read is kept, what was sent is written down */
	loop_stop(c->loop);
}

static void drained(void *ctx)
{
	stop(ctx);
}

/* Nothing new is begun, but the sender's results are waited for: what a server has taken and we
 * have not written down would be sent twice. */
static void parent_lost(struct core *c)
{
	loop_forget(c->loop, c->role->parent.fd);
	c->stopping = true;
	if (delivery_busy(c->delivery))
		loop_timer_start(c->loop, &c->drain, DRAIN_MS);
	else
		stop(c);
}

static void on_parent(void *ctx, int fd, unsigned int events)
{
	struct core *c = ctx;
	struct wire *w = &c->role->parent;
	struct err e = { 0 };
	bool open;
	int result = channel_serve(w, events, on_parent_frame, c, &open, &e);

	if (result < 0)
		log_event(LOG_ERROR, "core.parent", "reason=\"%s\"", e.text);
	if (result < 0 || !open)
		parent_lost(c);
	else
		loop_watch(c->loop, fd, channel_events(w), on_parent, c);
}

static void on_signal(void *ctx, int fd, unsigned int events)
{
	struct signalfd_siginfo info;

	(void)events;
	if (read(fd, &info, sizeof(info)) == sizeof(info))
		stop(ctx);
}

static int watch_signals(struct core *c, struct err *e)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 ||
	    (fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
		return err_set(e, ERR_PERM, "signals: %s", strerror(errno));
	loop_watch(c->loop, fd, LOOP_READ, on_signal, c);
	return 0;
}

/* --- beginning and end --- */

static int open_all(struct core *c, struct err *e)
{
	struct wire_in in;

	if (wire_wait(&c->role->parent, ROLE_SETUP_MS, &in, e) < 0 ||
	    setup_core_get(&in, c->role->conf_path, &c->keys, &c->conf, e) < 0 ||
	    sandbox_user(c->role->user, e) < 0 ||
	    store_open(c->conf->store, STORE_CREATE, &c->store, e) < 0)
		return -1;
	c->zones = zones_new(NULL);
	c->loop = loop_new(c->role->clock);
	c->intake = intake_new(c);
	c->pool = pool_new(c);
	c->delivery = delivery_new(c);
	c->watch = watch_new(c);
	c->control = control_new(c, e);
	if (!c->control || watch_signals(c, e) < 0)
		return -1;
	return sandbox_store(e);
}

static int say_ready(struct core *c, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_READY);
	return wire_send(&c->role->parent, &o, e);
}

static void close_all(struct core *c)
{
	while (c->peers)
		peer_remove(c->peers);
	control_free(&c->control);
	watch_free(&c->watch);
	delivery_free(&c->delivery);
	pool_free(&c->pool);
	intake_free(&c->intake);
	if (c->loop) {
		loop_timer_stop(c->loop, &c->turn);
		loop_timer_stop(c->loop, &c->drain);
	}
	loop_free(&c->loop);
	zones_free(&c->zones);
	store_close(&c->store);
	conf_free(&c->conf);
	token_keys_wipe(&c->keys);
	arena_release(&c->arena);
}

int core_main(struct role *r)
{
	struct core c = { .role = r,
			  .turn = { .fn = turn, .ctx = &c },
			  .drain = { .fn = drained, .ctx = &c } };
	struct err e = { 0 };
	int result;

	arena_init(&c.arena);
	c.started_at = clock_now(&r->clock);
	result = open_all(&c, &e);
	if (result == 0)
		result = say_ready(&c, &e);
	if (result == 0) {
		loop_watch(c.loop, r->parent.fd, channel_events(&r->parent), on_parent, &c);
		log_event(LOG_NOTICE, "core.ready", "store=%s", c.conf->store);
		core_later(&c);
		result = loop_run(c.loop, &e);
	}
	if (result < 0)
		log_event(LOG_ERROR, "core.failed", "reason=\"%s\"", e.text);
	close_all(&c);
	return result < 0 || c.failed ? EX_SOFTWARE : EX_OK;
}
