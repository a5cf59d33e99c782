#include "gatewayd/core/timer.h"

#include <stdlib.h>

#include "conf/files.h"
#include "gatewayd/timer/alarms.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/core/delivery.h"
#include "gatewayd/case/kb.h"
#include "gatewayd/timer/recommend.h"
#include "gatewayd/timer/retention.h"

enum {
	LONGEST_MS = 60000, /* the wall clock may be set: look at least once a minute */
	RETRY_MS = 5000,
};

#define POLICY_KEY "policy-digest"

struct watch {
	struct core *core;
	struct loop_timer timer;
	bool look;
	bool more; /* alarms were left over */
	struct kb *kb;
	int64_t retention_at;	  /* when to look at what is kept only for so long */
	int64_t recompute_before; /* cases below are still to be computed anew; 0: done */
};

static void wake(void *ctx)
{
	watch_wake(ctx);
}

/* --- the policy that the deadlines in the store were computed with --- */

static void policy_digest(const struct conf *conf, char ret_hex[SHA256_HEX_SIZE])
{
	struct buf files BUF_AUTO;
	uint8_t digest[SHA256_SIZE];

	buf_init(&files, FILES_BYTES_MAX);
	conf_files_put(conf, &files);
	sha256_of(buf_span(&files), digest);
	hex_encode(digest, SHA256_SIZE, ret_hex);
}

/* It may have changed while nobody ran; a store that cannot say is computed anew. */
static bool policy_is_known(const struct watch *w)
{
	struct desk d = core_desk(w->core);
	char hex[SHA256_HEX_SIZE];
	struct span known;
	struct err e;

	policy_digest(d.conf, hex);
	return store_meta_get(d.store, POLICY_KEY, d.arena, &known, &e) == 0 && known.p &&
	       span_is(known, hex);
}

static int recompute(struct watch *w, struct desk *d, struct err *e)
{
	char hex[SHA256_HEX_SIZE];

	if (!w->recompute_before)
		return 0;
	if (alarms_recompute(d, &w->recompute_before, e) < 0)
		return -1;
	if (w->recompute_before)
		return 0;
	policy_digest(d->conf, hex);
	return store_meta_set(d->store, POLICY_KEY, span_of(hex), e);
}

struct watch *watch_new(struct core *c)
{
	struct watch *w = mem_alloc(sizeof(*w));

	w->core = c;
	w->look = true;
	w->kb = kb_new();
	w->timer = (struct loop_timer){ .fn = wake, .ctx = w };
	if (!policy_is_known(w))
		w->recompute_before = INT64_MAX;
	return w;
}

void watch_free(struct watch **w)
{
	if (!*w)
		return;
	loop_timer_stop((*w)->core->loop, &(*w)->timer);
	kb_free(&(*w)->kb);
	free(*w);
	*w = NULL;
}

void watch_wake(struct watch *w)
{
	w->look = true;
	core_later(w->core);
}

void watch_reloaded(struct watch *w)
{
	w->recompute_before = INT64_MAX;
	kb_again(w->kb);
	watch_wake(w);
}

/* --- known answers --- */

static void say_skipped(void *ctx, const char *path, const char *why)
{
	(void)ctx;
	log_event(LOG_WARNING, "kb.skipped", "file=\"%s\" reason=\"%s\"", path, why);
}

/* A folder that is away must not keep the alarms waiting. */
static void index_answers(struct watch *w, struct desk *d)
{
	struct err e = { 0 };

	if (kb_turn(w->kb, d, say_skipped, NULL, &e) < 0)
		log_event(LOG_WARNING, "kb.trouble", "reason=\"%s\"", e.text);
}

static int retention(struct watch *w, struct desk *d, struct err *e)
{
	return d->now < w->retention_at ? 0 : retention_turn(d, &w->retention_at, e);
}

/* --- when to look again --- */

static int arm(struct watch *w, struct desk *d, struct err *e)
{
	int64_t at, recommend_at, kb_at = kb_next(w->kb, d), ms = LONGEST_MS;

	if (store_deadline_next(d->store, &at, e) < 0 || recommend_next(d, &recommend_at, e) < 0)
		return -1;
	if (recommend_at != INSTANT_NONE && (at == INSTANT_NONE || recommend_at < at))
		at = recommend_at;
	if (kb_at != INSTANT_NONE && (at == INSTANT_NONE || kb_at < at))
		at = kb_at;
	if (at == INSTANT_NONE || w->retention_at < at)
		at = w->retention_at;
	if (w->more || w->recompute_before)
		ms = 0;
	else if (at != INSTANT_NONE && at - d->now < LONGEST_MS / 1000)
		ms = at > d->now ? (at - d->now) * 1000 : 0;
	loop_timer_start(w->core->loop, &w->timer, ms);
	return 0;
}

void watch_turn(struct watch *w)
{
	struct desk d = core_desk(w->core);
	struct err e = { 0 };

	if (!w->look || w->core->stopping)
		return;
	w->look = false;
	delivery_wake(w->core->delivery); /* alarms are told by mail */
	index_answers(w, &d);
	if (alarms_turn(&d, &w->more, &e) == 0 && recompute(w, &d, &e) == 0 &&
	    recommend_turn(&d, &e) == 0 && retention(w, &d, &e) == 0 && arm(w, &d, &e) == 0)
		return;
	log_event(LOG_ERROR, "watch.trouble", "reason=\"%s\"", e.text);
	loop_timer_start(w->core->loop, &w->timer, RETRY_MS);
}
