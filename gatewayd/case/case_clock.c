#include "gatewayd/case/case_clock.h"

#include <inttypes.h>

#include "gatewayd/base/units.h"
#include "gatewayd/case/sla_explain.h"

/* Alarms are not given twice for a clock that is set back less. */
enum { CLOCK_SLACK_S = 2 * HOUR_S };

const char *case_clock_name(enum sla_kind kind)
{
	static const char *const names[] = {
		[SLA_INITIAL] = "initial", [SLA_NEXT] = "next", [SLA_RESOLUTION] = "resolution"
	};

	return names[kind];
}

static bool clock_find(struct span name, enum sla_kind *ret_kind)
{
	for (int i = 0; i < SLA_KIND_COUNT; i++) {
		if (span_is(name, case_clock_name((enum sla_kind)i))) {
			*ret_kind = (enum sla_kind)i;
			return true;
		}
	}
	return false;
}

/* A row that cannot be read says nothing; the import refuses such rows. */
static bool contract_of(struct desk *d, const struct store_contract *row, struct sla_contract *ret)
{
	*ret = (struct sla_contract){ .severity = row->severity,
				      .from_at = row->from_at,
				      .until_at = row->until_at,
				      .name = arena_cstr(d->arena, row->source) };
	if (row->kind.n)
		ret->kind = arena_cstr(d->arena, row->kind);
	return clock_find(row->clock, &ret->clock) &&
	       policy_duration_parse(row->target, &ret->target);
}

static int contracts(struct desk *d, struct span account, struct sla_place *place, struct err *e)
{
	struct sla_contract *v;
	struct store_contract *rows;
	size_t n;

	if (store_contract_list(d->store, account, d->arena, &rows, &n, e) < 0)
		return -1;
	v = arena_alloc_n(d->arena, n, sizeof(*v));
	for (size_t i = 0; i < n; i++)
		if (contract_of(d, &rows[i], &v[place->contract_count]))
			place->contract_count++;
	place->contracts = v;
	return 0;
}

static int place_with(struct desk *d, struct span queue, struct span account, struct span package,
		      struct sla_place *ret_place, struct err *e)
{
	*ret_place = (struct sla_place){ .queue = desk_queue(d, queue) };
	if (!account.n)
		return 0;
	ret_place->account = arena_cstr(d->arena, account);
	if (package.n)
		ret_place->package = arena_cstr(d->arena, package);
	return contracts(d, account, ret_place, e);
}

int case_clock_place(struct desk *d, struct span queue, struct span account,
		     struct sla_place *ret_place, struct err *e)
{
	struct store_account row = { 0 };

	if (account.n && store_account_get(d->store, account, d->arena, &row, e) < 0)
		return -1;
	return place_with(d, queue, account, row.package, ret_place, e);
}

static enum sla_state state_of(struct span name)
{
	if (span_is(name, case_state_name(CASE_WAITING)))
		return SLA_WAITING;
	if (span_is(name, case_state_name(CASE_RESOLVED)) ||
	    span_is(name, case_state_name(CASE_CLOSED)))
		return SLA_RESOLVED;
	return SLA_OPEN;
}

/* What an event of the log is to the clocks; false: nothing. */
static bool type_of(enum case_event_type type, enum sla_event_type *ret_type)
{
	static const struct {
		enum case_event_type from;
		enum sla_event_type to;
	} rows[] = {
		{ CASE_OPENED, SLA_OPENED },
		{ CASE_SEVERITY, SLA_SEVERITY },
		{ CASE_PLACED, SLA_PLACED },
		{ CASE_PHONE, SLA_PHONE },
		{ CASE_CUSTOMER_NOTE, SLA_CUSTOMER_NOTE },
		{ CASE_RESPONSE, SLA_RESPONSE },
		{ CASE_STATE, SLA_STATE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].from == type) {
			*ret_type = rows[i].to;
			return true;
		}
	}
	return false;
}

static int event_of(struct desk *d, const struct case_event *ev, struct sla_event *out,
		    struct err *e)
{
	out->at = ev->at;
	out->severity = (int)ev->severity;
	out->phone = ev->phone.n != 0;
	out->by_sender = ev->by_sender != 0;
	out->received_at = ev->received;
	out->state = state_of(ev->state);
	channel_parse(ev->channel, &out->channel);
	if (ev->type == CASE_OPENED || ev->type == CASE_PLACED) {
		struct sla_place *place = arena_alloc(d->arena, sizeof(*place));

		if (place_with(d, ev->queue, ev->account, ev->package, place, e) < 0)
			return -1;
		out->place = place;
	}
	return 0;
}

static int input_of(struct desk *d, const struct case_event *log, size_t n,
		    struct sla_input *ret_input, struct err *e)
{
	struct sla_event *v = arena_alloc_n(d->arena, n, sizeof(*v));
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (!type_of(log[i].type, &v[count].type))
			continue;
		if (event_of(d, &log[i], &v[count], e) < 0)
			return -1;
		if (case_response_is_void(log, n, i))
			v[count].type = SLA_VOIDED;
		count++;
	}
	*ret_input = (struct sla_input){
		.policy = &d->conf->policy, .zones = d->zones, .events = v, .event_count = count
	};
	return 0;
}

int case_clock_input(struct desk *d, int64_t number, struct sla_input *ret_input, struct err *e)
{
	struct case_event *log;
	size_t n;

	if (case_log_read(d, number, &log, &n, e) < 0)
		return -1;
	return input_of(d, log, n, ret_input, e);
}

int case_clock_compute(struct desk *d, int64_t number, struct sla_input *ret_input,
		       struct sla *ret_sla, struct err *e)
{
	if (case_clock_input(d, number, ret_input, e) < 0)
		return -1;
	return sla_compute(ret_input, ret_sla, e);
}

struct given {	       /* alarms of a clock, as the log has them */
	int64_t until; /* those due by then are done */
	bool breach;
};

/* By a clock that was ahead: what happened next, or happens now, is long before it. */
static bool was_early(const struct case_event *log, size_t n, size_t i, int64_t now)
{
	int64_t next = i + 1 < n ? log[i + 1].at : now;

	return log[i].at - (next < now ? next : now) > CLOCK_SLACK_S;
}

static struct given alarms_given(const struct sla_clock *clock, const struct case_event *log,
				 size_t n, int64_t now)
{
	struct given g = { .until = clock->opened_at - 1 };

	for (size_t i = 0; i < n; i++) {
		if (log[i].type != CASE_ALARM || log[i].due < clock->opened_at ||
		    !span_is(log[i].clock, case_clock_name(clock->kind)) ||
		    was_early(log, n, i, now))
			continue;
		if (log[i].due > g.until)
			g.until = log[i].due;
		g.breach = g.breach || span_is(log[i].alarm, "breach");
	}
	return g;
}

/*
 * Alarms come in the order of their instants, each instant once: a deadline that moved gives its
 * own when they are later.  Moved to before the last one given, it is broken and that must be said.
 */
static int64_t alarm_next(const struct sla_clock *clock, const struct given *g)
{
	const struct sla_alarm *last = clock->alarms;
	struct sla_alarm alarm;

	if (clock->alarm_count)
		last += clock->alarm_count - 1;
	if (clock->alarm_count && last->type == SLA_BREACH && last->at <= g->until && !g->breach)
		return last->at;
	return sla_next_alarm(clock, g->until, &alarm) ? alarm.at : INSTANT_NONE;
}

static enum deadline_state state_in_store(enum sla_standing standing)
{
	switch (standing) {
	case SLA_RUNNING:
	case SLA_PAUSED: return DEADLINE_RUNNING;
	case SLA_WARNED: return DEADLINE_WARNED;
	case SLA_MET: return DEADLINE_MET;
	case SLA_BREACHED: return DEADLINE_BREACHED;
	case SLA_STANDS_NONE:
	case SLA_ENDED: break;
	}
	return DEADLINE_NONE;
}

static void deadline_of(struct desk *d, int64_t number, const struct sla_clock *clock,
			const struct case_event *log, size_t n, struct store_deadline *out)
{
	struct buf target BUF_AUTO, rule BUF_AUTO;
	struct given given = alarms_given(clock, log, n, d->now);

	buf_init(&target, 100);
	buf_init(&rule, 1000);
	policy_duration_print(clock->rule.target, &target);
	sla_rule_text(&clock->rule, &rule);
	*out = (struct store_deadline){
		.case_number = number,
		.clock = span_of(case_clock_name(clock->kind)),
		.target = arena_dup(d->arena, buf_span(&target)),
		.rule = arena_dup(d->arena, buf_span(&rule)),
		.state = state_in_store(sla_standing(clock, d->now)),
		.started_at = clock->started_at,
		.due_at = clock->due_at,
		.met_at = clock->met_at,
		.alarm_at = alarm_next(clock, &given),
	};
}

static void deadline_row(struct desk *d, int64_t number, const struct sla *sla, enum sla_kind kind,
			 const struct case_event *log, size_t n, struct store_deadline *ret_row)
{
	*ret_row = (struct store_deadline){ .case_number = number,
					    .clock = span_of(case_clock_name(kind)),
					    .started_at = INSTANT_NONE,
					    .due_at = INSTANT_NONE,
					    .met_at = INSTANT_NONE,
					    .alarm_at = INSTANT_NONE };
	if (sla->clocks[kind].rule.target.unit != POLICY_NONE)
		deadline_of(d, number, &sla->clocks[kind], log, n, ret_row);
}

typedef int put_fn(struct store *s, const struct store_deadline v[STORE_DEADLINE_CLOCKS],
		   struct err *e);

static int put(struct desk *d, int64_t number, const struct case_event *log, size_t n, put_fn *fn,
	       struct err *e)
{
	struct store_deadline rows[SLA_KIND_COUNT];
	struct sla_input input;
	struct sla sla;

	_Static_assert((int)SLA_KIND_COUNT == (int)STORE_DEADLINE_CLOCKS, "a row each");
	if (input_of(d, log, n, &input, e) < 0 || sla_compute(&input, &sla, e) < 0)
		return err_prefix(e, "case %" PRIi64 ": ", number);
	for (int i = 0; i < SLA_KIND_COUNT; i++)
		deadline_row(d, number, &sla, (enum sla_kind)i, log, n, &rows[i]);
	return fn(d->store, rows, e);
}

int case_clock_update(struct desk *d, int64_t number, struct err *e)
{
	struct case_event *log;
	size_t n;

	if (case_log_read(d, number, &log, &n, e) < 0)
		return err_prefix(e, "case %" PRIi64 ": ", number);
	return put(d, number, log, n, store_deadline_put_all, e);
}

int case_clock_begin(struct desk *d, int64_t number, const struct case_event *opened, struct err *e)
{
	return put(d, number, opened, 1, store_deadline_begin, e);
}

/* A state that is to come has come too early: a clock was set back. */
static bool is_same(const struct store_deadline *is, const struct store_deadline *should)
{
	bool early = is->state == DEADLINE_BREACHED &&
		     (should->state == DEADLINE_RUNNING || should->state == DEADLINE_WARNED);

	return !early && is->due_at == should->due_at && is->met_at == should->met_at &&
	       is->alarm_at == should->alarm_at;
}

static bool stands(const struct store_deadline *rows, size_t n, const struct store_deadline *should)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(rows[i].clock, should->clock))
			return is_same(&rows[i], should);
	return should->state == DEADLINE_NONE;
}

int case_clock_check(struct desk *d, int64_t number, bool *ret_same, struct err *e)
{
	struct store_deadline *rows, should;
	struct case_event *log;
	struct sla_input input;
	struct sla sla;
	size_t n, count;

	if (case_log_read(d, number, &log, &count, e) < 0 ||
	    input_of(d, log, count, &input, e) < 0 || sla_compute(&input, &sla, e) < 0 ||
	    store_deadline_list(d->store, number, d->arena, &rows, &n, e) < 0)
		return -1;
	*ret_same = true;
	for (int i = 0; i < SLA_KIND_COUNT; i++) {
		deadline_row(d, number, &sla, (enum sla_kind)i, log, count, &should);
		*ret_same = *ret_same && stands(rows, n, &should);
	}
	return 0;
}
