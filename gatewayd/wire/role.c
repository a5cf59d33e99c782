#include "gatewayd/wire/role.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/wire/parent_talk.h"

enum {
	SETUP_MS = 30000,     /* for the first message */
	LAST_WORDS_MS = 1000, /* for what was said to core at the end */
};

int role_signals(const int *signals, size_t n, struct err *e)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < n; i++)
		sigaddset(&set, signals[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 ||
	    (fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
		return err_set(e, ERR_PERM, "signals: %s", strerror(errno));
	return fd;
}

void role_stop(struct role *r, int status)
{
	r->status = status;
	loop_stop(r->loop);
}

static void failed(struct role *r, const struct err *e)
{
	log_event(LOG_ERROR, "role.failed", log_text("role", role_name(r->id)), log_reason(e));
	r->status = EX_OSERR;
}

void role_fail(struct role *r, const struct err *e)
{
	failed(r, e);
	loop_stop(r->loop);
}

/* --- the loop --- */

static void on_signal(void *ctx, int fd, unsigned int events)
{
	struct role *r = ctx;
	struct signalfd_siginfo info;

	(void)events;
	if (read(fd, &info, sizeof(info)) == sizeof(info))
		r->part->end(r->part->ctx, ROLE_STOPPED);
}

static int nothing_more(void *ctx, struct wire_in *in, struct err *e)
{
	(void)ctx;
	wire_close_fds(in);
	return err_set(e, ERR_PERM, "message %u was not expected", in->type);
}

/* Pings are answered here, between the work of two turns: a loop that stands does not answer. */
static int from_parent(void *ctx, struct wire_in *in, struct err *e)
{
	static const enum message pongs[MESSAGE_COUNT] = {
		[MSG_PING] = MSG_PONG,
		[MSG_POLLER_PING] = MSG_POLLER_PONG,
		[MSG_SENDER_PING] = MSG_SENDER_PONG,
		[MSG_WEB_PING] = MSG_WEB_PONG,
		[MSG_TOKENS_PING] = MSG_TOKENS_PONG,
		[MSG_HOOKS_PING] = MSG_HOOKS_PONG,
	};
	struct role *r = ctx;
	const struct role_part *part = r->part;

	if (!pongs[in->type])
		return (part->from_parent ? part->from_parent : nothing_more)(part->ctx, in, e);
	if (wire_done(in, e) < 0)
		return -1;
	return parent_talk_word_put(&r->parent, pongs[in->type], e);
}

static void on_parent(void *ctx, int fd, unsigned int events)
{
	struct role *r = ctx;
	const struct role_part *part = r->part;
	struct err e = { 0 };
	bool open;

	(void)fd;
	if (channel_serve(&r->parent, events, from_parent, r, &open, &e) < 0) {
		failed(r, &e);
		open = false;
	}
	if (open) {
		role_parent_update(r);
		return;
	}
	loop_forget(r->loop, r->parent.fd);
	part->end(part->ctx, ROLE_ORPHANED);
}

static void on_core(void *ctx, int fd, unsigned int events)
{
	struct role *r = ctx;
	struct err e = { 0 };
	bool open;
	int served = channel_serve(&r->core, events, r->part->from_core, r->part->ctx, &open, &e);

	(void)fd;
	r->core_gone = served < 0 || !open;
	if (served < 0)
		role_fail(r, &e);
	else if (!open)
		role_stop(r, EX_OK); /* without core there is nothing to do here */
	else
		role_core_update(r);
}

void role_parent_update(struct role *r)
{
	loop_watch(r->loop, r->parent.fd, channel_events(&r->parent), on_parent, r);
}

void role_core_update(struct role *r)
{
	loop_watch(r->loop, r->core.fd, channel_events(&r->core), on_core, r);
}

/* --- the beginning --- */

void role_begin(struct role *r, bool debug)
{
	log_open(role_name(r->id), debug ? LOG_DEBUG : LOG_INFO);
	message_wire(&r->parent, ROLE_PARENT_FD, r->id, ROLE_PARENT);
	r->core.fd = -1;
	if (r->id != ROLE_CORE)
		message_wire(&r->core, ROLE_CORE_FD, r->id, ROLE_CORE);
}

/* What ps shows; the file that was executed is /proc/self/exe. */
static void name_process(const struct role *r)
{
	char name[16];

	snprintf(name, sizeof(name), "gw-%s", role_name(r->id));
	prctl(PR_SET_NAME, name);
}

static int take_signals(struct role *r, struct err *e)
{
	static const int ends[] = { SIGTERM, SIGINT };

	signal(SIGPIPE, SIG_IGN);
	if (!r->part->end)
		return 0;
	r->signals = role_signals(ends, sizeof(ends) / sizeof(*ends), e);
	return r->signals < 0 ? -1 : 0;
}

/* Each step has an exit status of its own, so that the parent sees where a role fails again and
 * again; what may pass by itself is no step. */
static int at_step(struct role *r, int result, int status, const struct err *e)
{
	if (result < 0)
		r->step = e->class == ERR_TEMP ? EX_TEMPFAIL : status;
	return result;
}

static int take_settings(struct role *r, struct err *e)
{
	struct wire_in in;

	return wire_wait(&r->parent, SETUP_MS, &in, e) < 0 ? -1
							   : r->part->setup(r->part->ctx, &in, e);
}

static int close_in(struct role *r, struct err *e)
{
	const struct role_part *part = r->part;
	struct sandbox_limits limits = { 0 };

	if (at_step(r, take_settings(r, e), EX_CONFIG, e) < 0 ||
	    at_step(r, sandbox_user(r->user, e), EX_NOUSER, e) < 0)
		return -1;
	if (part->open && at_step(r, part->open(part->ctx, &limits, e), EX_CANTCREAT, e) < 0)
		return -1;
	if (at_step(r, sandbox_limit(&limits, e), EX_NOPERM, e) < 0)
		return -1;
	return at_step(r, part->seal(part->ctx, e), EX_NOPERM, e);
}

static int run_loop(struct role *r, struct err *e)
{
	loop_watch(r->loop, r->signals, LOOP_READ, on_signal, r);
	if (r->part->from_core)
		role_core_update(r);
	on_parent(r, r->parent.fd, 0); /* what came with the first message */
	return loop_run(r->loop, e);
}

static int run(struct role *r, struct err *e)
{
	name_process(r);
	if (take_signals(r, e) < 0 || close_in(r, e) < 0 || r->part->start(r->part->ctx, e) < 0)
		return -1;
	return r->part->end ? run_loop(r, e) : 0;
}

int role_run(struct role *r, const struct role_part *part)
{
	struct err e = { 0 };

	r->part = part;
	r->signals = -1;
	r->status = EX_OK;
	r->loop = loop_new(r->clock);
	if (run(r, &e) < 0) {
		failed(r, &e);
		r->status = r->step ? r->step : r->status;
	} else if (r->core.fd >= 0) {
		(void)wire_flush_all(&r->core, LAST_WORDS_MS, &e); /* core may be gone */
	}
	return r->status;
}

void role_release(struct role *r)
{
	if (r->signals >= 0) {
		loop_forget(r->loop, r->signals);
		close(r->signals);
	}
	loop_free(&r->loop);
	wire_release(&r->core);
	wire_release(&r->parent);
}
