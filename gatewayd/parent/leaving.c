#include "gatewayd/parent/leaving.h"

#include <signal.h>
#include <stdlib.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"

static void kill_due(void *ctx);

/* For the next that is due: they stand in the order in which they came. */
static void arm(struct leaving *l, int64_t now_ms)
{
	l->kill.fn = kill_due;
	l->kill.ctx = l;
	loop_timer_stop(l->loop, &l->kill);
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kill_at_ms != INT64_MAX) {
			loop_timer_start(l->loop, &l->kill, l->v[i].kill_at_ms - now_ms);
			return;
		}
}

static void kill_due(void *ctx)
{
	struct leaving *l = ctx;
	int64_t now_ms = l->kill.at_ms;

	for (size_t i = 0; i < l->n; i++) {
		struct leaver *v = &l->v[i];

		if (v->kill_at_ms > now_ms)
			continue;
		log_event(LOG_WARNING, "role.killed", log_int("pid", v->pid),
			  log_text("reason", "it was to end at a reload, and did not"));
		kill(v->pid, SIGKILL);
		v->kill_at_ms = INT64_MAX;
	}
	arm(l, now_ms);
}

void leaving_add(struct leaving *l, struct loop *loop, pid_t pid, int64_t now_ms)
{
	l->loop = loop;
	kill(pid, SIGTERM);
	MEM_GROW(l->v, l->n, &l->cap);
	l->v[l->n++] = (struct leaver){ pid, now_ms + LEAVING_MS };
	if (!l->kill.armed)
		arm(l, now_ms);
}

void leaving_gone(struct leaving *l, pid_t pid)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].pid != pid)
			l->v[kept++] = l->v[i];
	l->n = kept;
}

void leaving_kill(struct leaving *l)
{
	for (size_t i = 0; i < l->n; i++)
		kill(l->v[i].pid, SIGKILL);
}

void leaving_release(struct leaving *l)
{
	free(l->v);
}
