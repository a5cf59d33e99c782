#include "tests/unit/unit.h"

#include "gatewayd/case/severity.h"

static const struct policy_kind technical = {
	.name = "technical",
	.default_severity = 3,
	.email_severity = 3,
	.levels = { { "major", "" }, { "moderate", "" }, { "low", "" } },
};
static const struct policy_kind security = {
	.name = "managed-security",
	.severity1_phone_only = true,
	.default_severity = 2,
	.email_severity = 3,
	.levels = { { "major", "" }, { "moderate", "" }, { "low", "" } },
};
static const struct policy_kind emerging = {
	.name = "emerging",
	.default_severity = 3,
	.email_severity = 3,
	.levels = { { "critical", "" }, { "major", "" }, { "moderate", "" }, { "low", "" } },
};

static void a_case_opens_as_section_2_says(void **state)
{
	static const struct {
		const char *name;
		struct severity_intake in;
		int severity, requested;
		bool by_sender;
	} rows[] = {
#define MAIL(kind, allowed, authenticated, entitled, declared, wish) \
	{ kind, CHANNEL_EMAIL, allowed, authenticated, entitled, declared, wish }
		{ "plain mail", MAIL(&technical, false, false, false, 0, 0), 3, 0, false },
		{ "a wish", MAIL(&technical, false, true, true, 0, 1), 3, 1, false },
		{ "a declaration, off", MAIL(&technical, false, true, true, 1, 1), 3, 1, false },
		{ "a declaration", MAIL(&technical, true, true, true, 1, 0), 1, 0, true },
		{ "only a wish", MAIL(&technical, true, true, true, 0, 1), 3, 1, false },
		{ "nobody known", MAIL(&technical, true, false, true, 2, 0), 3, 2, false },
		{ "not entitled", MAIL(&technical, true, true, false, 2, 0), 3, 2, false },
		{ "off the scale", MAIL(&technical, true, true, true, 4, 0), 3, 4, false },
		{ "on the longer scale", MAIL(&emerging, true, true, true, 4, 0), 4, 0, true },
		{ "9", MAIL(&emerging, true, true, true, 9, 0), 3, 9, false },
		{ "1 comes by phone", MAIL(&security, true, true, true, 1, 0), 3, 1, false },
		{ "2 does not", MAIL(&security, true, true, true, 2, 0), 2, 0, true },
		{ "security by mail", MAIL(&security, false, true, true, 0, 0), 3, 0, false },
#undef MAIL
		{ "security by staff", { &security, CHANNEL_STAFF, .declared = 0 }, 2, 0, false },
		{ "1 by staff", { &security, CHANNEL_STAFF, .declared = 1 }, 2, 1, false },
		{ "1 by phone", { &security, CHANNEL_PHONE, .declared = 1 }, 1, 0, false },
		{ "by phone", { &technical, CHANNEL_PHONE, .declared = 2 }, 2, 0, false },
		{ "by phone, off", { &technical, CHANNEL_PHONE, .declared = 4 }, 3, 4, false },
		{ "by phone, nothing", { &technical, CHANNEL_PHONE, .declared = 0 }, 3, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct severity_verdict v = severity_at_intake(&rows[i].in);

		if (v.severity != rows[i].severity || v.requested != rows[i].requested ||
		    v.by_sender != rows[i].by_sender || !v.why)
			fail_msg("%s: severity %d, requested %d, %s", rows[i].name, v.severity,
				 v.requested, v.why);
	}
}

static void a_declaration_is_a_line_of_its_own_near_the_top(void **state)
{
	static const struct {
		const char *text;
		int severity;
	} rows[] = {
		{ "Severity: 1\nHello", 1 },
		{ "Hello\n\n  severity :\t2 \r\nmore", 2 },
		{ "SEVERITY:3", 3 },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\nSeverity: 1", 1 },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\nSeverity: 1", 0 },
		{ "Severity: 2\nSeverity: 1", 2 },
		{ "Severity: 9", 9 },
		{ "Severity: 0", 0 },
		{ "Severity: 12", 0 },
		{ "Severity: one", 0 },
		{ "Severity: 1 please", 0 },
		{ "Severity 1", 0 },
		{ "The severity: 1", 0 },
		{ "> Severity: 1", 0 },
		{ "Severityy: 1", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (severity_declared(span_of(rows[i].text)) != rows[i].severity)
			fail_msg("\"%s\"", rows[i].text);
}

static void staff_change_it_within_the_policy(void **state)
{
	static const struct {
		const struct policy_kind *kind;
		int from, to;
		const char *reason, *phone;
		bool by_phone;
		enum severity_change why;
	} rows[] = {
		{ &technical, 3, 1, "the site is down", "", false, SEVERITY_MAY },
		{ &technical, 3, 1, "", "", false, SEVERITY_NEEDS_REASON },
		{ &technical, 3, 1, " \t", "", false, SEVERITY_NEEDS_REASON },
		{ &technical, 3, 4, "why not", "", false, SEVERITY_OFF_SCALE },
		{ &technical, 3, 0, "why not", "", false, SEVERITY_OFF_SCALE },
		{ &technical, 3, 3, "why not", "", false, SEVERITY_SAME },
		{ &emerging, 3, 4, "a question", "", false, SEVERITY_MAY },
		{ &security, 3, 1, "attack", "", false, SEVERITY_NEEDS_CALL },
		{ &security, 3, 1, "attack", "  ", false, SEVERITY_NEEDS_CALL },
		{ &security, 3, 1, "", "Ms Ito, 14:05", false, SEVERITY_MAY },
		{ &security, 3, 1, "attack", "", true, SEVERITY_MAY },
		{ &security, 3, 2, "attack", "", false, SEVERITY_MAY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum severity_change why = severity_change_check(
		    rows[i].kind, rows[i].from, rows[i].to, span_of(rows[i].reason),
		    span_of(rows[i].phone), rows[i].by_phone);

		if (why != rows[i].why)
			fail_msg("row %zu: %d", i, why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_case_opens_as_section_2_says),
		cmocka_unit_test(a_declaration_is_a_line_of_its_own_near_the_top),
		cmocka_unit_test(staff_change_it_within_the_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
