/*
 * Cases as lists of events, for the tests of the clocks: places to be in, and steps in short words.
 *
 * The places are queues of the shipped configuration, some with a package, contracts or further
 * clocks.  Included by one test program each.
 */
#ifndef TESTS_POLICY_CASES_H
#define TESTS_POLICY_CASES_H

#include "gatewayd/base/mem.h"
#include "gatewayd/case/sla.h"
#include "tests/unit/shipped.h"

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

static inline int world_make(void **state)
{
	struct world *w = mem_alloc(sizeof(*w));

	w->conf = shipped_conf();
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

static inline int world_free(void **state)
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

static inline int64_t instant(const char *text)
{
	int64_t at = INSTANT_NONE;

	if (text)
		assert_true(time_parse_rfc3339(span_of(text), &at));
	return at;
}

static inline size_t tell(const struct world *w, const struct step *steps, struct sla_event *events)
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

static inline void compute(const struct world *w, const struct step *steps, struct sla *ret_sla)
{
	struct sla_event events[STEPS_MAX];
	struct sla_input in = { &w->conf->policy, w->zones, events, tell(w, steps, events) };
	struct err e;

	assert_int_equal(sla_compute(&in, ret_sla, &e), 0);
}

#endif
