#include "gatewayd/timer/alarms.h"

#include "gatewayd/case/case_clock.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/timer/watch_digest.h"

static const char *alarm_name(struct desk *d, const struct sla_alarm *alarm)
{
	switch (alarm->type) {
	case SLA_WARNING: return arena_printf(d->arena, "warning:%d", alarm->number);
	case SLA_BREACH: return "breach";
	case SLA_REMINDER: return arena_printf(d->arena, "reminder:%d", alarm->number);
	}
	return "";
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

/* What is in the log is done, whatever the clock says later (case_clock.c reads it there). */
static int log_alarm(struct desk *d, const struct store_deadline *row,
		     const struct sla_alarm *alarm, struct err *e)
{
	struct case_event ev = { .type = CASE_ALARM,
				 .at = d->now,
				 .actor = case_actor(CASE_BY_TIMER),
				 .clock = row->clock,
				 .alarm = span_of(alarm_name(d, alarm)),
				 .due = alarm->at,
				 .late = d->now - alarm->at > ALARMS_LATE_S };

	return case_log_add(d, row->case_number, &ev, e);
}

/* What a turn fills as it goes through the rows. */
struct turn {
	struct watch_digest digest;
	struct alarms_done done;
};

static struct alarm_done *add_done(struct turn *t, const struct store_deadline *row)
{
	struct alarm_done *done = &t->done.v[t->done.n++];

	done->case_number = row->case_number;
	done->clock = row->clock;
	return done;
}

/*
 * The last of those that are due says how things stand and is told; a breach on the way to it is
 * logged, because it happened.
 */
static int do_alarms(struct desk *d, const struct store_deadline *row,
		     const struct sla_clock *clock, struct turn *t, struct err *e)
{
	struct alarm_done *done;
	struct sla_alarm last, next;
	int64_t after = row->alarm_at - 1;
	bool any = false, late = false;

	while (sla_due_alarm(clock, after, d->now, &next)) {
		if (any && last.type == SLA_BREACH && log_alarm(d, row, &last, e) < 0)
			return -1;
		/* Told with a reminder that is in time, a breach is late all the same. */
		late = late || (next.type == SLA_BREACH && d->now - next.at > ALARMS_LATE_S);
		last = next;
		after = next.at;
		any = true;
	}
	if (!any)
		return 0;
	if (log_alarm(d, row, &last, e) < 0)
		return -1;
	done = add_done(t, row);
	done->type = last.type;
	done->alarm = alarm_name(d, &last);
	return watch_digest_add(&t->digest, d, row->case_number, &last, clock,
				late || d->now - last.at > ALARMS_LATE_S, e);
}

static int do_row(struct desk *d, const struct store_deadline *row, struct turn *t, struct err *e)
{
	struct sla_clock clock = { 0 };

	if (clock_of(d, row, &clock, e) < 0)
		return -1;
	if (clock.rule.target.unit != POLICY_NONE && do_alarms(d, row, &clock, t, e) < 0)
		return -1;
	return case_clock_update(d, row->case_number, e);
}

/* A case whose clocks cannot be computed must not stop the others: it is said once. */
static int set_aside(struct desk *d, const struct store_deadline *row, const struct err *why,
		     struct turn *t, struct err *e)
{
	struct store_deadline quiet = *row;

	add_done(t, row)->trouble = arena_cstr(d->arena, span_of(why->text));
	quiet.alarm_at = INSTANT_NONE;
	return store_deadline_put(d->store, &quiet, e);
}

static int do_rows(struct desk *d, const struct store_deadline *v, size_t n, struct turn *t,
		   struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct err why = { 0 };

		if (do_row(d, &v[i], t, &why) == 0)
			continue;
		if (why.class != ERR_PERM) {
			*e = why;
			return -1;
		}
		if (set_aside(d, &v[i], &why, t, e) < 0)
			return -1;
	}
	if (watch_digest_post(&t->digest, d, e) < 0)
		return -1;
	return store_commit(txn, e);
}

int alarms_turn(struct desk *d, struct alarms_done *ret_done, struct err *e)
{
	struct store_deadline *v;
	struct turn t = { 0 };
	size_t n;

	if (store_deadline_due(d->store, d->now, ALARMS_A_TURN, d->arena, &v, &n, e) < 0)
		return -1;
	t.done.v = arena_alloc_n(d->arena, n, sizeof(*t.done.v)); /* at most one a row */
	t.done.more = n == ALARMS_A_TURN;
	if (n && do_rows(d, v, n, &t, e) < 0)
		return -1;
	*ret_done = t.done;
	return 0;
}

int alarms_recompute(struct desk *d, int64_t *before, struct err *e)
{
	struct store *txn STORE_TXN = NULL;
	struct store_case_filter f = { .open_only = true,
				       .queue = SPAN(""),
				       .owner = SPAN(""),
				       .requester = SPAN(""),
				       .account = SPAN(""),
				       .before = *before,
				       .limit = ALARMS_RECOMPUTE_A_TURN };
	struct store_case *v;
	size_t n;

	if (*before == 0)
		return 0;
	txn = d->store;
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
	if (store_commit(txn, e) < 0)
		return -1;
	*before = n == ALARMS_RECOMPUTE_A_TURN ? v[n - 1].number : 0;
	return 0;
}
