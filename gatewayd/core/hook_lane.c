#include "gatewayd/core/hook_lane.h"

#include <stdio.h>
#include <string.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"

void hook_lanes_release(struct hook_lanes *l)
{
	for (size_t i = 0; i < l->n; i++) {
		mem_free(&l->v[i]->name);
		mem_free(&l->v[i]);
	}
	mem_free(&l->v);
	l->n = 0;
}

struct hook_lane *hook_lanes_get(struct hook_lanes *l, const char *name)
{
	struct hook_lane *lane;

	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i]->name, name) == 0)
			return l->v[i];
	lane = mem_alloc(sizeof(*lane));
	lane->name = mem_strdup(name);
	l->v = mem_resize_n(l->v, l->n + 1, sizeof(struct hook_lane *));
	l->v[l->n++] = lane;
	return lane;
}

static void good(struct hook_lane *lane, int64_t now)
{
	if (lane->failures)
		log_event(LOG_NOTICE, "hook.good", log_text("hook", lane->name),
			  log_int("seconds", now - lane->since_at),
			  log_uint("tries", lane->failures));
	lane->failures = 0;
	lane->not_before_ms = 0;
}

/* What was under way together fails together, and counts once. */
static void bad(struct hook_lane *lane, const struct hook_result *r, int64_t now, int64_t now_ms)
{
	int64_t wait_s;
	uint32_t random;

	snprintf(lane->text, sizeof(lane->text), SPAN_FMT, SPAN_ARG(r->text));
	if (now_ms < lane->not_before_ms)
		return;
	if (!lane->failures++) {
		lane->since_at = now;
		log_event(LOG_WARNING, "hook.trouble", log_text("hook", lane->name),
			  log_span("reason", r->text));
	}
	crypto_random(&random, sizeof(random));
	wait_s = backoff_delay(&r->wait, lane->failures, random);
	if (r->wait_s > wait_s)
		wait_s = r->wait_s < r->wait.max ? r->wait_s : r->wait.max;
	lane->not_before_ms = now_ms + wait_s * 1000;
}

void hook_lane_result(struct hook_lane *lane, const struct hook_result *r, int64_t now,
		      int64_t now_ms)
{
	if (r->server)
		bad(lane, r, now, now_ms);
	else if (r->answered)
		good(lane, now);
}

static size_t most(const struct hook_lane *lane)
{
	return lane->failures ? 1 : HOOK_LANE_AT_ONCE;
}

bool hook_lane_full(const struct hook_lane *lane)
{
	return lane->out >= most(lane);
}

size_t hook_lane_room(const struct hook_lane *lane, int64_t now_ms)
{
	return now_ms < lane->not_before_ms || hook_lane_full(lane) ? 0 : most(lane) - lane->out;
}
