/* The life of cases as lists of events, and where that puts their clocks. */
#include "tests/unit/unit.h"

#include "gatewayd/base/mem.h"
#include "gatewayd/sla_explain.h"

enum place {
	TECHNICAL, /* no package */
	TECHNICAL_PREMIUM3,
	TECHNICAL_PLUS,
	BILLING,
	BILLING_PREMIUM,
	EMERGING,
	EMERGING_CONTRACT,
	TECHNICAL_CONTRACT,
	TECHNICAL_CLOCKS, /* next response in 4 h, resolution in 10 h */
	BILLING_CLOCKS,	  /* the same in business hours */
	PLACE_COUNT,
};

struct world {
	struct conf *conf;
	struct zones *zones;
	struct conf_queue queue[PLACE_COUNT];
	struct sla_place place[PLACE_COUNT];
};

static const struct {
	const char *queue, *package;
	bool contract, clocks;
} places[PLACE_COUNT] = {
	[TECHNICAL] = { "technical", NULL, false, false },
	[TECHNICAL_PREMIUM3] = { "technical", "premium-3.0", false, false },
	[TECHNICAL_PLUS] = { "technical", "plus", false, false },
	[BILLING] = { "billing", NULL, false, false },
	[BILLING_PREMIUM] = { "billing", "premium", false, false },
	[EMERGING] = { "emerging", "premium", false, false },
	[EMERGING_CONTRACT] = { "emerging", NULL, true, false },
	[TECHNICAL_CONTRACT] = { "technical", "premium-3.0", true, false },
	[TECHNICAL_CLOCKS] = { "technical", NULL, false, true },
	[BILLING_CLOCKS] = { "billing", NULL, false, true },
};

#define JANUARY	 INT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define NOVEMBER INT64_C(1793491200) /* 2026-11-01T00:00:00Z */

static const struct sla_contract contracts[] = {
	{ SLA_INITIAL, NULL, 3, { POLICY_SECONDS, 7200 }, JANUARY, NOVEMBER, "the old contract" },
	{ SLA_INITIAL, NULL, 3, { POLICY_SECONDS, 5 }, NOVEMBER, INSTANT_NONE, "contract 17" },
	{ SLA_INITIAL, "emerging", 3, { POLICY_SECONDS, 600 }, NOVEMBER, INSTANT_NONE, "by kind" },
	{ SLA_INITIAL, "technical", 2, { POLICY_NONE, 0 }, INSTANT_NONE, INSTANT_NONE, "no clock" },
	{ SLA_RESOLUTION, NULL, 0, { POLICY_SECONDS, 86400 }, INSTANT_NONE, INSTANT_NONE, NULL },
};

static double warn_at[] = { 0.5, 0.8 };

static int world_make(void **state)
{
	struct world *w = mem_alloc(sizeof(*w));
	struct conf_problems problems;

	conf_problems_init(&problems);
	w->conf = conf_load("conf/gatewayd.conf.example", CONF_POLICY_ONLY, &problems);
	if (!w->conf)
		fail_msg("%s", buf_cstr(&problems.text));
	conf_problems_release(&problems);
	w->zones = zones_new(NULL);
	for (int i = 0; i < PLACE_COUNT; i++) {
		w->queue[i] = *conf_queue_find(w->conf, places[i].queue);
		w->queue[i].warn_at = warn_at;
		w->queue[i].warn_count = 2;
		w->queue[i].reminder_s = 3600;
		if (places[i].clocks) {
			w->queue[i].next_response =
			    (struct policy_duration){ POLICY_SECONDS, 4 * 3600 };
			w->queue[i].resolution =
			    (struct policy_duration){ POLICY_SECONDS, 10 * 3600 };
		}
		w->place[i] = (struct sla_place){
			.queue = &w->queue[i],
			.package = places[i].package,
			.account = "acme",
			.contracts = contracts,
			.contract_count =
			    places[i].contract ? sizeof(contracts) / sizeof(*contracts) : 0,
		};
	}
	*state = w;
	return 0;
}

static int world_free(void **state)
{
	struct world *w = *state;

	conf_free(&w->conf);
	zones_free(&w->zones);
	mem_free(&w);
	return 0;
}

/* One event; at is RFC 3339. */
struct step {
	const char *at;
	enum sla_event_type type;
	int severity;
	enum place place;
	enum sla_state state;
	enum channel channel;
	bool phone, by_sender;
};

#define OPENED(at, severity, place)                                     \
	{                                                               \
		at, SLA_OPENED, severity, place, 0, CHANNEL_EMAIL, 0, 0 \
	}
#define BY_PHONE(at, severity, place)                                   \
	{                                                               \
		at, SLA_OPENED, severity, place, 0, CHANNEL_PHONE, 0, 0 \
	}
#define DECLARED(at, severity, place)                                   \
	{                                                               \
		at, SLA_OPENED, severity, place, 0, CHANNEL_EMAIL, 0, 1 \
	}
#define SEVERITY(at, severity)                            \
	{                                                 \
		at, SLA_SEVERITY, severity, 0, 0, 0, 0, 0 \
	}
#define SEVERITY_PHONE(at, severity)                      \
	{                                                 \
		at, SLA_SEVERITY, severity, 0, 0, 0, 1, 0 \
	}
#define PHONE(at)                               \
	{                                       \
		at, SLA_PHONE, 0, 0, 0, 0, 0, 0 \
	}
#define PLACED(at, place)                            \
	{                                            \
		at, SLA_PLACED, 0, place, 0, 0, 0, 0 \
	}
#define NOTE(at)                                        \
	{                                               \
		at, SLA_CUSTOMER_NOTE, 0, 0, 0, 0, 0, 0 \
	}
#define RESPONSE(at)                               \
	{                                          \
		at, SLA_RESPONSE, 0, 0, 0, 0, 0, 0 \
	}
#define STATE(at, state)                                  \
	{                                                 \
		at, SLA_STATE, 0, 0, SLA_##state, 0, 0, 0 \
	}

enum { STEPS_MAX = 10 };

struct scenario {
	const char *name;
	struct step steps[STEPS_MAX];
	enum sla_kind clock;
	const char *due;    /* NULL: none, or paused */
	const char *missed; /* NULL: none */
	const char *now;
	enum sla_standing stands;
};

static int64_t instant(const char *text)
{
	int64_t at = INSTANT_NONE;

	if (text)
		assert_true(time_parse_rfc3339(span_of(text), &at));
	return at;
}

static size_t tell(const struct world *w, const struct step *steps, struct sla_event *events)
{
	size_t n = 0;

	for (; n < STEPS_MAX && steps[n].at; n++)
		events[n] = (struct sla_event){
			.type = steps[n].type,
			.at = instant(steps[n].at),
			.severity = steps[n].severity,
			.place = &w->place[steps[n].place],
			.state = steps[n].state,
			.channel = steps[n].channel,
			.phone = steps[n].phone,
			.by_sender = steps[n].by_sender,
		};
	return n;
}

/* The way to the deadline has no gap, and what counts on it is the target. */
static void check_stretches(const struct sla_input *in, const struct sla_clock *c)
{
	struct arena arena ARENA_AUTO;
	struct sla_stretch *v;
	int64_t at = c->started_at, sum = 0;
	struct err e;
	size_t n;

	arena_init(&arena);
	assert_int_equal(sla_stretches(in, c, &arena, &v, &n, &e), 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(v[i].from, at);
		assert_true(v[i].to > v[i].from);
		at = v[i].to;
		if (v[i].counted)
			sum += calendar_between(&c->calendar, v[i].from, v[i].to);
	}
	if (c->due_at != INSTANT_NONE) {
		assert_int_equal(at, c->due_at);
		assert_int_equal(sum, c->target_s);
	} else {
		assert_int_equal(sum, c->target_s - c->left_s);
	}
}

static void play(const struct world *w, const struct scenario *s)
{
	struct sla_event events[STEPS_MAX];
	struct sla_input in = { &w->conf->policy, w->zones, events, tell(w, s->steps, events) };
	const struct sla_clock *c;
	char text[2][TIME_TEXT_MAX];
	struct sla sla;
	struct err e;

	if (sla_compute(&in, &sla, &e))
		fail_msg("%s: %s", s->name, e.text);
	c = &sla.clocks[s->clock];
	if (c->due_at != instant(s->due))
		fail_msg("%s: due %s, not %s", s->name, s->due ? s->due : "never",
			 c->due_at == INSTANT_NONE ? "never" : time_rfc3339(c->due_at, text[0]));
	if (c->missed_at != instant(s->missed))
		fail_msg("%s: missed %s", s->name,
			 c->missed_at == INSTANT_NONE ? "never"
						      : time_rfc3339(c->missed_at, text[1]));
	if (sla_standing(c, instant(s->now)) != s->stands)
		fail_msg("%s: at %s it is %s (%d)", s->name, s->now,
			 sla_standing_name(sla_standing(c, instant(s->now))),
			 (int)sla_standing(c, instant(s->now)));
	if (c->rule.target.unit != POLICY_NONE)
		check_stretches(&in, c);
}

/* New York is at -05:00 from November 1, 2026 on; Thanksgiving is the 26th. */
static const struct scenario scenarios[] = {
	{ "two business days over a weekend",
	  { OPENED("2026-11-13T16:00:00-05:00", 3, BILLING) },
	  SLA_INITIAL,
	  "2026-11-17T16:00:00-05:00",
	  NULL,
	  "2026-11-13T16:00:00-05:00",
	  SLA_RUNNING },
	{ "opened on a Saturday",
	  { OPENED("2026-11-14T03:00:00-05:00", 3, BILLING_PREMIUM) },
	  SLA_INITIAL,
	  "2026-11-16T17:00:00-05:00",
	  NULL,
	  "2026-11-16T16:00:00-05:00",
	  SLA_WARNED },
	{ "a holiday between",
	  { OPENED("2026-11-25T16:00:00-05:00", 3, BILLING_PREMIUM) },
	  SLA_INITIAL,
	  "2026-11-27T16:00:00-05:00",
	  NULL,
	  "2026-11-27T15:59:59-05:00",
	  SLA_WARNED },
	{ "hours of a business queue run in open time",
	  { OPENED("2026-11-25T16:30:00-05:00", 2, BILLING_PREMIUM) },
	  SLA_INITIAL,
	  "2026-11-27T09:30:00-05:00",
	  NULL,
	  "2026-11-26T12:00:00-05:00",
	  SLA_WARNED },
	{ "hours of a 24 x 7 queue run at night",
	  { OPENED("2026-11-25T23:30:00-05:00", 2, TECHNICAL) },
	  SLA_INITIAL,
	  "2026-11-26T03:30:00-05:00",
	  NULL,
	  "2026-11-26T03:30:00-05:00",
	  SLA_BREACHED },
	{ "a business day of a 24 x 7 queue runs in the calendar it names",
	  { OPENED("2026-11-14T03:00:00-05:00", 3, TECHNICAL_PREMIUM3) },
	  SLA_INITIAL,
	  "2026-11-16T17:00:00-05:00",
	  NULL,
	  "2026-11-14T04:00:00-05:00",
	  SLA_RUNNING },
	{ "a business day over the end of summer time",
	  { OPENED("2026-10-30T16:00:00-04:00", 3, BILLING_PREMIUM) },
	  SLA_INITIAL,
	  "2026-11-02T16:00:00-05:00",
	  NULL,
	  "2026-11-02T16:00:00-05:00",
	  SLA_BREACHED },
	{ "hours in the night of the change are hours that pass",
	  { OPENED("2026-11-01T00:30:00-04:00", 2, TECHNICAL) },
	  SLA_INITIAL,
	  "2026-11-01T03:30:00-05:00",
	  NULL,
	  "2026-11-01T03:29:59-05:00",
	  SLA_WARNED },

	{ "answered a second before the deadline",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL), RESPONSE("2026-11-10T13:59:59Z") },
	  SLA_INITIAL,
	  "2026-11-10T14:00:00Z",
	  NULL,
	  "2026-11-12T00:00:00Z",
	  SLA_MET },
	{ "answered at the very instant is a breach",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL), RESPONSE("2026-11-10T14:00:00Z") },
	  SLA_INITIAL,
	  "2026-11-10T14:00:00Z",
	  NULL,
	  "2026-11-12T00:00:00Z",
	  SLA_BREACHED },
	{ "a response dated before the opening is in time",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL), RESPONSE("2026-11-10T09:00:00Z") },
	  SLA_INITIAL,
	  "2026-11-10T14:00:00Z",
	  NULL,
	  "2026-11-12T00:00:00Z",
	  SLA_MET },
	{ "a second response changes nothing",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL), RESPONSE("2026-11-10T11:00:00Z"),
	    RESPONSE("2026-11-10T15:00:00Z") },
	  SLA_INITIAL,
	  "2026-11-10T14:00:00Z",
	  NULL,
	  "2026-11-12T00:00:00Z",
	  SLA_MET },

	{ "raised: the new target counts from the change",
	  { OPENED("2026-11-10T15:00:00Z", 3, TECHNICAL_PREMIUM3),
	    SEVERITY("2026-11-10T16:00:00Z", 2) },
	  SLA_INITIAL,
	  "2026-11-10T17:00:00Z",
	  NULL,
	  "2026-11-10T16:00:00Z",
	  SLA_RUNNING },
	{ "raised: never later than the deadline in force",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL_PREMIUM3),
	    SEVERITY_PHONE("2026-11-10T15:50:00Z", 1) },
	  SLA_INITIAL,
	  "2026-11-10T16:00:00Z",
	  NULL,
	  "2026-11-10T15:50:00Z",
	  SLA_WARNED },
	{ "raised with the record of a call",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL_PREMIUM3),
	    SEVERITY_PHONE("2026-11-10T15:10:00Z", 1) },
	  SLA_INITIAL,
	  "2026-11-10T15:25:00Z",
	  NULL,
	  "2026-11-10T15:25:00Z",
	  SLA_BREACHED },
	{ "raised to 1 without a call: the severity 2 target, and the deadline stays",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL_PREMIUM3),
	    SEVERITY("2026-11-10T15:10:00Z", 1) },
	  SLA_INITIAL,
	  "2026-11-10T16:00:00Z",
	  NULL,
	  "2026-11-10T15:10:00Z",
	  SLA_RUNNING },
	{ "raised after the deadline was missed: still missed",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL_PREMIUM3),
	    SEVERITY_PHONE("2026-11-10T17:00:00Z", 1) },
	  SLA_INITIAL,
	  "2026-11-10T16:00:00Z",
	  NULL,
	  "2026-11-10T17:00:00Z",
	  SLA_BREACHED },
	{ "opened by phone",
	  { BY_PHONE("2026-11-10T15:00:00Z", 1, TECHNICAL_PREMIUM3) },
	  SLA_INITIAL,
	  "2026-11-10T15:15:00Z",
	  NULL,
	  "2026-11-10T15:00:00Z",
	  SLA_RUNNING },
	{ "opened by phone and raised later came by phone",
	  { BY_PHONE("2026-11-10T15:00:00Z", 3, TECHNICAL_PREMIUM3),
	    SEVERITY("2026-11-10T16:00:00Z", 1) },
	  SLA_INITIAL,
	  "2026-11-10T16:15:00Z",
	  NULL,
	  "2026-11-10T16:00:00Z",
	  SLA_RUNNING },
	{ "the call is recorded later",
	  { OPENED("2026-11-10T15:00:00Z", 1, TECHNICAL_PREMIUM3), PHONE("2026-11-10T15:20:00Z") },
	  SLA_INITIAL,
	  "2026-11-10T15:35:00Z",
	  NULL,
	  "2026-11-10T15:20:00Z",
	  SLA_RUNNING },
	{ "severity 1 set by technical support",
	  { OPENED("2026-11-10T15:00:00Z", 3, TECHNICAL_PLUS),
	    SEVERITY("2026-11-10T15:10:00Z", 1) },
	  SLA_INITIAL,
	  "2026-11-10T16:10:00Z",
	  NULL,
	  "2026-11-10T15:20:00Z",
	  SLA_RUNNING },
	{ "severity 1 declared in a mail did not come by technical support",
	  { DECLARED("2026-11-10T15:00:00Z", 1, TECHNICAL_PLUS) },
	  SLA_INITIAL,
	  "2026-11-10T17:00:00Z",
	  NULL,
	  "2026-11-10T15:20:00Z",
	  SLA_RUNNING },
	{ "lowered: the new target counts from the change",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL_PREMIUM3),
	    SEVERITY("2026-11-10T15:30:00Z", 3) },
	  SLA_INITIAL,
	  "2026-11-11T15:30:00Z",
	  NULL,
	  "2026-11-10T18:00:00Z",
	  SLA_RUNNING },
	{ "lowered after the deadline was missed: that is kept",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL_PREMIUM3),
	    SEVERITY("2026-11-10T16:30:00Z", 3) },
	  SLA_INITIAL,
	  "2026-11-11T16:30:00Z",
	  "2026-11-10T16:00:00Z",
	  "2026-11-10T18:00:00Z",
	  SLA_RUNNING },
	{ "lowered and raised again",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL_PREMIUM3),
	    SEVERITY("2026-11-10T15:30:00Z", 3), SEVERITY("2026-11-10T15:40:00Z", 2) },
	  SLA_INITIAL,
	  "2026-11-10T16:40:00Z",
	  NULL,
	  "2026-11-10T15:40:00Z",
	  SLA_RUNNING },
	{ "changed after the first response: nothing",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL_PREMIUM3), RESPONSE("2026-11-10T15:20:00Z"),
	    SEVERITY_PHONE("2026-11-10T15:30:00Z", 1) },
	  SLA_INITIAL,
	  "2026-11-10T16:00:00Z",
	  NULL,
	  "2026-11-10T18:00:00Z",
	  SLA_MET },

	{ "package changed: anew from the opening",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL),
	    PLACED("2026-11-10T15:30:00Z", TECHNICAL_PREMIUM3) },
	  SLA_INITIAL,
	  "2026-11-10T16:00:00Z",
	  NULL,
	  "2026-11-10T15:30:00Z",
	  SLA_WARNED },
	{ "package taken away: later, also when the old deadline was missed",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL_PREMIUM3),
	    PLACED("2026-11-10T16:30:00Z", TECHNICAL) },
	  SLA_INITIAL,
	  "2026-11-10T19:00:00Z",
	  NULL,
	  "2026-11-10T16:30:00Z",
	  SLA_RUNNING },
	{ "package changed between two severities: both legs are computed with it",
	  { OPENED("2026-11-10T15:00:00Z", 3, TECHNICAL), SEVERITY("2026-11-10T16:00:00Z", 2),
	    PLACED("2026-11-10T16:10:00Z", TECHNICAL_PREMIUM3) },
	  SLA_INITIAL,
	  "2026-11-10T17:00:00Z",
	  NULL,
	  "2026-11-10T16:10:00Z",
	  SLA_RUNNING },
	{ "package changed after the first response: as it was",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL), RESPONSE("2026-11-10T18:00:00Z"),
	    PLACED("2026-11-10T18:30:00Z", TECHNICAL_PREMIUM3) },
	  SLA_INITIAL,
	  "2026-11-10T19:00:00Z",
	  NULL,
	  "2026-11-11T00:00:00Z",
	  SLA_MET },
	{ "moved to a business queue: open time from the opening on",
	  { OPENED("2026-11-13T21:00:00Z", 2, TECHNICAL), PLACED("2026-11-13T22:00:00Z", BILLING) },
	  SLA_INITIAL,
	  "2026-11-16T12:00:00-05:00",
	  NULL,
	  "2026-11-14T00:00:00Z",
	  SLA_RUNNING },
	{ "emerging has no clock, whatever the package",
	  { OPENED("2026-11-10T15:00:00Z", 1, EMERGING) },
	  SLA_INITIAL,
	  NULL,
	  NULL,
	  "2026-12-10T15:00:00Z",
	  SLA_STANDS_NONE },
	{ "moved away from emerging with a severity that the new kind has not",
	  { OPENED("2026-11-10T15:00:00Z", 4, EMERGING),
	    PLACED("2026-11-10T15:30:00Z", TECHNICAL) },
	  SLA_INITIAL,
	  "2026-11-12T15:00:00Z",
	  NULL,
	  "2026-11-10T16:00:00Z",
	  SLA_RUNNING },

	{ "a contract gives emerging a clock, the one for the kind before the general one",
	  { OPENED("2026-11-10T15:00:00Z", 3, EMERGING_CONTRACT) },
	  SLA_INITIAL,
	  "2026-11-10T15:10:00Z",
	  NULL,
	  "2026-11-10T15:01:00Z",
	  SLA_RUNNING },
	{ "a contract goes before the package",
	  { OPENED("2026-11-10T15:00:00Z", 3, TECHNICAL_CONTRACT) },
	  SLA_INITIAL,
	  "2026-11-10T15:00:05Z",
	  NULL,
	  "2026-11-10T15:00:05Z",
	  SLA_BREACHED },
	{ "a contract that ended holds for what was opened before",
	  { OPENED("2026-10-31T23:59:59Z", 3, TECHNICAL_CONTRACT) },
	  SLA_INITIAL,
	  "2026-11-01T01:59:59Z",
	  NULL,
	  "2026-11-01T00:10:00Z",
	  SLA_RUNNING },
	{ "a contract ends at its last instant, the next begins there",
	  { OPENED("2026-11-01T00:00:00Z", 3, TECHNICAL_CONTRACT) },
	  SLA_INITIAL,
	  "2026-11-01T00:00:05Z",
	  NULL,
	  "2026-11-01T00:00:00Z",
	  SLA_RUNNING },
	{ "before any contract the package holds",
	  { OPENED("2025-12-30T15:00:00Z", 3, TECHNICAL_CONTRACT) },
	  SLA_INITIAL,
	  "2025-12-31T15:00:00Z",
	  NULL,
	  "2025-12-30T15:10:00Z",
	  SLA_RUNNING },
	{ "a contract may say that no clock runs",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL_CONTRACT) },
	  SLA_INITIAL,
	  NULL,
	  NULL,
	  "2026-12-10T15:00:00Z",
	  SLA_STANDS_NONE },
	{ "a contract may set a resolution clock",
	  { OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL_CONTRACT) },
	  SLA_RESOLUTION,
	  "2026-11-11T15:00:00Z",
	  NULL,
	  "2026-11-10T16:00:00Z",
	  SLA_RUNNING },

	{ "waiting never pauses the initial response",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL), STATE("2026-11-10T10:30:00Z", WAITING) },
	  SLA_INITIAL,
	  "2026-11-10T14:00:00Z",
	  NULL,
	  "2026-11-10T14:00:00Z",
	  SLA_BREACHED },
	{ "resolved without a response: no clock runs",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL), STATE("2026-11-10T10:30:00Z", RESOLVED) },
	  SLA_INITIAL,
	  "2026-11-10T14:00:00Z",
	  NULL,
	  "2026-11-20T14:00:00Z",
	  SLA_ENDED },
	{ "resolved without a response after the deadline: a breach",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL), STATE("2026-11-10T14:30:00Z", RESOLVED) },
	  SLA_INITIAL,
	  "2026-11-10T14:00:00Z",
	  NULL,
	  "2026-11-20T14:00:00Z",
	  SLA_BREACHED },
	{ "reopened without a response: anew from the reopening",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL), STATE("2026-11-10T10:30:00Z", RESOLVED),
	    STATE("2026-11-12T08:00:00Z", OPEN) },
	  SLA_INITIAL,
	  "2026-11-12T12:00:00Z",
	  NULL,
	  "2026-11-12T08:00:00Z",
	  SLA_RUNNING },
	{ "reopened after a response: the initial response stays given",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL), RESPONSE("2026-11-10T11:00:00Z"),
	    STATE("2026-11-10T11:00:00Z", RESOLVED), STATE("2026-11-12T08:00:00Z", OPEN) },
	  SLA_INITIAL,
	  "2026-11-10T14:00:00Z",
	  NULL,
	  "2026-11-13T00:00:00Z",
	  SLA_MET },

	{ "no next response before the first",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL_CLOCKS), NOTE("2026-11-10T10:30:00Z") },
	  SLA_NEXT,
	  NULL,
	  NULL,
	  "2026-11-12T00:00:00Z",
	  SLA_STANDS_NONE },
	{ "next response counts from the first note nobody answered",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL_CLOCKS), RESPONSE("2026-11-10T10:30:00Z"),
	    NOTE("2026-11-10T11:00:00Z"), NOTE("2026-11-10T14:00:00Z") },
	  SLA_NEXT,
	  "2026-11-10T15:00:00Z",
	  NULL,
	  "2026-11-10T13:00:00Z",
	  SLA_WARNED },
	{ "next response given",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL_CLOCKS), RESPONSE("2026-11-10T10:30:00Z"),
	    NOTE("2026-11-10T11:00:00Z"), RESPONSE("2026-11-10T14:59:59Z") },
	  SLA_NEXT,
	  "2026-11-10T15:00:00Z",
	  NULL,
	  "2026-11-12T00:00:00Z",
	  SLA_MET },
	{ "the next note starts it anew",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL_CLOCKS), RESPONSE("2026-11-10T10:30:00Z"),
	    NOTE("2026-11-10T11:00:00Z"), RESPONSE("2026-11-10T16:00:00Z"),
	    NOTE("2026-11-11T11:00:00Z") },
	  SLA_NEXT,
	  "2026-11-11T15:00:00Z",
	  NULL,
	  "2026-11-11T11:00:00Z",
	  SLA_RUNNING },
	{ "waiting pauses the next response",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL_CLOCKS), RESPONSE("2026-11-10T10:30:00Z"),
	    NOTE("2026-11-10T11:00:00Z"), STATE("2026-11-10T12:00:00Z", WAITING),
	    STATE("2026-11-10T14:30:00Z", OPEN) },
	  SLA_NEXT,
	  "2026-11-10T17:30:00Z",
	  NULL,
	  "2026-11-10T15:00:00Z",
	  SLA_RUNNING },
	{ "while it waits there is no deadline",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL_CLOCKS), RESPONSE("2026-11-10T10:30:00Z"),
	    NOTE("2026-11-10T11:00:00Z"), STATE("2026-11-10T12:00:00Z", WAITING) },
	  SLA_NEXT,
	  NULL,
	  NULL,
	  "2026-11-12T00:00:00Z",
	  SLA_PAUSED },
	{ "waiting after the deadline does not undo the breach",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL_CLOCKS), RESPONSE("2026-11-10T10:30:00Z"),
	    NOTE("2026-11-10T11:00:00Z"), STATE("2026-11-10T15:30:00Z", WAITING) },
	  SLA_NEXT,
	  "2026-11-10T15:00:00Z",
	  NULL,
	  "2026-11-10T16:00:00Z",
	  SLA_BREACHED },
	{ "a note to a waiting case counts from its reopening",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL_CLOCKS), RESPONSE("2026-11-10T10:30:00Z"),
	    STATE("2026-11-10T10:30:00Z", WAITING), NOTE("2026-11-10T11:00:00Z"),
	    STATE("2026-11-10T11:00:00Z", OPEN) },
	  SLA_NEXT,
	  "2026-11-10T15:00:00Z",
	  NULL,
	  "2026-11-10T12:00:00Z",
	  SLA_RUNNING },
	{ "a note to a case that stays waiting is paused from the start",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL_CLOCKS), RESPONSE("2026-11-10T10:30:00Z"),
	    STATE("2026-11-10T10:30:00Z", WAITING), NOTE("2026-11-10T11:00:00Z") },
	  SLA_NEXT,
	  NULL,
	  NULL,
	  "2026-11-12T00:00:00Z",
	  SLA_PAUSED },
	{ "moved after the next response was given: as it was",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL_CLOCKS), RESPONSE("2026-11-10T10:30:00Z"),
	    NOTE("2026-11-10T11:00:00Z"), RESPONSE("2026-11-10T12:00:00Z"),
	    PLACED("2026-11-10T13:00:00Z", TECHNICAL) },
	  SLA_NEXT,
	  "2026-11-10T15:00:00Z",
	  NULL,
	  "2026-11-12T00:00:00Z",
	  SLA_MET },
	{ "moved after it was resolved: as it was",
	  { OPENED("2026-11-10T10:00:00Z", 3, TECHNICAL_CLOCKS),
	    STATE("2026-11-10T14:00:00Z", RESOLVED), PLACED("2026-11-10T15:00:00Z", TECHNICAL) },
	  SLA_RESOLUTION,
	  "2026-11-10T20:00:00Z",
	  NULL,
	  "2026-11-12T00:00:00Z",
	  SLA_MET },
	{ "resolved ends the next response",
	  { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL_CLOCKS), RESPONSE("2026-11-10T10:30:00Z"),
	    NOTE("2026-11-10T11:00:00Z"), STATE("2026-11-10T12:00:00Z", RESOLVED) },
	  SLA_NEXT,
	  "2026-11-10T15:00:00Z",
	  NULL,
	  "2026-11-12T00:00:00Z",
	  SLA_ENDED },
	{ "resolution pauses while the case waits, over a weekend",
	  { OPENED("2026-11-13T15:00:00-05:00", 3, BILLING_CLOCKS),
	    STATE("2026-11-13T16:00:00-05:00", WAITING), STATE("2026-11-16T12:00:00-05:00", OPEN) },
	  SLA_RESOLUTION,
	  "2026-11-17T13:00:00-05:00",
	  NULL,
	  "2026-11-16T12:00:00-05:00",
	  SLA_RUNNING },
	{ "resolved in time",
	  { OPENED("2026-11-10T10:00:00Z", 3, TECHNICAL_CLOCKS),
	    STATE("2026-11-10T19:59:59Z", RESOLVED) },
	  SLA_RESOLUTION,
	  "2026-11-10T20:00:00Z",
	  NULL,
	  "2026-11-12T00:00:00Z",
	  SLA_MET },
	{ "resolved and closed later is resolved once",
	  { OPENED("2026-11-10T10:00:00Z", 3, TECHNICAL_CLOCKS),
	    STATE("2026-11-10T19:00:00Z", RESOLVED), STATE("2026-11-20T19:00:00Z", RESOLVED) },
	  SLA_RESOLUTION,
	  "2026-11-10T20:00:00Z",
	  NULL,
	  "2026-11-22T00:00:00Z",
	  SLA_MET },
	{ "reopened, what is left runs on",
	  { OPENED("2026-11-10T10:00:00Z", 3, TECHNICAL_CLOCKS),
	    STATE("2026-11-10T14:00:00Z", RESOLVED), STATE("2026-11-12T10:00:00Z", OPEN) },
	  SLA_RESOLUTION,
	  "2026-11-12T16:00:00Z",
	  NULL,
	  "2026-11-12T11:00:00Z",
	  SLA_WARNED },
};

static void clocks_stand_where_the_policy_puts_them(void **state)
{
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++)
		play(*state, &scenarios[i]);
	print_message("# %zu scenarios\n", sizeof(scenarios) / sizeof(*scenarios));
}

static void compute(const struct world *w, const struct step *steps, struct sla *ret_sla)
{
	struct sla_event events[STEPS_MAX];
	struct sla_input in = { &w->conf->policy, w->zones, events, tell(w, steps, events) };
	struct err e;

	assert_int_equal(sla_compute(&in, ret_sla, &e), 0);
}

static void alarms_come_in_order_and_end_with_the_response(void **state)
{
	static const struct step running[STEPS_MAX] = { OPENED("2026-11-10T10:00:00Z", 2,
							       TECHNICAL) };
	static const struct step late[STEPS_MAX] = { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL),
						     RESPONSE("2026-11-10T15:00:00Z") };
	static const struct step early[STEPS_MAX] = { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL),
						      RESPONSE("2026-11-10T12:30:00Z") };
	static const struct {
		const char *after;
		enum sla_alarm_type type;
		int number;
		const char *at;
	} rows[] = {
		{ "2026-11-10T09:00:00Z", SLA_WARNING, 1, "2026-11-10T12:00:00Z" },
		{ "2026-11-10T12:00:00Z", SLA_WARNING, 2, "2026-11-10T13:12:00Z" },
		{ "2026-11-10T13:12:00Z", SLA_BREACH, 0, "2026-11-10T14:00:00Z" },
		{ "2026-11-10T14:00:00Z", SLA_REMINDER, 1, "2026-11-10T15:00:00Z" },
		{ "2026-11-10T15:00:00Z", SLA_REMINDER, 2, "2026-11-10T16:00:00Z" },
		{ "2026-11-20T15:59:59Z", SLA_REMINDER, 242, "2026-11-20T16:00:00Z" },
	};
	struct sla_alarm alarm;
	struct sla sla;

	compute(*state, running, &sla);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_true(
		    sla_next_alarm(&sla.clocks[SLA_INITIAL], instant(rows[i].after), &alarm));
		assert_int_equal(alarm.type, rows[i].type);
		assert_int_equal(alarm.number, rows[i].number);
		assert_int_equal(alarm.at, instant(rows[i].at));
	}
	compute(*state, late, &sla);
	assert_true(sla_next_alarm(&sla.clocks[SLA_INITIAL], instant(rows[2].after), &alarm));
	assert_int_equal(alarm.type, SLA_BREACH);
	assert_false(sla_next_alarm(&sla.clocks[SLA_INITIAL], alarm.at, &alarm));
	compute(*state, early, &sla);
	assert_true(sla_next_alarm(&sla.clocks[SLA_INITIAL], 0, &alarm));
	assert_int_equal(alarm.at, instant("2026-11-10T12:00:00Z"));
	assert_false(sla_next_alarm(&sla.clocks[SLA_INITIAL], alarm.at, &alarm));
}

static void reminders_of_a_business_queue_come_in_open_time(void **state)
{
	static const struct step steps[STEPS_MAX] = { OPENED("2026-11-13T12:00:00-05:00", 2,
							     BILLING) };
	struct sla_alarm alarm;
	struct sla sla;

	compute(*state, steps, &sla);
	assert_int_equal(sla.clocks[SLA_INITIAL].due_at, instant("2026-11-13T16:00:00-05:00"));
	assert_true(
	    sla_next_alarm(&sla.clocks[SLA_INITIAL], instant("2026-11-13T17:00:00-05:00"), &alarm));
	assert_int_equal(alarm.at, instant("2026-11-16T10:00:00-05:00"));
	assert_int_equal(alarm.number, 2);
}

static void what_cannot_be_computed_is_an_error(void **state)
{
	const struct world *w = *state;
	struct sla_place nowhere = { 0 };
	struct conf_queue queue = w->queue[TECHNICAL];
	struct sla_place odd = { .queue = &queue };
	struct sla_event events[] = { { .type = SLA_RESPONSE, .at = 0 },
				      { .type = SLA_OPENED, .severity = 3, .place = &nowhere } };
	struct sla_input in = { &w->conf->policy, w->zones, events, 0 };
	struct sla sla;
	struct err e;

	assert_int_equal(sla_compute(&in, &sla, &e), -1);
	in.event_count = 1;
	assert_int_equal(sla_compute(&in, &sla, &e), -1);
	in.events = &events[1];
	assert_int_equal(sla_compute(&in, &sla, &e), -1);
	assert_non_null(strstr(e.text, "queue that is not configured"));
	events[1].place = &odd;
	queue.kind = "plumbing";
	assert_int_equal(sla_compute(&in, &sla, &e), -1);
	assert_non_null(strstr(e.text, "plumbing"));
	queue.kind = "technical";
	queue.days_calendar = "lunar";
	assert_int_equal(sla_compute(&in, &sla, &e), -1);
	assert_non_null(strstr(e.text, "lunar"));
	queue.days_calendar = "business";
	events[1].severity = 9;
	assert_int_equal(sla_compute(&in, &sla, &e), -1);
	events[1].severity = 3;
	assert_int_equal(sla_compute(&in, &sla, &e), 0);
	events[1].at = INT64_MAX;
	assert_int_equal(sla_compute(&in, &sla, &e), -1);
}

static void explain(const struct world *w, const struct step *steps, enum sla_kind clock,
		    struct buf *out)
{
	struct sla_event events[STEPS_MAX];
	struct sla_input in = { &w->conf->policy, w->zones, events, tell(w, steps, events) };
	struct span rest, line;
	struct sla sla;
	struct err e;

	assert_int_equal(sla_compute(&in, &sla, &e), 0);
	assert_int_equal(sla_explain_text(&in, &sla.clocks[clock], out, &e), 0);
	rest = buf_span(out);
	while (span_line(&rest, &line))
		assert_in_range(line.n, 0, 80);
}

static void the_explanation_names_rule_pauses_and_instant(void **state)
{
	static const struct step kept[STEPS_MAX] = {
		OPENED("2026-11-10T15:00:00Z", 2, TECHNICAL_PREMIUM3),
		SEVERITY("2026-11-10T15:10:00Z", 1),
	};
	static const struct step paused[STEPS_MAX] = {
		OPENED("2026-11-25T15:00:00-05:00", 3, BILLING_CLOCKS),
		STATE("2026-11-25T16:00:00-05:00", WAITING),
		STATE("2026-11-25T16:30:00-05:00", OPEN),
	};
	struct buf out BUF_AUTO;

	buf_init(&out, 65536);
	explain(*state, kept, SLA_INITIAL, &out);
	assert_non_null(strstr(buf_cstr(&out), "raised to severity 1 since"));
	assert_non_null(strstr(buf_cstr(&out), "packages, row premium-3.0, severity 2"));
	buf_clear(&out);
	explain(*state, paused, SLA_RESOLUTION, &out);
	assert_non_null(strstr(buf_cstr(&out), "queue billing sets 10h"));
	assert_non_null(strstr(buf_cstr(&out), "2026-11-25 16:00:00 -0500  30 min            "
					       "no: waiting\n"));
	assert_non_null(strstr(buf_cstr(&out), "no: closed (Thanksgiving)\n"));
	assert_non_null(strstr(buf_cstr(&out), "2026-11-30 09:30:00 -0500                    "
					       "due\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_stand_where_the_policy_puts_them),
		cmocka_unit_test(alarms_come_in_order_and_end_with_the_response),
		cmocka_unit_test(reminders_of_a_business_queue_come_in_open_time),
		cmocka_unit_test(what_cannot_be_computed_is_an_error),
		cmocka_unit_test(the_explanation_names_rule_pauses_and_instant),
	};

	return cmocka_run_group_tests(tests, world_make, world_free);
}
