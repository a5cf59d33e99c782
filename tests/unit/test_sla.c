/* Alarms, errors and explanations of a case's clocks; test_sla_scenario.c has the deadlines. */
#include "tests/unit/unit.h"

#include "gatewayd/case/sla_explain.h"
#include "tests/policy/cases.h"

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

/* A target is "less than": what is answered at the deadline is late, and its alarm is given. */
static void an_answer_at_the_instant_of_an_alarm_does_not_silence_it(void **state)
{
	static const struct step at_warning[STEPS_MAX] = {
		OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL), RESPONSE("2026-11-10T13:12:00Z")
	};
	static const struct step at_due[STEPS_MAX] = { OPENED("2026-11-10T10:00:00Z", 2, TECHNICAL),
						       RESPONSE("2026-11-10T14:00:00Z") };
	struct sla_alarm alarm;
	struct sla sla;

	compute(*state, at_warning, &sla);
	assert_true(
	    sla_next_alarm(&sla.clocks[SLA_INITIAL], instant("2026-11-10T12:00:00Z"), &alarm));
	assert_int_equal(alarm.number, 2);
	assert_int_equal(alarm.at, instant("2026-11-10T13:12:00Z"));
	assert_false(sla_next_alarm(&sla.clocks[SLA_INITIAL], alarm.at, &alarm));
	compute(*state, at_due, &sla);
	assert_true(
	    sla_next_alarm(&sla.clocks[SLA_INITIAL], instant("2026-11-10T13:12:00Z"), &alarm));
	assert_int_equal(alarm.type, SLA_BREACH);
	assert_int_equal(alarm.at, instant("2026-11-10T14:00:00Z"));
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
		cmocka_unit_test(alarms_come_in_order_and_end_with_the_response),
		cmocka_unit_test(an_answer_at_the_instant_of_an_alarm_does_not_silence_it),
		cmocka_unit_test(reminders_of_a_business_queue_come_in_open_time),
		cmocka_unit_test(what_cannot_be_computed_is_an_error),
		cmocka_unit_test(the_explanation_names_rule_pauses_and_instant),
	};

	return cmocka_run_group_tests(tests, world_make, world_free);
}
