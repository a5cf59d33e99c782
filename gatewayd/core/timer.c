#include "gatewayd/core/timer.h"

#include <stdlib.h>

#include "conf/files.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/case/case_index.h"
#include "gatewayd/case/kb.h"
#include "gatewayd/person/erase.h"
#include "gatewayd/timer/ahead.h"
#include "gatewayd/timer/alarms.h"
#include "gatewayd/timer/answers.h"
#include "gatewayd/timer/digests.h"
#include "gatewayd/timer/late.h"
#include "gatewayd/timer/mornings.h"
#include "gatewayd/timer/recommend.h"
#include "gatewayd/timer/reminders.h"
#include "gatewayd/timer/retention.h"
#include "gatewayd/timer/waits.h"
#include "gatewayd/timer/weekly.h"

enum {
	LONGEST_MS = 60000, /* the wall clock may be set: look at least once a minute */
	RETRY_MS = 5000,
	REINDEX_S = 60,		  /* after a trouble with the index, or a report */
	RETENTION_REST_S = DAY_S, /* for somebody to set a wrong clock right before it deletes */
	WAIT_MAX_S = DAY_S,	  /* no row waits longer for its next try, or limits.retry_max */
};

#define POLICY_KEY "policy-digest"

/* What the store has a time for, but for alarms: when, and what is done then. */
static const struct {
	int (*next)(struct desk *d, int64_t *ret_at, struct err *e);
	int (*turn)(struct desk *d, struct err *e);
} dues[] = {
	{ recommend_next, recommend_turn }, { answers_next, answers_turn },
	{ waits_next, waits_turn },	    { digests_next, digests_turn },
	{ reminders_next, reminders_turn }, { late_next, late_turn },
};
enum { DUES = sizeof(dues) / sizeof(*dues) };

struct timer {
	struct bench *bench;
	struct delivery *delivery;
	struct loop_timer next;
	bool look;
	struct ahead ahead;
	bool stepped; /* the clock was set, and what is stored not looked at since */
	bool more;    /* alarms were left over */
	struct kb *kb;
	struct weekly *weekly;
	int64_t weekly_at; /* when to look at reports; INSTANT_NONE: there are none */
	int64_t
	    index_at; /* when to look for cases that are not indexed; INSTANT_NONE: when woken */
	int64_t alarms_at, due_at[DUES]; /* when; INSTANT_NONE: there are none */
	int64_t retention_at;		 /* when to look at what is kept only for so long */
	bool erasing;			 /* somebody, and more is to do */
	int64_t recompute_before;	 /* cases below are still to be recomputed; 0: done */
};

static void wake(void *ctx)
{
	timer_wake(ctx);
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

/* It may have changed while nobody ran; a store that cannot say is recomputed. */
static bool policy_is_known(const struct timer *t)
{
	struct desk d = bench_desk(t->bench);
	char hex[SHA256_HEX_SIZE];
	struct span known;
	struct err e;

	policy_digest(d.conf, hex);
	return store_meta_get(d.store, POLICY_KEY, d.arena, &known, &e) == 0 && known.p &&
	       span_is(known, hex);
}

static int recompute(struct timer *t, struct desk *d, struct err *e)
{
	char hex[SHA256_HEX_SIZE];

	if (!t->recompute_before)
		return 0;
	if (alarms_recompute(d, &t->recompute_before, e) < 0)
		return -1;
	if (t->recompute_before)
		return 0;
	policy_digest(d->conf, hex);
	return store_meta_set(d->store, POLICY_KEY, span_of(hex), e);
}

struct timer *timer_new(struct bench *b, struct delivery *delivery)
{
	struct timer *t = mem_alloc(sizeof(*t));

	t->bench = b;
	t->delivery = delivery;
	t->look = true;
	t->kb = kb_new();
	t->index_at = INSTANT_NONE;
	t->weekly = weekly_new();
	t->next = (struct loop_timer){ .fn = wake, .ctx = t };
	if (!policy_is_known(t))
		t->recompute_before = INT64_MAX;
	return t;
}

void timer_free(struct timer **t)
{
	if (!*t)
		return;
	loop_timer_stop((*t)->bench->loop, &(*t)->next);
	kb_free(&(*t)->kb);
	weekly_free(&(*t)->weekly);
	free(*t);
	*t = NULL;
}

void timer_wake(struct timer *t)
{
	t->look = true;
	bench_later(t->bench);
}

void timer_leads(struct timer *t)
{
	if (!policy_is_known(t))
		t->recompute_before = INT64_MAX;
	timer_wake(t);
}

void timer_reloaded(struct timer *t)
{
	t->recompute_before = INT64_MAX;
	kb_again(t->kb);
	timer_wake(t);
}

/* --- known answers --- */

static void say_skipped(void *ctx, const char *path, const char *why)
{
	(void)ctx;
	log_event(LOG_WARNING, "kb.skipped", log_text("file", path), log_text("reason", why));
}

/* A folder that is away must not keep the alarms waiting. */
static void index_answers(struct timer *t, struct desk *d)
{
	struct err e = { 0 };

	if (kb_turn(t->kb, d, say_skipped, NULL, &e) < 0)
		log_event(LOG_WARNING, "kb.trouble", log_reason(&e));
}

/* --- the words of cases --- */

/* Nobody's alarm waits for an index that is broken. */
static void index_cases(struct timer *t, struct desk *d)
{
	struct err e = { 0 };

	if ((t->index_at != INSTANT_NONE && d->now < t->index_at) ||
	    case_index_turn(d, &t->index_at, &e) == 0)
		return;
	t->index_at = d->now + REINDEX_S;
	log_event(LOG_WARNING, "search.trouble", log_reason(&e));
}

/* --- what is due --- */

static void log_alarm(const struct alarm_done *a)
{
	if (a->trouble)
		log_event(LOG_ERROR, "sla.trouble", log_int("case", a->case_number),
			  log_text("reason", a->trouble));
	else
		log_event(a->type == SLA_WARNING ? LOG_NOTICE : LOG_WARNING, "sla.alarm",
			  log_int("case", a->case_number), log_span("clock", a->clock),
			  log_text("alarm", a->alarm));
}

static bool is_due(const struct desk *d, int64_t at)
{
	return at != INSTANT_NONE && at <= d->now;
}

static int alarms(struct timer *t, struct desk *d, struct err *e)
{
	struct alarms_done done;

	t->more = false;
	if (!is_due(d, t->alarms_at))
		return 0;
	if (alarms_turn(d, &done, e) < 0)
		return -1;
	t->more = done.more;
	for (size_t i = 0; i < done.n; i++)
		log_alarm(&done.v[i]);
	return 0;
}

static int retention(struct timer *t, struct desk *d, struct err *e)
{
	return d->now < t->retention_at ? 0 : retention_turn(d, &t->retention_at, e);
}

/* The last of all: where it fails, others were done. */
static int erase(struct timer *t, struct desk *d, struct err *e)
{
	struct store_erasure er;

	if (erase_turn(d, &er, e) < 0)
		return -1;
	t->erasing = er.id && er.done_at == INSTANT_NONE;
	if (er.id && !t->erasing)
		log_event(LOG_NOTICE, "person.erased", log_int("erasure", er.id),
			  log_text("dry", er.is_dry ? "yes" : "no"));
	return 0;
}

/* --- the clock --- */

/* Instants in the store were reckoned with the clock as it was: all are looked at again. */
static void watch_clock(struct timer *t)
{
	int64_t now = clock_now(&t->bench->clock);
	int64_t step = ahead_turn(&t->ahead, now, bench_now_ms(t->bench));

	if (!step)
		return;
	log_event(LOG_WARNING, "clock.step", log_int("seconds", step));
	t->bench->stepped_at = now;
	t->bench->step_s = step;
	t->stepped = true;
	t->look = true;
	t->index_at = INSTANT_NONE;
	t->recompute_before = INT64_MAX;
	t->retention_at = now + RETENTION_REST_S;
}

/* A row whose next try was reckoned with a clock that was ahead would wait as long. */
static int after_step(struct timer *t, struct desk *d, struct err *e)
{
	int64_t longest = d->conf->smtp.retry_max_s;
	size_t n;

	if (!t->stepped)
		return 0;
	if (longest < WAIT_MAX_S)
		longest = WAIT_MAX_S;
	if (store_outbox_rewind(d->store, d->now + longest, d->now, &n, e) < 0)
		return -1;
	if (n)
		log_event(LOG_NOTICE, "clock.rewound", log_uint("rows", n));
	t->stepped = false;
	return 0;
}

/* Says how it stands with what waits for the clock, where that is another thing than before. */
static int watch_ahead(struct timer *t, struct desk *d, struct err *e)
{
	int64_t before_ms = t->bench->held_until_ms;

	if (ahead_keep(&t->ahead, d, bench_now_ms(t->bench), e) < 0)
		return -1;
	t->bench->held_until_ms = ahead_until_ms(&t->ahead);
	if (t->bench->held_until_ms && !before_ms)
		log_event(LOG_WARNING, "clock.ahead",
			  log_text("reason", "no deadline is missed, no reminder sent and no case "
					     "closed by it for an hour; \"gatewayctl clock "
					     "accept\" says that it is right"));
	else if (!t->bench->held_until_ms && before_ms)
		log_event(LOG_NOTICE, "clock.believed", log_int("seconds", t->bench->step_s));
	return 0;
}

/* --- when to look again --- */

static int64_t earlier(int64_t a, int64_t b)
{
	if (a == INSTANT_NONE || b == INSTANT_NONE)
		return a == INSTANT_NONE ? b : a;
	return a < b ? a : b;
}

/* All of it in one wait. */
static void say_next(struct desk *d)
{
	struct store_erasure er;
	struct err ignored;
	int64_t at;

	if (!store_ahead_begin(d->store))
		return;
	(void)store_deadline_next(d->store, &at, &ignored);
	for (int i = 0; i < DUES; i++)
		(void)dues[i].next(d, &at, &ignored);
	(void)store_erasure_next(d->store, d->arena, &er, &ignored);
	store_ahead_said(d->store);
}

static int ask_next(struct timer *t, struct desk *d, struct err *e)
{
	if (store_deadline_next(d->store, &t->alarms_at, e) < 0)
		return -1;
	for (int i = 0; i < DUES; i++)
		if (dues[i].next(d, &t->due_at[i], e) < 0)
			return -1;
	return 0;
}

static int64_t earliest(const struct timer *t, const struct desk *d)
{
	int64_t at = earlier(t->alarms_at, mornings_next(d));

	for (int i = 0; i < DUES; i++)
		at = earlier(at, t->due_at[i]);
	at = earlier(earlier(at, kb_next(t->kb, d)), t->index_at);
	return earlier(at, earlier(t->weekly_at, t->retention_at));
}

static int arm(struct timer *t, struct desk *d, struct err *e)
{
	int64_t held_ms = t->bench->held_until_ms - bench_now_ms(t->bench);
	int64_t at, ms = LONGEST_MS;

	if (ask_next(t, d, e) < 0)
		return -1;
	at = earliest(t, d);
	if (t->recompute_before || t->erasing || (t->more && held_ms <= 0))
		ms = 0;
	else if (held_ms > 0)
		ms = held_ms < LONGEST_MS ? held_ms : LONGEST_MS;
	else if (at != INSTANT_NONE && at - d->now < LONGEST_MS / 1000)
		ms = at > d->now ? (at - d->now) * 1000 : 0;
	loop_timer_start(t->bench->loop, &t->next, ms);
	return 0;
}

/* What is told, closed or deleted because of the time that it is: nothing takes that back. */
static int do_due(struct timer *t, struct desk *d, struct err *e)
{
	if (t->bench->held_until_ms)
		return 0;
	if (alarms(t, d, e) < 0)
		return -1;
	for (int i = 0; i < DUES; i++)
		if (is_due(d, t->due_at[i]) && dues[i].turn(d, e) < 0)
			return -1;
	if (mornings_turn(d, e) < 0 || retention(t, d, e) < 0)
		return -1;
	return weekly_turn(t->weekly, d, &t->weekly_at, e);
}

/* Each asks what the one before it left. */
static int turn(struct timer *t, struct desk *d, struct err *e)
{
	if (watch_ahead(t, d, e) < 0 || after_step(t, d, e) < 0)
		return -1;
	say_next(d);
	if (ask_next(t, d, e) < 0 || do_due(t, d, e) < 0 || recompute(t, d, e) < 0 ||
	    erase(t, d, e) < 0)
		return -1;
	return arm(t, d, e);
}

void timer_turn(struct timer *t, const struct mailboxes *mailboxes)
{
	struct desk d = bench_desk(t->bench);
	struct err e = { 0 };

	watch_clock(t);
	if (!t->look || t->bench->stopping)
		return;
	delivery_wake(t->delivery); /* alarms are told by mail */
	t->look = holding_leads(&t->bench->holding) && !bench_may(t->bench);
	if (t->look || !holding_leads(&t->bench->holding))
		return;
	mailboxes_unread(mailboxes, t->bench, &d.unread);
	index_answers(t, &d);
	index_cases(t, &d);
	if (turn(t, &d, &e) == 0) {
		health_good(&t->bench->health, CONCERN_TIMER, d.now);
	} else {
		health_bad(&t->bench->health, CONCERN_TIMER, d.now, e.text);
		loop_timer_start(t->bench->loop, &t->next, RETRY_MS);
	}
	store_ahead_end(d.store);
}
