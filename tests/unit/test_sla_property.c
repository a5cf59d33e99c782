/*
 * What must hold for the clocks of any case, tried on random lists of events, and the clocks that
 * pause beside a walk in steps of five minutes.
 */
#include "tests/unit/unit.h"

#include <inttypes.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/case/sla.h"
#include "tests/unit/shipped.h"

enum { EVENTS_MAX = 12, CASES = 4000, PLACES = 4, STEP_S = 300 };

struct world {
	struct conf *conf;
	struct zones *zones;
	struct conf_queue queue[PLACES];
	struct sla_place place[PLACES];
	uint64_t random_state;
};

static double warn_at[] = { 0.5, 0.8 };

static int world_make(void **state)
{
	static const char *const rows[PLACES][2] = {
		{ "technical", NULL },
		{ "billing", "premium" },
		{ "managed-security", "premium-3.0" },
		{ "professional-services", "plus" },
	};
	struct world *w = mem_alloc(sizeof(*w));

	w->conf = shipped_conf();
	w->zones = zones_new(NULL);
	for (int i = 0; i < PLACES; i++) {
		w->queue[i] = *conf_queue_find(w->conf, rows[i][0]);
		w->queue[i].warn_at = warn_at;
		w->queue[i].warn_count = 2;
		w->queue[i].reminder_s = 7200;
		w->queue[i].next_response = (struct policy_duration){ POLICY_SECONDS, 4 * 3600 };
		w->queue[i].resolution = (struct policy_duration){ POLICY_BUSINESS_DAYS, 2 };
		w->place[i] = (struct sla_place){ .queue = &w->queue[i], .package = rows[i][1] };
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

static int any(struct world *w, int below)
{
	w->random_state =
	    w->random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((w->random_state >> 33) % (uint64_t)below);
}

static void random_event(struct world *w, struct sla_event *v)
{
	static const enum sla_event_type types[] = { SLA_SEVERITY, SLA_PLACED,	      SLA_PHONE,
						     SLA_RESPONSE, SLA_CUSTOMER_NOTE, SLA_STATE,
						     SLA_STATE,	   SLA_CUSTOMER_NOTE };

	v->type = types[any(w, sizeof(types) / sizeof(*types))];
	v->severity = 1 + any(w, 3);
	v->phone = any(w, 2);
	v->state = (enum sla_state)any(w, 3);
	v->place = &w->place[any(w, PLACES)];
}

/* Instants on marks of five minutes, from January to December, over both changes of the clock. */
static size_t random_case(struct world *w, struct sla_event *v)
{
	int64_t at = INT64_C(1767225600) + (int64_t)any(w, 360 * 288) * STEP_S;
	size_t n = (size_t)(1 + any(w, EVENTS_MAX - 1));

	for (size_t i = 0; i < n; i++) {
		v[i] = (struct sla_event){ .at = at };
		random_event(w, &v[i]);
		at += (int64_t)any(w, any(w, 3) ? 60 : 1500) * STEP_S;
	}
	v[0].type = SLA_OPENED;
	v[0].channel = (enum channel)any(w, 2);
	v[0].state = SLA_OPEN;
	return n;
}

static void compute(const struct world *w, const struct sla_event *v, size_t n, struct sla *ret_sla)
{
	struct sla_input in = { &w->conf->policy, w->zones, v, n };
	struct err e;

	if (sla_compute(&in, ret_sla, &e))
		fail_msg("%s", e.text);
}

static void check_way(const struct sla_input *in, const struct sla_clock *c)
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
		at = v[i].to;
		if (v[i].counted)
			sum += calendar_between(&c->calendar, v[i].from, v[i].to);
	}
	assert_int_equal(sum, c->due_at == INSTANT_NONE ? c->target_s - c->left_s : c->target_s);
	assert_true(c->due_at == INSTANT_NONE || at == c->due_at);
}

/* Who looks at that instant, and did so last at `after`, finds it. */
static void check_due(const struct sla_clock *c, int64_t after, const struct sla_alarm *alarm)
{
	struct sla_alarm due;

	assert_false(sla_due_alarm(c, after, after, &due));
	assert_true(sla_due_alarm(c, after, alarm->at, &due));
	assert_int_equal(due.at, alarm->at);
	if (alarm->type != SLA_REMINDER)
		return;
	assert_true(sla_due_alarm(c, c->due_at, alarm->at, &due));
	assert_int_equal(due.at, alarm->at);
	assert_int_equal(due.number, alarm->number);
}

static void check_alarms(const struct sla_clock *c)
{
	int64_t after = INT64_MIN;
	struct sla_alarm alarm;

	for (int i = 0; i < 9 && sla_next_alarm(c, after, &alarm); i++) {
		check_due(c, after, &alarm);
		assert_true(alarm.at > after);
		assert_true(alarm.type != SLA_BREACH || alarm.at == c->due_at);
		assert_true(alarm.type != SLA_WARNING || c->due_at == INSTANT_NONE ||
			    alarm.at < c->due_at);
		after = alarm.at;
	}
}

static void the_way_to_each_deadline_is_whole(void **state)
{
	struct world *w = *state;
	int clocks = 0;

	w->random_state = 1;
	for (int k = 0; k < CASES; k++) {
		struct sla_event v[EVENTS_MAX];
		size_t n = random_case(w, v);
		struct sla_input in = { &w->conf->policy, w->zones, v, n };
		struct sla sla;

		compute(w, v, n, &sla);
		for (int i = 0; i < SLA_KIND_COUNT; i++)
			if (sla.clocks[i].rule.target.unit != POLICY_NONE) {
				check_way(&in, &sla.clocks[i]);
				check_alarms(&sla.clocks[i]);
				clocks++;
			}
	}
	print_message("# %d clocks of %d random cases\n", clocks, CASES);
	assert_true(clocks > CASES);
}

/* The same case with one more event. */
static void compute_with(const struct world *w, struct sla_event *v, size_t n,
			 struct sla_event more, struct sla *ret_sla)
{
	v[n] = more;
	compute(w, v, n + 1, ret_sla);
}

static void a_raise_never_yields_a_later_deadline(void **state)
{
	struct world *w = *state;
	int raises = 0;

	w->random_state = 2;
	for (int k = 0; k < CASES; k++) {
		struct sla_event v[EVENTS_MAX + 1];
		size_t n = random_case(w, v);
		struct sla before, after;
		int64_t at = v[n - 1].at + any(w, 1000) * STEP_S;

		compute(w, v, n, &before);
		if (before.clocks[SLA_INITIAL].severity == 1)
			continue;
		compute_with(w, v, n,
			     (struct sla_event){
				 .type = SLA_SEVERITY,
				 .at = at,
				 .severity = before.clocks[SLA_INITIAL].severity - 1,
				 .phone = any(w, 2),
			     },
			     &after);
		assert_true(after.clocks[SLA_INITIAL].due_at <= before.clocks[SLA_INITIAL].due_at);
		raises++;
	}
	assert_true(raises > CASES / 3);
}

static void what_comes_after_the_response_changes_nothing(void **state)
{
	struct world *w = *state;

	w->random_state = 3;
	for (int k = 0; k < CASES; k++) {
		struct sla_event v[EVENTS_MAX + 3];
		size_t n = random_case(w, v);
		struct sla before, after;

		v[n] = (struct sla_event){ .type = SLA_RESPONSE, .at = v[n - 1].at };
		n++;
		compute(w, v, n, &before);
		for (int i = 0; i < 2; i++, n++) {
			v[n] = (struct sla_event){ .at = v[n - 1].at + 86400 };
			random_event(w, &v[n]);
		}
		compute(w, v, n, &after);
		assert_int_equal(after.clocks[SLA_INITIAL].due_at,
				 before.clocks[SLA_INITIAL].due_at);
		assert_int_equal(after.clocks[SLA_INITIAL].met_at,
				 before.clocks[SLA_INITIAL].met_at);
	}
}

/* Five minutes at a time while the case is open, until the target has counted. */
static int64_t walk(const struct sla_clock *c, const struct sla_event *v, size_t n)
{
	int64_t left = c->target_s, at = v[0].at;
	enum sla_state now = SLA_OPEN;
	size_t i = 1;

	for (;;) {
		for (; i < n && v[i].at <= at; i++)
			if (v[i].type == SLA_STATE)
				now = v[i].state;
		if (i == n && now != SLA_OPEN)
			return INSTANT_NONE;
		if (now == SLA_OPEN)
			left -= calendar_between(&c->calendar, at, at + STEP_S);
		at += STEP_S;
		if (left <= 0)
			return at;
	}
}

/* The events up to the one that resolved the case, if it stayed so: it has the deadline it had. */
static size_t until_resolved(const struct sla_event *v, size_t n)
{
	bool resolved = false;
	size_t end = n;

	for (size_t i = 0; i < n; i++) {
		if (v[i].type != SLA_STATE)
			continue;
		if (v[i].state == SLA_RESOLVED && !resolved)
			end = i;
		resolved = v[i].state == SLA_RESOLVED;
	}
	return resolved ? end : n;
}

static void resolution_is_what_a_walk_finds(void **state)
{
	struct world *w = *state;
	int due = 0;

	w->random_state = 4;
	for (int k = 0; k < CASES; k++) {
		struct sla_event v[EVENTS_MAX];
		size_t n = random_case(w, v);
		const struct sla_clock *c;
		struct sla sla;
		int64_t want;

		compute(w, v, n, &sla);
		c = &sla.clocks[SLA_RESOLUTION];
		want = walk(c, v, until_resolved(v, n));
		if (c->due_at != want)
			fail_msg("case %d: due %" PRId64 ", a walk finds %" PRId64, k, c->due_at,
				 want);
		due += c->due_at != INSTANT_NONE;
	}
	print_message("# %d deadlines of %d cases\n", due, CASES);
	assert_true(due > CASES / 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_way_to_each_deadline_is_whole),
		cmocka_unit_test(a_raise_never_yields_a_later_deadline),
		cmocka_unit_test(what_comes_after_the_response_changes_nothing),
		cmocka_unit_test(resolution_is_what_a_walk_finds),
	};

	return cmocka_run_group_tests(tests, world_make, world_free);
}
