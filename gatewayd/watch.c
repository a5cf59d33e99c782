#include "gatewayd/watch.h"

#include <inttypes.h>
#include <stdlib.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/case_clock.h"
#include "gatewayd/case_log.h"
#include "gatewayd/case_ops.h"
#include "gatewayd/delivery.h"
#include "gatewayd/post.h"
#include "gatewayd/recommend.h"
#include "gatewayd/watch_digest.h"

enum {
	ALARMS_A_TURN = 200, /* then a turn for the others comes first */
	RECOMPUTE_A_TURN = 200,
	LATE_S = 60,	    /* an alarm found so long after its time is late */
	LONGEST_MS = 60000, /* the wall clock may be set: look at least once a minute */
	RETRY_MS = 5000,
};

struct watch {
	struct core *core;
	struct loop_timer timer;
	bool look;
	bool more;		  /* alarms were left over */
	int64_t recompute_before; /* cases below are still to be computed anew; 0: done */
};

static void wake(void *ctx)
{
	watch_wake(ctx);
}

struct watch *watch_new(struct core *c)
{
	struct watch *w = mem_alloc(sizeof(*w));

	w->core = c;
	w->look = true;
	w->timer = (struct loop_timer){ .fn = wake, .ctx = w };
	/* The policy may have changed while nobody ran. */
	w->recompute_before = INT64_MAX;
	return w;
}

void watch_free(struct watch **w)
{
	if (!*w)
		return;
	loop_timer_stop((*w)->core->loop, &(*w)->timer);
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
	watch_wake(w);
}

/* --- alarms --- */

static const char *alarm_name(struct desk *d, const struct sla_alarm *alarm)
{
	switch (alarm->type) {
	case SLA_WARNING: return arena_printf(d->arena, "warning:%d", alarm->number);
	case SLA_BREACH: return "breach";
	case SLA_REMINDER: return arena_printf(d->arena, "reminder:%d", alarm->number);
	}
	return "";
}

/* Of all alarms that are due, the last is the one that says how things stand. */
static bool latest_alarm(const struct sla_clock *clock, int64_t first_at, int64_t now,
			 struct sla_alarm *ret_alarm)
{
	struct sla_alarm next;
	int64_t after = first_at - 1;
	bool any = false;

	while (sla_next_alarm(clock, after, &next) && next.at <= now) {
		*ret_alarm = next;
		after = next.at;
		any = true;
	}
	return any;
}

static int clock_of(struct desk *d, const struct store_deadline *row, struct sla_clock *ret_clock,
		    struct err *e)
{
	struct sla_input input;
	struct sla sla;

	if (case_clock_compute(d, row->case_number, &input, &sla, e) < 0)
		return -1;
	for (int i = 0; i < SLA_KIND_COUNT; i++)
		if (span_is(row->clock, case_clock_name((enum sla_kind)i)))
			*ret_clock = sla.clocks[i];
	return 0;
}

/* The event first: what is in the log is done, whatever the clock says later. */
static int give_alarm(struct desk *d, const struct store_deadline *row,
		      const struct sla_alarm *alarm, const struct sla_clock *clock,
		      struct watch_digest *digest, struct err *e)
{
	bool late = d->now - alarm->at > LATE_S, first;
	struct case_event ev = { .type = CASE_ALARM,
				 .at = d->now,
				 .actor = SPAN("timer"),
				 .clock = row->clock,
				 .alarm = span_of(alarm_name(d, alarm)),
				 .late = late };

	if (store_alarm_mark(d->store, row->case_number, row->clock, row->generation, ev.alarm,
			     d->now, late, &first, e) < 0)
		return -1;
	if (!first)
		return 0;
	log_event(alarm->type == SLA_WARNING ? LOG_NOTICE : LOG_WARNING, "sla.alarm",
		  "case=%" PRIi64 " clock=" SPAN_FMT " alarm=%s late=%d", row->case_number,
		  SPAN_ARG(row->clock), ev.alarm.p, late);
	if (case_log_add(d, row->case_number, &ev, e) < 0)
		return -1;
	return watch_digest_add(digest, d, row->case_number, alarm, clock, late, e);
}

static int do_row(struct desk *d, const struct store_deadline *row, struct watch_digest *digest,
		  struct err *e)
{
	struct sla_clock clock = { 0 };
	struct sla_alarm alarm;

	if (clock_of(d, row, &clock, e) < 0)
		return -1;
	if (clock.rule.target.unit != POLICY_NONE &&
	    latest_alarm(&clock, row->alarm_at, d->now, &alarm) &&
	    give_alarm(d, row, &alarm, &clock, digest, e) < 0)
		return -1;
	return case_clock_update(d, row->case_number, e);
}

/* A case whose clocks cannot be computed must not stop the others: it is told once and set aside.
 */
static int set_aside(struct desk *d, const struct store_deadline *row, const struct err *why,
		     struct err *e)
{
	struct store_deadline quiet = *row;

	log_event(LOG_ERROR, "sla.trouble", "case=%" PRIi64 " reason=\"%s\"", row->case_number,
		  why->text);
	quiet.alarm_at = INSTANT_NONE;
	return store_deadline_put(d->store, &quiet, e);
}

static int do_rows(struct desk *d, const struct store_deadline *v, size_t n, struct err *e)
{
	struct store *txn STORE_TXN = d->store;
	struct watch_digest digest = { 0 };

	if (store_begin(txn, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct err why = { 0 };

		if (do_row(d, &v[i], &digest, &why) == 0)
			continue;
		if (why.class != ERR_PERM) {
			*e = why;
			return -1;
		}
		if (set_aside(d, &v[i], &why, e) < 0)
			return -1;
	}
	if (watch_digest_post(&digest, d, e) < 0)
		return -1;
	return store_commit(txn, e);
}

static int alarms(struct watch *w, struct desk *d, struct err *e)
{
	struct store_deadline *v;
	size_t n;

	if (store_deadline_due(d->store, d->now, ALARMS_A_TURN, d->arena, &v, &n, e) < 0)
		return -1;
	w->more = n == ALARMS_A_TURN;
	return n ? do_rows(d, v, n, e) : 0;
}

/* --- after a change of the policy --- */

static int recompute(struct watch *w, struct desk *d, struct err *e)
{
	struct store *txn STORE_TXN = d->store;
	struct store_case_filter f = { .open_only = true,
				       .queue = SPAN(""),
				       .owner = SPAN(""),
				       .requester = SPAN(""),
				       .account = SPAN(""),
				       .before = w->recompute_before,
				       .limit = RECOMPUTE_A_TURN };
	struct store_case *v;
	size_t n;

	if (store_begin(txn, e) < 0 || store_case_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct err why;
		bool same;

		if (case_clock_check(d, v[i].number, &same, &why) < 0)
			continue; /* told when its alarm comes */
		if (!same && case_clock_update(d, v[i].number, e) < 0)
			return -1;
	}
	w->recompute_before = n == RECOMPUTE_A_TURN ? v[n - 1].number : 0;
	return store_commit(txn, e);
}

/* --- when to look again --- */

static int arm(struct watch *w, struct desk *d, struct err *e)
{
	int64_t at, recommend_at, ms = LONGEST_MS;

	if (store_deadline_next(d->store, &at, e) < 0 || recommend_next(d, &recommend_at, e) < 0)
		return -1;
	if (recommend_at != INSTANT_NONE && (at == INSTANT_NONE || recommend_at < at))
		at = recommend_at;
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
	if (alarms(w, &d, &e) == 0 && (!w->recompute_before || recompute(w, &d, &e) == 0) &&
	    recommend_turn(&d, &e) == 0 && arm(w, &d, &e) == 0)
		return;
	log_event(LOG_ERROR, "watch.trouble", "reason=\"%s\"", e.text);
	loop_timer_start(w->core->loop, &w->timer, RETRY_MS);
}
