#include "gatewayd/parent/child.h"

#include <signal.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "gatewayd/base/log.h"
#include "gatewayd/wire/parent_talk.h"

enum { HOPELESS = 5 };

bool child_ping(struct child *c, int64_t silence_ms, int64_t now_ms)
{
	static const enum message pings[ROLE_COUNT] = { [ROLE_CORE] = MSG_PING,
							[ROLE_POLLER] = MSG_POLLER_PING,
							[ROLE_SENDER] = MSG_SENDER_PING,
							[ROLE_WEB] = MSG_WEB_PING };
	int64_t heard_ms = c->pong_ms > c->started_ms ? c->pong_ms : c->started_ms;
	struct err e;

	if (!c->pid || !pings[c->role]) /* a parse child is watched by core, mail by mail */
		return false;
	if (now_ms - heard_ms > silence_ms) {
		log_event(LOG_ERROR, "role.hangs", log_text("role", role_name(c->role)),
			  log_uint("instance", c->instance), log_int("pid", c->pid),
			  log_int("silent_ms", now_ms - heard_ms));
		kill(c->pid, SIGKILL); /* SIGCHLD brings the next */
		return false;
	}
	/* One that is gone is SIGCHLD's matter. */
	return parent_talk_word_put(&c->wire, pings[c->role], &e) == 0;
}

bool child_is_hopeless(struct child *c, int status, int64_t now_ms)
{
	bool early = now_ms - c->started_ms < CHILD_STEADY_MS;
	int step = WIFEXITED(status) ? WEXITSTATUS(status) : 0;

	if (!early || step == 0 || step == EX_TEMPFAIL || step == EX_OSERR)
		c->same_ends = 0;
	else
		c->same_ends = step == c->last_status ? c->same_ends + 1 : 1;
	c->last_status = step;
	return c->same_ends >= HOPELESS;
}

const char *child_step(const struct child *c)
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
