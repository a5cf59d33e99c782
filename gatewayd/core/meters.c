#include "gatewayd/core/meters.h"

#include "gatewayd/base/units.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/core/bench.h"

/* Seconds: from minutes to days, where the targets of the policy are. */
static const int64_t bounds[METERS_BOUNDS] = {
	300, 900, 1800, HOUR_S, 2 * HOUR_S, 4 * HOUR_S, 8 * HOUR_S, DAY_S, 2 * DAY_S, 5 * DAY_S,
};

int meters_begin(struct bench *b, struct err *e)
{
	int result;

	(void)bench_may(b); /* no reason not to begin */
	result = store_event_last(b->store, &b->meters.event_id, e);
	bench_end_turn(b);
	return result;
}

/* --- what the store has written down --- */

static void count_answer(struct meters *m, int64_t took_s)
{
	size_t i = 0;

	while (i < METERS_BOUNDS && took_s > bounds[i])
		i++;
	m->answered[i]++;
	m->answered_s += (double)took_s;
}

/* The first response of a case: the one that its clock was met by. */
static int follow_response(struct meters *m, struct desk *d, const struct store_event *ev,
			   struct err *e)
{
	struct store_deadline *v;
	size_t n;

	if (store_deadline_list(d->store, ev->case_number, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (span_is(v[i].clock, "initial") && v[i].met_at == ev->at &&
		    v[i].started_at != INSTANT_NONE)
			count_answer(m, ev->at - v[i].started_at);
	return 0;
}

/* Reminders are of a deadline that is counted. */
static void count_alarm(struct meters *m, struct span alarm)
{
	if (span_is(alarm, "breach"))
		m->missed++;
	else if (span_starts(alarm, SPAN("warning")))
		m->near++;
}

/* "TEMPLATE suppressed: why"; in JSON, the same bytes. */
#define SUPPRESSED SPAN("suppressed: ")

static bool was_suppressed(struct span reason)
{
	span_cut(&reason, ' ');
	return span_starts(reason, SUPPRESSED);
}

/* Most tell nothing that is counted, and are not read for it. */
static bool may_count(const struct store_event *ev)
{
	if (span_is(ev->type, case_event_name(CASE_MAIL)))
		return span_find(ev->data, SUPPRESSED) != SIZE_MAX;
	return span_is(ev->type, case_event_name(CASE_ALARM));
}

static int follow_event(struct meters *m, struct desk *d, const struct store_event *ev,
			struct err *e)
{
	json_t *j JSON_AUTO = NULL;

	if (span_is(ev->type, case_event_name(CASE_RESPONSE)))
		return follow_response(m, d, ev, e);
	if (!may_count(ev))
		return 0;
	if (json_read(ev->data, &j, e) < 0)
		return -1;
	if (span_is(ev->type, case_event_name(CASE_MAIL)))
		m->suppressed += was_suppressed(json_span(j, "reason"));
	else
		count_alarm(m, json_span(j, "alarm"));
	return 0;
}

static int follow_events(struct meters *m, struct desk *d, struct err *e)
{
	struct store_event *v;
	size_t n;

	if (store_event_since(d->store, m->event_id, METERS_ROWS, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (follow_event(m, d, &v[i], e) < 0)
			return -1;
		m->event_id = v[i].id;
	}
	return 0;
}

int meters_follow(struct bench *b, struct err *e)
{
	struct desk d = bench_desk(b);
	bool was_ours = b->owns_turn;
	int result;

	if (!bench_may(b))
		return 0;
	result = follow_events(&b->meters, &d, e);
	if (!was_ours)
		bench_end_turn(b);
	return result;
}

/* --- what is told --- */

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *decided_view(const struct store *s)
{
	const int64_t *decided = store_mail_decided(s);
	json_t *j = json_object();

	for (int i = MAIL_KEPT + 1; i < MAIL_STATE_COUNT; i++)
		json_object_set_new(j, mail_state_name((enum mail_state)i),
				    number((uint64_t)decided[i]));
	return j;
}

static json_t *outcomes_view(const uint64_t counts[TALK_OUTCOME_COUNT])
{
	static const char *const names[TALK_OUTCOME_COUNT] = {
		[TALK_SENT] = "sent",
		[TALK_RETRY] = "retry",
		[TALK_FAILED] = "failed",
		[TALK_UNKNOWN] = "unknown",
	};
	json_t *j = json_object();

	for (int i = 0; i < TALK_OUTCOME_COUNT; i++)
		json_object_set_new(j, names[i], number(counts[i]));
	return j;
}

static json_t *started_view(const struct meters *m)
{
	static const enum role_id roles[] = { ROLE_POLLER, ROLE_PARSE,	ROLE_SENDER,
					      ROLE_WEB,	   ROLE_TOKENS, ROLE_HOOKS };
	json_t *j = json_object();

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		json_object_set_new(j, role_name(roles[i]), number(m->started[roles[i]]));
	return j;
}

static json_t *answered_view(const struct meters *m)
{
	json_t *buckets = json_array();
	uint64_t all = 0;

	for (size_t i = 0; i < METERS_BOUNDS; i++) {
		all += m->answered[i];
		json_array_append_new(buckets,
				      json_pack("[I, o]", (json_int_t)bounds[i], number(all)));
	}
	all += m->answered[METERS_BOUNDS];
	return json_pack("{s:o, s:f, s:o}", "buckets", buckets, "sum", m->answered_s, "count",
			 number(all));
}

json_t *meters_view(const struct bench *b)
{
	const struct meters *m = &b->meters;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:o, s:f}",
			 "decided", decided_view(b->store), "sent", outcomes_view(m->sent),
			 "posted", outcomes_view(m->posted), "started", started_view(m),
			 "first_response", answered_view(m), "suppressed", number(m->suppressed),
			 "near", number(m->near), "missed", number(m->missed), "parse_proven",
			 number(m->parse_proven), "parse_lost", number(m->parse_lost), "commits",
			 number(m->commits), "commit_s", m->commit_s, "turns", number(m->turns),
			 "turn_s", m->turn_s);
}
