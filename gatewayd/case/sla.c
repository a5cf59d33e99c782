#include "gatewayd/case/sla.h"

#include "gatewayd/case/sla_span.h"

const char *sla_kind_name(enum sla_kind kind)
{
	static const char *const names[SLA_KIND_COUNT] = {
		[SLA_INITIAL] = "initial response",
		[SLA_NEXT] = "next response",
		[SLA_RESOLUTION] = "resolution",
	};

	return names[kind];
}

/* What the events have said so far. */
struct replay {
	const struct sla_input *in;
	int64_t opened_at;
	const struct sla_place *place;
	int severity;
	bool opened_by_phone, by_phone, by_sender;
	enum sla_state state;
};

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void replay_severity(struct replay *s, const struct sla_event *v)
{
	s->severity = v->severity;
	s->by_phone = s->opened_by_phone || v->phone;
	s->by_sender = v->by_sender;
}

static void replay_event(struct replay *s, const struct sla_event *v)
{
	switch (v->type) {
	case SLA_OPENED:
		s->opened_by_phone = v->channel == CHANNEL_PHONE;
		s->place = v->place;
		replay_severity(s, v);
		break;
	case SLA_SEVERITY: replay_severity(s, v); break;
	case SLA_PLACED: s->place = v->place; break;
	case SLA_PHONE: s->by_phone = true; break;
	case SLA_STATE: s->state = v->state; break;
	case SLA_VOIDED:
	case SLA_CUSTOMER_NOTE:
	case SLA_RESPONSE: break;
	}
}

/* The calendar that the target runs in, and the target in its open seconds. */
static int set_calendar(const struct sla_input *in, struct sla_clock *c, struct err *e)
{
	const struct conf_queue *queue = c->rule.place->queue;
	bool days = c->rule.target.unit == POLICY_BUSINESS_DAYS;
	const char *name = days && queue->days_calendar ? queue->days_calendar : queue->calendar;
	const struct policy_calendar *calendar =
	    name ? policy_calendar_find(in->policy, name) : NULL;

	if (!calendar)
		return err_set(e, ERR_PERM, "queue \"%s\": no calendar \"%s\"", queue->name,
			       name ? name : "");
	if (calendar_init(calendar, in->zones, &c->calendar, e))
		return -1;
	if (__builtin_mul_overflow(c->rule.target.amount, days ? c->calendar.longest_day : 1,
				   &c->target_s))
		return err_set(e, ERR_PERM, "queue \"%s\": a target that is too long", queue->name);
	return 0;
}

/* Chooses the target and lets it count from start_at. */
static int leg_start(const struct replay *s, struct sla_clock *c, int64_t start_at, struct err *e)
{
	struct sla_ask ask = {
		.clock = c->kind,
		.place = s->place,
		.severity = s->severity,
		.by_phone = s->by_phone,
		.by_support = !s->by_sender,
		.start_at = start_at,
	};

	c->severity = s->severity;
	c->started_at = start_at;
	c->due_at = INSTANT_NONE;
	if (sla_choose(s->in->policy, &ask, &c->rule, e))
		return -1;
	return c->rule.target.unit == POLICY_NONE ? 0 : set_calendar(s->in, c, e);
}

/* The instant at which that much of the target has counted; NONE and what is left while paused. */
static int counted(const struct sla_input *in, const struct sla_clock *c, int64_t seconds,
		   int64_t *ret_at, int64_t *ret_left, struct err *e)
{
	struct sla_spans walk;
	struct sla_span span;

	*ret_left = seconds;
	*ret_at = INSTANT_NONE;
	sla_spans_init(&walk, in, c);
	while (sla_spans_next(&walk, &span)) {
		int64_t open;

		if (span.state != SLA_OPEN)
			continue;
		open = span.to == INT64_MAX ? INT64_MAX
					    : calendar_between(&c->calendar, span.from, span.to);
		if (open >= *ret_left)
			return calendar_add(&c->calendar, span.from, *ret_left, ret_at, e);
		*ret_left -= open;
	}
	return 0;
}

static int set_due(const struct sla_input *in, struct sla_clock *c, struct err *e)
{
	if (c->rule.target.unit == POLICY_NONE)
		return 0;
	return counted(in, c, c->target_s, &c->due_at, &c->left_s, e);
}

/* The instant from which no alarm makes sense any more. */
static int64_t over_at(const struct sla_clock *c)
{
	if (c->met_at != INSTANT_NONE)
		return c->met_at;
	return c->ended_at != INSTANT_NONE ? c->ended_at : INT64_MAX;
}

static void alarm_add(struct sla_clock *c, enum sla_alarm_type type, int number, int64_t at)
{
	if (at != INSTANT_NONE && at <= over_at(c))
		c->alarms[c->alarm_count++] =
		    (struct sla_alarm){ .type = type, .number = number, .at = at };
}

static int set_alarms(const struct sla_input *in, struct sla_clock *c, struct err *e)
{
	const struct conf_queue *queue;

	if (c->rule.target.unit == POLICY_NONE)
		return 0;
	queue = c->rule.place->queue;
	for (size_t i = 0; i < queue->warn_count && i < SLA_WARN_MAX; i++) {
		int64_t seconds = (int64_t)((double)c->target_s * queue->warn_at[i]);
		int64_t at, left;

		if (counted(in, c, seconds, &at, &left, e))
			return -1;
		alarm_add(c, SLA_WARNING, (int)i + 1, at);
	}
	alarm_add(c, SLA_BREACH, 0, c->due_at);
	return 0;
}

static void clock_init(struct sla_clock *c, enum sla_kind kind, int64_t opened_at)
{
	*c = (struct sla_clock){
		.kind = kind,
		.opened_at = opened_at,
		.started_at = opened_at,
		.due_at = INSTANT_NONE,
		.met_at = INSTANT_NONE,
		.ended_at = INSTANT_NONE,
		.missed_at = INSTANT_NONE,
		.moved_from_at = INSTANT_NONE,
		.voided_at = INSTANT_NONE,
	};
}

/* Starts counting again from an instant.  may_extend: else the deadline in force stays when it is
 * earlier. */
static int leg_next(const struct replay *s, struct sla_clock *c, int64_t at, bool may_extend,
		    struct err *e)
{
	struct sla_clock next = *c;

	if (leg_start(s, &next, later(at, c->started_at), e) || set_due(s->in, &next, e))
		return -1;
	if (!may_extend && c->due_at != INSTANT_NONE &&
	    (next.due_at == INSTANT_NONE || c->due_at <= next.due_at)) {
		c->severity = s->severity;
		return 0;
	}
	if (c->due_at != INSTANT_NONE && c->due_at <= earlier(next.started_at, over_at(c)) &&
	    c->missed_at == INSTANT_NONE)
		next.missed_at = c->due_at;
	*c = next;
	return 0;
}

/* What an event before the first response does to the initial response's clock. */
static int initial_event(struct replay *s, struct sla_clock *c, const struct sla_event *v,
			 const struct sla_place *place, struct err *e)
{
	struct replay before = *s;

	replay_event(s, v);
	s->place = place;
	switch (v->type) {
	case SLA_OPENED: return leg_start(s, c, s->opened_at, e) || set_due(s->in, c, e) ? -1 : 0;
	case SLA_SEVERITY:
		if (s->severity == before.severity && s->by_phone == before.by_phone)
			return 0;
		return leg_next(s, c, v->at, s->severity > before.severity, e);
	case SLA_PHONE:
		return before.by_phone || s->severity != 1 ? 0 : leg_next(s, c, v->at, false, e);
	case SLA_STATE:
		if (s->state == SLA_RESOLVED && before.state != SLA_RESOLVED)
			c->ended_at = later(v->at, s->opened_at);
		if (s->state == SLA_RESOLVED || before.state != SLA_RESOLVED)
			return 0;
		if (leg_next(s, c, v->at, true, e))
			return -1;
		c->ended_at = INSTANT_NONE;
		return 0;
	case SLA_VOIDED: c->voided_at = v->at; return 0;
	case SLA_RESPONSE:
	case SLA_CUSTOMER_NOTE:
	case SLA_PLACED: return 0;
	}
	return 0;
}

/* The index of the first event of that type, or the count. */
static size_t first_of(const struct sla_input *in, enum sla_event_type type)
{
	size_t i = 0;

	while (i < in->event_count && in->events[i].type != type)
		i++;
	return i;
}

static const struct sla_place *place_before(const struct sla_input *in, size_t end)
{
	const struct sla_place *place = NULL;

	for (size_t i = 0; i < end; i++)
		if (in->events[i].type == SLA_OPENED || in->events[i].type == SLA_PLACED)
			place = in->events[i].place;
	return place;
}

static int initial(const struct sla_input *in, struct sla_clock *c, struct err *e)
{
	struct replay s = { .in = in, .opened_at = in->events[0].at };
	size_t response = first_of(in, SLA_RESPONSE);
	const struct sla_place *place = place_before(in, response);

	clock_init(c, SLA_INITIAL, s.opened_at);
	if (in->events[0].received_at)
		c->moved_from_at = in->events[0].received_at;
	for (size_t i = 0; i < response; i++)
		if (initial_event(&s, c, &in->events[i], place, e))
			return -1;
	if (response < in->event_count) {
		c->met_at = later(in->events[response].at, s.opened_at);
		c->ended_at = INSTANT_NONE;
	}
	return set_alarms(in, c, e);
}

/* Target and deadline of a clock that pauses, from what all events say. */
static int paused_clock(const struct replay *s, struct sla_clock *c, struct err *e)
{
	if (leg_start(s, c, c->opened_at, e) || set_due(s->in, c, e))
		return -1;
	return set_alarms(s->in, c, e);
}

static void next_event(const struct replay *s, struct sla_clock *c, size_t i, bool answered)
{
	const struct sla_event *v = &s->in->events[i];
	bool runs = c->end_event && c->met_at == INSTANT_NONE;

	if (v->type == SLA_CUSTOMER_NOTE && answered && (!runs || c->ended_at != INSTANT_NONE)) {
		clock_init(c, SLA_NEXT, later(v->at, s->opened_at));
		c->first_event = i;
		c->end_event = s->in->event_count;
	} else if (v->type == SLA_RESPONSE && runs) {
		c->met_at = later(v->at, c->opened_at);
		c->ended_at = INSTANT_NONE;
		c->end_event = i;
	} else if (v->type == SLA_STATE && runs) {
		bool resolved = v->state == SLA_RESOLVED;

		c->ended_at = resolved ? later(v->at, c->opened_at) : INSTANT_NONE;
		c->end_event = resolved ? i : s->in->event_count;
	}
}

static int next(const struct sla_input *in, struct sla_clock *c, struct err *e)
{
	struct replay s = { .in = in, .opened_at = in->events[0].at }, then = s;
	size_t response = first_of(in, SLA_RESPONSE);

	clock_init(c, SLA_NEXT, s.opened_at);
	for (size_t i = 0; i < in->event_count; i++) {
		bool ran = c->met_at == INSTANT_NONE;

		replay_event(&s, &in->events[i]);
		next_event(&s, c, i, i > response);
		if (ran || c->met_at == INSTANT_NONE)
			then = s;
	}
	return c->end_event ? paused_clock(&then, c, e) : 0;
}

static int resolution(const struct sla_input *in, struct sla_clock *c, struct err *e)
{
	struct replay s = { .in = in, .opened_at = in->events[0].at }, then = s;

	clock_init(c, SLA_RESOLUTION, s.opened_at);
	c->end_event = in->event_count;
	for (size_t i = 0; i < in->event_count; i++) {
		bool was = s.state == SLA_RESOLVED;

		replay_event(&s, &in->events[i]);
		if (!was || s.state != SLA_RESOLVED)
			then = s;
		if (was == (s.state == SLA_RESOLVED))
			continue;
		c->met_at = was ? INSTANT_NONE : later(in->events[i].at, s.opened_at);
		c->end_event = was ? in->event_count : i;
	}
	return paused_clock(&then, c, e);
}

int sla_compute(const struct sla_input *in, struct sla *ret_sla, struct err *e)
{
	if (in->event_count == 0 || in->events[0].type != SLA_OPENED)
		return err_set(e, ERR_PERM, "the case's first event is not its opening");
	if (initial(in, &ret_sla->clocks[SLA_INITIAL], e) ||
	    next(in, &ret_sla->clocks[SLA_NEXT], e) ||
	    resolution(in, &ret_sla->clocks[SLA_RESOLUTION], e))
		return -1;
	return 0;
}

enum sla_standing sla_standing(const struct sla_clock *c, int64_t now)
{
	int64_t at = earlier(over_at(c), now);

	if (c->rule.source == SLA_FROM_NOTHING || c->rule.target.unit == POLICY_NONE)
		return SLA_STANDS_NONE;
	if (c->due_at != INSTANT_NONE && at >= c->due_at)
		return SLA_BREACHED;
	if (c->met_at != INSTANT_NONE)
		return SLA_MET;
	if (c->ended_at != INSTANT_NONE)
		return SLA_ENDED;
	if (c->due_at == INSTANT_NONE)
		return SLA_PAUSED;
	return c->alarm_count && c->alarms[0].at <= now ? SLA_WARNED : SLA_RUNNING;
}

const char *sla_standing_name(enum sla_standing standing)
{
	static const char *const names[] = {
		[SLA_STANDS_NONE] = "none", [SLA_RUNNING] = "running", [SLA_WARNED] = "warned",
		[SLA_PAUSED] = "running",   [SLA_MET] = "met",	       [SLA_BREACHED] = "breached",
		[SLA_ENDED] = "none",
	};

	return names[standing];
}

static int64_t every_of(const struct sla_clock *c)
{
	return c->rule.place->queue->reminder_s;
}

static int64_t reminders_by(const struct sla_clock *c, int64_t at)
{
	return calendar_between(&c->calendar, c->due_at, at) / every_of(c);
}

/* Reminders run in the calendar of the queue, also when the target is told in business days.
 * false: it does not come. */
static bool reminder_of(const struct sla_clock *c, int64_t number, struct sla_alarm *ret_alarm)
{
	int64_t at;
	struct err e;

	if (number > INT32_MAX || number > INT64_MAX / every_of(c) ||
	    calendar_add(&c->calendar, c->due_at, number * every_of(c), &at, &e))
		return false;
	*ret_alarm = (struct sla_alarm){ .type = SLA_REMINDER, .number = (int)number, .at = at };
	return true;
}

static bool next_reminder(const struct sla_clock *c, int64_t after, struct sla_alarm *ret_alarm)
{
	struct sla_alarm alarm;
	int64_t number;

	if (every_of(c) <= 0 || c->due_at == INSTANT_NONE || over_at(c) != INT64_MAX)
		return false;
	number = reminders_by(c, after) + 1;
	do
		if (!reminder_of(c, number++, &alarm))
			return false;
	while (alarm.at <= after);
	*ret_alarm = alarm;
	return true;
}

bool sla_next_alarm(const struct sla_clock *c, int64_t after, struct sla_alarm *ret_alarm)
{
	if (c->rule.target.unit == POLICY_NONE)
		return false;
	for (size_t i = 0; i < c->alarm_count; i++)
		if (c->alarms[i].at > after) {
			*ret_alarm = c->alarms[i];
			return true;
		}
	return next_reminder(c, after, ret_alarm);
}

bool sla_due_alarm(const struct sla_clock *c, int64_t after, int64_t now,
		   struct sla_alarm *ret_alarm)
{
	struct sla_alarm alarm;

	if (!sla_next_alarm(c, after, &alarm) || alarm.at > now)
		return false;
	if (alarm.type == SLA_REMINDER)
		(void)reminder_of(c, reminders_by(c, now), &alarm);
	*ret_alarm = alarm;
	return true;
}
