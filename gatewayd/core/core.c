#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/sandbox.h"
#include "gatewayd/core/rooms.h"
#include "gatewayd/wire/channel.h"
#include "gatewayd/wire/parent_talk.h"
#include "gatewayd/wire/role.h"
#include "gatewayd/wire/setup.h"

enum { DRAIN_MS = 10000 }; /* the sender gives its transfers less */

struct core {
	struct role *role;
	struct bench bench;
	struct rooms *rooms;
	struct loop_timer drain; /* the last wait, for the sender */
	bool failed;		 /* end, and be started again */
};

/* --- what the rooms ask --- */

static void replace(void *ctx, const struct peer *p)
{
	struct parent_talk_replace r = { p->role, p->instance };
	struct core *c = ctx;
	struct err e;

	/* Without a parent this process is ending, too. */
	(void)parent_talk_replace_put(&c->role->parent, &r, &e);
}

static void gone(void *ctx, enum role_id role)
{
	struct core *c = ctx;

	if (role == ROLE_SENDER && c->bench.stopping)
		loop_timer_start(c->bench.loop, &c->drain, 0);
}

static void broken(void *ctx)
{
	struct core *c = ctx;

	c->failed = true;
	loop_stop(c->bench.loop);
}

/* --- the parent --- */

static int on_new_peer(struct core *c, struct wire_in *in, struct err *e)
{
	struct parent_talk_peer p;

	if (parent_talk_peer_get(in, &p, e) < 0)
		return -1;
	peer_add(&c->bench, p.role, p.instance, p.fd);
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
	case MSG_PING: return wire_done(in, e) < 0 ? -1 : say(c, MSG_PONG, e);
	case MSG_RELOAD: return reload(c, in, e);
	default: return err_set(e, ERR_BUG, "message %u has no reader", in->type);
	}
}

static void stop(struct core *c)
{
	c->bench.stopping = true;
	bench_turn(&c->bench); /* what was read is kept, what was sent is written down */
	loop_stop(c->bench.loop);
}

static void drained(void *ctx)
{
	stop(ctx);
}

/* Nothing new is begun, but the sender's results are waited for: what a server has taken and we
 * have not written down would be sent twice. */
static void parent_lost(struct core *c)
{
	loop_forget(c->bench.loop, c->role->parent.fd);
	c->bench.stopping = true;
	if (rooms_sending(c->rooms))
		loop_timer_start(c->bench.loop, &c->drain, DRAIN_MS);
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
		log_event(LOG_ERROR, "core.parent", log_reason(&e));
	if (result < 0 || !open)
		parent_lost(c);
	else
		loop_watch(c->bench.loop, fd, channel_events(w), on_parent, c);
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
	loop_watch(c->bench.loop, fd, LOOP_READ, on_signal, c);
	return 0;
}

/* --- beginning and end --- */

static int open_all(struct core *c, struct err *e)
{
	struct bench *b = &c->bench;
	struct wire_in in;

	if (wire_wait(&c->role->parent, ROLE_SETUP_MS, &in, e) < 0 ||
	    setup_core_get(&in, c->role->conf_path, &b->keys, &b->conf, e) < 0 ||
	    sandbox_user(c->role->user, e) < 0 ||
	    store_open(b->conf->store, STORE_CREATE, &b->store, e) < 0)
		return -1;
	b->zones = zones_new(NULL);
	b->loop = loop_new(b->clock);
	c->rooms = rooms_new(b);
	if (control_listen(rooms_control(c->rooms), b->conf->socket, e) < 0 ||
	    watch_signals(c, e) < 0)
		return -1;
	return sandbox_store(e);
}

static void close_all(struct core *c)
{
	struct bench *b = &c->bench;

	rooms_free(&c->rooms);
	if (b->loop)
		loop_timer_stop(b->loop, &c->drain);
	loop_free(&b->loop);
	zones_free(&b->zones);
	store_close(&b->store);
	conf_free(&b->conf);
	token_keys_wipe(&b->keys);
}

static int run(struct core *c, struct err *e)
{
	struct wire *parent = &c->role->parent;

	if (open_all(c, e) < 0 || say(c, MSG_READY, e) < 0)
		return -1;
	loop_watch(c->bench.loop, parent->fd, channel_events(parent), on_parent, c);
	log_event(LOG_NOTICE, "core.ready", log_text("store", c->bench.conf->store));
	return loop_run(c->bench.loop, e);
}

int core_main(struct role *r)
{
	struct core c = {
		.role = r,
		.bench = { .clock = r->clock,
			   .host = { .replace = replace,
				     .gone = gone,
				     .broken = broken,
				     .ctx = &c } },
		.drain = { .fn = drained, .ctx = &c },
	};
	struct err e = { 0 };
	int result = run(&c, &e);

	if (result < 0)
		log_event(LOG_ERROR, "core.failed", log_reason(&e));
	close_all(&c);
	return result < 0 || c.failed ? EX_SOFTWARE : EX_OK;
}
