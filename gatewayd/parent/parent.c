#include "gatewayd/parent/parent.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/loop.h"
#include "gatewayd/parent/child.h"
#include "gatewayd/parent/core_ends.h"
#include "gatewayd/parent/downs.h"
#include "gatewayd/parent/grants.h"
#include "gatewayd/parent/leaving.h"
#include "gatewayd/parent/notify.h"
#include "gatewayd/parent/only_one.h"
#include "gatewayd/parent/reload.h"
#include "gatewayd/parent/spawn.h"
#include "gatewayd/wire/channel.h"
#include "gatewayd/wire/parent_talk.h"
#include "gatewayd/wire/role.h"

enum {
	RESTART_MIN_MS = 100,	/* a parse child is back well within a second */
	RESTART_MAX_MS = 60000, /* what dies at every start is tried once a minute */
	RESTART_PLANNED_MS = 1, /* a parse child that ended in order */
	RESTART_PARSE_MS = 400, /* one bad mail after another must not stall the good ones */
	STOP_WORKERS_MS = 7000, /* for pollers, parsers, sender; with core's within 10 s */
	STOP_CORE_MS = 2500,
};

enum phase { RUNNING, STOPPING_WORKERS, STOPPING_CORE };

struct parent {
	const struct parent_options *options;
	struct conf **conf;
	struct reload reload;
	struct grants grants;
	bool core_ready;
	struct core_ends core_ends;
	struct loop *loop;
	struct clock clock;
	struct spawn_common common;
	int signals;
	struct child core;
	struct child *workers;
	size_t worker_count;
	struct leaving leaving; /* workers of before a reload */
	enum phase phase;
	struct loop_timer stop, ping;
	int status; /* of the daemon */
};

static void child_start(struct child *c);

static void stop_role(struct child *c, int sig)
{
	if (c->pid)
		kill(c->pid, sig);
}

static void workers_signal(struct parent *p, int sig)
{
	for (size_t i = 0; i < p->worker_count; i++)
		stop_role(&p->workers[i], sig);
}

static void restart_now(void *ctx)
{
	child_start(ctx);
}

static void restart_in(struct child *c, int64_t ms)
{
	c->restart.fn = restart_now;
	c->restart.ctx = c;
	loop_timer_start(c->parent->loop, &c->restart, ms);
}

static void restart_later(struct child *c)
{
	bool steady = clock_monotonic_ms(&c->parent->clock) - c->started_ms > CHILD_STEADY_MS;
	int64_t longest = c->role == ROLE_PARSE ? RESTART_PARSE_MS : RESTART_MAX_MS;

	if (steady || c->wait_ms == 0)
		c->wait_ms = RESTART_MIN_MS;
	else if (c->wait_ms < longest)
		c->wait_ms *= 2;
	restart_in(c, c->wait_ms);
	log_event(LOG_INFO, "role.restart", log_text("role", role_name(c->role)),
		  log_uint("instance", c->instance), log_int("after_ms", c->wait_ms));
}

static int on_frame(void *ctx, struct wire_in *in, struct err *e);
static void child_watch(struct child *c);

static void on_wire(void *ctx, int fd, unsigned int events)
{
	struct child *c = ctx;
	struct err e = { 0 };
	bool open;

	if (channel_serve(&c->wire, events, on_frame, c, &open, &e) < 0 || !open)
		loop_forget(c->parent->loop, fd); /* SIGCHLD tells the rest */
	else
		child_watch(c);
}

static void child_watch(struct child *c)
{
	loop_watch(c->parent->loop, c->wire.fd, channel_events(&c->wire), on_wire, c);
}

/* A fresh core hears how those before it ended. */
static int say_last_ends(struct child *c, struct err *e)
{
	const struct parent *p = c->parent;

	return c->role != ROLE_CORE
		   ? 0
		   : core_ends_put(&p->core_ends, &c->wire, clock_monotonic_ms(&p->clock), e);
}

static void child_start(struct child *c)
{
	struct parent *p = c->parent;
	struct spawn s = { .role = c->role,
			   .instance = c->instance,
			   .conf_path = p->options->conf_path,
			   .debug = p->options->debug,
			   .conf = *p->conf,
			   .core = &p->core.wire,
			   .common = &p->common };
	struct err e = { 0 };

	if (c->pid || p->phase != RUNNING || (c != &p->core && !p->core.pid))
		return;
	c->started_ms = clock_monotonic_ms(&p->clock);
	if (child_note(c, &s.note, &e) < 0 || spawn_role(&s, &c->pid, &c->wire, &e) < 0 ||
	    say_last_ends(c, &e) < 0) {
		log_event(LOG_ERROR, "role.start-failed", log_text("role", role_name(c->role)),
			  log_uint("instance", c->instance), log_reason(&e));
		if (c->pid)
			kill(c->pid, SIGKILL); /* SIGCHLD starts it again, later */
		else
			restart_later(c);
		return;
	}
	grants_hand(&p->grants, *p->conf, c, SPAN_NONE);
	loop_watch(p->loop, c->wire.fd, LOOP_READ | LOOP_WRITE, on_wire, c);
	log_event(LOG_DEBUG, "role.started", log_text("role", role_name(c->role)),
		  log_uint("instance", c->instance), log_int("pid", c->pid));
	if (c == &p->core)
		for (size_t i = 0; i < p->worker_count; i++)
			child_start(&p->workers[i]);
}

static void stop_core(void *ctx)
{
	struct parent *p = ctx;

	workers_signal(p, SIGKILL);
	leaving_kill(&p->leaving);
	if (!p->core.pid) { /* it was between two lives */
		loop_stop(p->loop);
	} else if (p->phase == STOPPING_WORKERS) {
		p->phase = STOPPING_CORE;
		stop_role(&p->core, SIGTERM);
		loop_timer_start(p->loop, &p->stop, STOP_CORE_MS);
	} else {
		stop_role(&p->core, SIGKILL);
	}
}

/* Core ends last: it writes down what the others say at their end. */
static void stop_go_on(struct parent *p)
{
	if (p->phase == STOPPING_WORKERS && p->leaving.n == 0 &&
	    child_none_runs(p->workers, p->worker_count))
		loop_timer_start(p->loop, &p->stop, 0);
}

static void stop_begin(struct parent *p)
{
	if (p->phase != RUNNING)
		return;
	log_event(LOG_NOTICE, "gatewayd.stopping", log_int("pid", getpid()));
	notify_stopping();
	p->phase = STOPPING_WORKERS;
	p->stop = (struct loop_timer){ .fn = stop_core, .ctx = p };
	workers_signal(p, SIGTERM);
	loop_timer_start(p->loop, &p->stop, STOP_WORKERS_MS);
	stop_go_on(p);
}

/* What was said about a reload that did not come to its end; a conversation ends with its peer. */
static void reload_failed(struct parent *p, struct span reason)
{
	reload_fail(&p->reload, reason);
	if (p->phase == RUNNING)
		notify_ready();
}

/* Without core the others have nobody to talk to; with the new one they begin afresh. */
static void core_ended(struct parent *p)
{
	p->core_ready = false;
	workers_signal(p, SIGTERM);
	if (p->reload.next)
		reload_failed(p, SPAN("core ended; the old one stays"));
	if (p->phase != RUNNING)
		loop_stop(p->loop);
}

/* Core judges by it what a mail has done; what core itself did its successor hears. */
static void tell_end(struct child *c, int status, const struct rusage *use)
{
	struct parent_talk_ended d = child_end(c, status, use);
	struct err e;

	if (c->role == ROLE_CORE)
		core_ends_add(&c->parent->core_ends, &d, clock_monotonic_ms(&c->parent->clock));
	else if (c->parent->core.pid) /* without core there is nobody to tell */
		(void)parent_talk_ended_put(&c->parent->core.wire, &d, &e);
}

static void child_ended(struct child *c, int status)
{
	struct parent *p = c->parent;

	child_log_end(c, status);
	if (c->wire.fd >= 0)
		loop_forget(p->loop, c->wire.fd);
	child_release(c);
	c->pid = 0;
	if (c == &p->core)
		core_ended(p);
	if (p->phase != RUNNING)
		return;
	if (c->role == ROLE_PARSE && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		restart_in(c, RESTART_PLANNED_MS);
	else /* a configuration that core refuses will not get better by trying at once */
		restart_later(c);
}

static void give_up(struct child *c)
{
	child_log_hopeless(c);
	c->parent->status = c->last_status;
	stop_begin(c->parent);
}

/* They are few and hold nothing that is not kept, so the simplest way to give them other settings
 * is to restart them. */
static void workers_stop(struct parent *p)
{
	for (size_t i = 0; i < p->worker_count; i++) {
		struct child *c = &p->workers[i];

		loop_timer_stop(p->loop, &c->restart);
		if (!c->pid)
			continue;
		loop_forget(p->loop, c->wire.fd);
		leaving_add(&p->leaving, p->loop, c->pid, clock_monotonic_ms(&p->clock));
		child_release(c);
	}
	free(p->workers);
}

static void workers_start(struct parent *p)
{
	p->workers = child_workers(*p->conf, p, &p->worker_count);
	for (size_t i = 0; i < p->worker_count; i++)
		child_start(&p->workers[i]);
}

static void reap(struct parent *p)
{
	struct rusage use;
	int status;
	pid_t pid;

	while ((pid = wait4(-1, &status, WNOHANG, &use)) > 0) {
		struct child *c =
		    p->core.pid == pid ? &p->core : child_find(p->workers, p->worker_count, pid);
		bool alone;

		leaving_gone(&p->leaving, pid);
		if (!c)
			continue;
		tell_end(c, status, &use);
		if (p->phase == RUNNING &&
		    child_is_hopeless(c, status, clock_monotonic_ms(&p->clock)))
			give_up(c);
		alone =
		    c->role == ROLE_POLLER && downs_note(*p->conf, c->instance, status, c->note);
		child_ended(c, status);
		if (!alone || p->phase != RUNNING)
			continue;
		workers_stop(p);
		workers_start(p);
	}
	stop_go_on(p);
}

/* The new configuration is whole: core has it. */
static void reload_finish(struct parent *p)
{
	struct conf *next = reload_take(&p->reload);

	workers_stop(p);
	grants_release(&p->grants);
	downs_keep(*p->conf, next);
	conf_free(p->conf);
	*p->conf = next;
	workers_start(p);
	log_event(LOG_NOTICE, "conf.reloaded", log_text("file", p->options->conf_path));
	notify_ready();
}

static void reload_now(struct parent *p)
{
	struct wire *core = p->core_ready ? &p->core.wire : NULL;
	struct err e;

	if (p->phase == RUNNING &&
	    reload_begin(&p->reload, *p->conf, core, clock_monotonic_ms(&p->clock), &e) < 0)
		reload_failed(p, span_of(e.text));
}

/* What was asked for meanwhile. */
static void reload_next(struct parent *p)
{
	if (p->reload.wanted)
		reload_now(p);
}

static int on_reloaded(struct parent *p, struct wire_in *in, struct err *e)
{
	struct parent_talk_reloaded r;

	if (parent_talk_reloaded_get(in, &r, e) < 0)
		return -1;
	if (!p->reload.next)
		return 0;
	if (p->phase != RUNNING)
		conf_free(&p->reload.next); /* it would start what is being stopped */
	else if (r.taken)
		reload_finish(p);
	else
		reload_failed(p, r.reason);
	reload_next(p);
	return 0;
}

static int on_replace(struct parent *p, struct wire_in *in, struct err *e)
{
	struct parent_talk_replace r;

	if (parent_talk_replace_get(in, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < p->worker_count; i++)
		if (p->workers[i].role == r.role && p->workers[i].instance == r.instance &&
		    p->workers[i].pid == r.pid)
			stop_role(&p->workers[i], SIGKILL);
	return 0;
}

static int on_access(struct parent *p, struct wire_in *in, struct err *e)
{
	struct span name;

	if (grants_take(&p->grants, *p->conf, in, &name, e) < 0)
		return -1;
	for (size_t i = 0; i < p->worker_count; i++)
		if (grants_hand(&p->grants, *p->conf, &p->workers[i], name))
			child_watch(&p->workers[i]);
	return 0;
}

static int on_refused(struct parent *p, struct wire_in *in, struct err *e)
{
	struct child *told;

	if (grants_refused(p->workers, p->worker_count, in, &told, e) < 0)
		return -1;
	if (told)
		child_watch(told);
	return 0;
}

static int on_frame(void *ctx, struct wire_in *in, struct err *e)
{
	struct child *c = ctx;
	struct parent *p = c->parent;

	switch (in->type) {
	case MSG_READY:
		if (wire_done(in, e) < 0)
			return -1;
		p->core_ready = true;
		notify_ready();
		reload_next(p);
		return 0;
	case MSG_PONG:
		if (wire_done(in, e) < 0)
			return -1;
		p->core.pong_ms = clock_monotonic_ms(&p->clock);
		notify_alive();
		return 0;
	case MSG_TOKENS_ACCESS: return on_access(p, in, e);
	case MSG_POLLER_REFUSED:
	case MSG_SENDER_REFUSED: return on_refused(p, in, e);
	case MSG_POLLER_PONG:
	case MSG_TOKENS_PONG:
	case MSG_SENDER_PONG:
	case MSG_HOOKS_PONG:
	case MSG_WEB_PONG: c->pong_ms = clock_monotonic_ms(&p->clock); return wire_done(in, e);
	case MSG_RELOADED: return on_reloaded(p, in, e);
	case MSG_REPLACE: return on_replace(p, in, e);
	default: return err_set(e, ERR_BUG, "message %u has no reader", in->type);
	}
}

static void ping_role(struct child *c, int64_t now_ms)
{
	bool opens = child_await_open(c, c->parent->core_ready, now_ms);
	int64_t silence_ms = (int64_t)(*c->parent->conf)->limits.role_silence_s * 1000;

	if (child_ping(c, opens ? CHILD_OPEN_MS : silence_ms, now_ms))
		child_watch(c);
}

static void ping(void *ctx)
{
	struct parent *p = ctx;
	int64_t now_ms = clock_monotonic_ms(&p->clock);

	ping_role(&p->core, now_ms);
	for (size_t i = 0; i < p->worker_count; i++)
		ping_role(&p->workers[i], now_ms);
	loop_timer_start(p->loop, &p->ping, child_ping_every_ms(*p->conf));
}

static void on_signal(void *ctx, int fd, unsigned int events)
{
	struct parent *p = ctx;
	struct signalfd_siginfo info;

	(void)events;
	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	switch (info.ssi_signo) {
	case SIGCHLD: reap(p); break;
	case SIGHUP: reload_now(p); break;
	default: stop_begin(p); break;
	}
}

int parent_main(const struct parent_options *options, struct conf **conf)
{
	static const int signals[] = { SIGCHLD, SIGHUP, SIGINT, SIGTERM };
	struct parent p = { .options = options,
			    .conf = conf,
			    .reload = { .path = options->conf_path, .keys = &p.common.keys },
			    .clock = clock_real() };
	struct err e = { 0 };

	log_open("parent", options->debug ? LOG_DEBUG : LOG_INFO);
	if (!only_one((*conf)->socket))
		return EX_TEMPFAIL;
	p.signals = role_signals(signals, sizeof(signals) / sizeof(*signals), &e);
	if (p.signals < 0 || spawn_common_open(&p.common, *conf, &e) < 0) {
		log_event(LOG_ERROR, "gatewayd.failed", log_reason(&e));
		return p.signals < 0 ? EX_OSERR : EX_CANTCREAT;
	}
	p.loop = loop_new(p.clock);
	loop_watch(p.loop, p.signals, LOOP_READ, on_signal, &p);
	p.core = child_of(&p, ROLE_CORE, 0);
	p.workers = child_workers(*p.conf, &p, &p.worker_count);
	log_event(LOG_NOTICE, "gatewayd.started", log_int("pid", getpid()),
		  log_text("conf", options->conf_path));
	p.ping = (struct loop_timer){ .fn = ping, .ctx = &p };
	loop_timer_start(p.loop, &p.ping, CHILD_PING_MS / 10);
	child_start(&p.core);
	if (loop_run(p.loop, &e) < 0)
		log_event(LOG_ERROR, "gatewayd.failed", log_reason(&e));
	loop_forget(p.loop, p.signals);
	close(p.signals);
	spawn_common_close(&p.common);
	free(p.workers);
	leaving_release(&p.leaving);
	grants_release(&p.grants);
	loop_free(&p.loop);
	log_event(LOG_NOTICE, "gatewayd.stopped", log_int("pid", getpid()));
	return p.status;
}
