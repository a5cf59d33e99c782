#include "gatewayd/parent/child.h"

#include <signal.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/parent/notify.h"
#include "gatewayd/wire/setup_poller.h"
#include "gatewayd/wire/setup_sender.h"

enum { HOPELESS = 5 };

struct child child_of(struct parent *p, enum role_id role, uint32_t instance)
{
	return (struct child){
		.parent = p, .role = role, .instance = instance, .wire = { .fd = -1 }, .note = -1
	};
}

struct child *child_workers(const struct conf *c, struct parent *p, size_t *ret_n)
{
	const struct {
		enum role_id role;
		size_t count;
	} roles[] = {
		{ ROLE_POLLER, setup_poller_count(c) },
		{ ROLE_PARSE, (size_t)c->limits.parse_children },
		{ ROLE_SENDER, setup_sender_count(c) },
		{ ROLE_TOKENS, c->oauth_count > 0 },
		{ ROLE_HOOKS, c->hook_count > 0 },
		{ ROLE_WEB, c->web.listen != NULL },
	};
	struct child *v = NULL;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		for (size_t k = 0; k < roles[i].count; k++) {
			v = mem_resize_n(v, n + 1, sizeof(*v));
			v[n++] = child_of(p, roles[i].role, (uint32_t)k);
		}
	*ret_n = n;
	return v;
}

bool child_none_runs(const struct child *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].pid)
			return false;
	return true;
}

void child_release(struct child *c)
{
	wire_release(&c->wire);
	if (c->note >= 0)
		close(c->note);
	c->note = -1;
}

int child_note(struct child *c, int *ret_note, struct err *e)
{
	if (c->role == ROLE_POLLER && c->note < 0 && memfd_new(&c->note, e) < 0)
		return -1;
	*ret_note = c->note;
	return 0;
}

struct child *child_find(struct child *v, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].pid == pid)
			return &v[i];
	return NULL;
}

bool child_await_open(const struct child *c, bool core_ready, int64_t now_ms)
{
	if (c->role != ROLE_CORE || core_ready)
		return false;
	/* One that ends early and is tried again is no longer start. */
	if (c->pid && now_ms - c->started_ms >= CHILD_STEADY_MS / 2)
		notify_opening(CHILD_PING_MS * 6);
	return true;
}

bool child_ping(struct child *c, int64_t silence_ms, int64_t now_ms)
{
	static const enum message pings[ROLE_COUNT] = {
		[ROLE_CORE] = MSG_PING,		 [ROLE_POLLER] = MSG_POLLER_PING,
		[ROLE_SENDER] = MSG_SENDER_PING, [ROLE_WEB] = MSG_WEB_PING,
		[ROLE_TOKENS] = MSG_TOKENS_PING, [ROLE_HOOKS] = MSG_HOOKS_PING
	};
	int64_t heard_ms = c->pong_ms > c->started_ms ? c->pong_ms : c->started_ms;
	bool late = c->late;
	struct err e;

	c->late = now_ms - heard_ms > silence_ms;
	if (!c->pid || !pings[c->role]) /* a parse child is watched by core, mail by mail */
		return false;
	if (late && c->late) {
		log_event(LOG_ERROR, "role.hangs", log_text("role", role_name(c->role)),
			  log_uint("instance", c->instance), log_int("pid", c->pid),
			  log_int("silent_ms", now_ms - heard_ms));
		kill(c->pid, SIGKILL); /* SIGCHLD brings the next */
		return false;
	}
	/* One that is gone is SIGCHLD's matter. */
	return parent_talk_word_put(&c->wire, pings[c->role], &e) == 0;
}

int64_t child_ping_every_ms(const struct conf *c)
{
	int64_t every_ms = (int64_t)c->limits.role_silence_s * 1000 / 4;
	int64_t watchdog_ms = notify_watchdog_ms();

	if (watchdog_ms && watchdog_ms < every_ms)
		every_ms = watchdog_ms;
	return every_ms < CHILD_PING_MS ? every_ms : CHILD_PING_MS;
}

bool child_is_hopeless(struct child *c, int status, int64_t now_ms)
{
	bool early = now_ms - c->started_ms < CHILD_STEADY_MS;
	int step =
	    WIFEXITED(status) && WEXITSTATUS(status) < POLLER_CRASHED ? WEXITSTATUS(status) : 0;

	if (!early || step == 0 || step == EX_TEMPFAIL || step == EX_OSERR)
		c->same_ends = 0;
	else
		c->same_ends = step == c->last_status ? c->same_ends + 1 : 1;
	c->last_status = step;
	return c->same_ends >= HOPELESS;
}

void child_log_end(const struct child *c, int status)
{
	bool quiet = (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
		     (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);

	log_event(quiet ? LOG_DEBUG : LOG_WARNING, "role.ended",
		  log_text("role", role_name(c->role)), log_uint("instance", c->instance),
		  log_int("pid", c->pid),
		  log_int(WIFSIGNALED(status) ? "signal" : "status",
			  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)));
}

struct parent_talk_ended child_end(const struct child *c, int status, const struct rusage *use)
{
	const struct timeval *u = &use->ru_utime, *s = &use->ru_stime;

	return (struct parent_talk_ended){
		.role = c->role,
		.instance = c->instance,
		.pid = c->pid,
		.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
		.cpu_ms =
		    (u->tv_sec + s->tv_sec) * INT64_C(1000) + (u->tv_usec + s->tv_usec) / 1000,
		.rss_bytes = use->ru_maxrss * INT64_C(1024),
	};
}

/* At which it ended last. */
static const char *step_of(const struct child *c)
{
	static const struct {
		int status;
		const char *step;
	} steps[] = { { EX_CONFIG, "reading its settings" },
		      { EX_NOUSER, "becoming its user" },
		      { EX_CANTCREAT, "opening what it needs" },
		      { EX_NOPERM, "sealing itself" } };

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (steps[i].status == c->last_status)
			return steps[i].step;
	return "its work";
}

void child_log_hopeless(const struct child *c)
{
	log_event(LOG_ERROR, "role.hopeless", log_text("role", role_name(c->role)),
		  log_text("step", step_of(c)), log_int("status", c->last_status),
		  log_uint("times", c->same_ends),
		  log_text("reason", "the daemon ends; see role.failed above"));
}
