/* The shipped tables, cell by cell beside the support policy (sections 1 to 4). */
#include "tests/unit/unit.h"

#include "tests/unit/shipped.h"

enum { MIN = 60, H = 3600, BD = -1 }; /* BD: business days, as -1, -2; 0: none */

static void check_targets(const struct policy_duration *targets, const int *want, const char *name)
{
	for (int i = 0; i < POLICY_SEVERITY_MAX; i++) {
		struct policy_duration d = { POLICY_NONE, 0 };

		if (want[i] > 0)
			d = (struct policy_duration){ POLICY_SECONDS, want[i] };
		if (want[i] < 0)
			d = (struct policy_duration){ POLICY_BUSINESS_DAYS, -want[i] };
		if (targets[i].unit != d.unit || targets[i].amount != d.amount)
			fail_msg("%s, severity %d", name, i + 1);
	}
}

static void packages_have_the_targets_of_section_3(void **state)
{
	static const struct {
		const char *name;
		int targets[POLICY_SEVERITY_MAX];
		enum policy_severity1_by by;
	} rows[] = {
		{ "premium-3.0", { 15 * MIN, 1 * H, 1 * BD }, SEVERITY1_BY_PHONE },
		{ "premium", { 30 * MIN, 1 * H, 1 * BD }, SEVERITY1_BY_PHONE },
		{ "premium-2.0", { 30 * MIN, 1 * H, 1 * BD }, SEVERITY1_BY_PHONE },
		{ "advanced", { 30 * MIN, 2 * H, 1 * BD }, SEVERITY1_BY_SUPPORT },
		{ "named-enhanced", { 30 * MIN, 2 * H, 1 * BD }, SEVERITY1_BY_PHONE },
		{ "plus", { 1 * H, 2 * H, 1 * BD }, SEVERITY1_BY_SUPPORT },
		{ "priority-enhanced-sla", { 30 * MIN, 2 * H, 1 * BD }, SEVERITY1_BY_ANY },
		{ "priority", { 1 * H, 2 * H, 1 * BD }, SEVERITY1_BY_ANY },
		{ "standard-enhanced-sla", { 30 * MIN, 2 * H, 1 * BD }, SEVERITY1_BY_PHONE },
		{ "standard", { 2 * H, 4 * H, 2 * BD }, SEVERITY1_BY_ANY },
	};
	const struct conf *c = *state;

	assert_int_equal(c->policy.package_count, sizeof(rows) / sizeof(*rows));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct policy_package *p = policy_package_find(&c->policy, rows[i].name);

		assert_non_null(p);
		check_targets(p->targets, rows[i].targets, rows[i].name);
		assert_int_equal(p->severity1_by, rows[i].by);
	}
}

static void kinds_are_those_of_sections_1_to_3(void **state)
{
	static const struct {
		const char *name;
		bool always, phone, own, contract;
		int levels, severity;
		int targets[POLICY_SEVERITY_MAX];
	} rows[] = {
		{ "technical", true, false, false, false, 3, 3, { 2 * H, 4 * H, 2 * BD } },
		{ "business", false, true, false, false, 3, 3, { 2 * H, 4 * H, 2 * BD } },
		{ "billing", false, true, false, false, 3, 3, { 2 * H, 4 * H, 2 * BD } },
		{ "managed-security", true, true, false, false, 3, 2, { 2 * H, 4 * H, 2 * BD } },
		{ "emerging", true, false, true, false, 4, 3, { 0, 0, 0, 0 } },
		{ "aura", true, false, true, false, 3, 3, { 30 * MIN, 2 * H, 1 * BD } },
		{ "professional-services",
		  false,
		  false,
		  false,
		  true,
		  3,
		  3,
		  { 2 * H, 4 * H, 2 * BD } },
	};
	const struct conf *c = *state;

	assert_int_equal(c->policy.kind_count, sizeof(rows) / sizeof(*rows));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct policy_kind *k = policy_kind_find(&c->policy, rows[i].name);

		assert_non_null(k);
		assert_int_equal(k->always_open, rows[i].always);
		assert_int_equal(k->severity1_phone_only, rows[i].phone);
		assert_int_equal(k->own_targets, rows[i].own);
		assert_int_equal(k->contract_only, rows[i].contract);
		assert_int_equal(policy_kind_levels(k), rows[i].levels);
		assert_int_equal(k->default_severity, rows[i].severity);
		assert_int_equal(k->email_severity, 3);
		check_targets(k->targets, rows[i].targets, rows[i].name);
	}
}

static void levels_have_their_labels_and_meanings(void **state)
{
	static const struct {
		const char *kind;
		int severity;
		const char *label, *words; /* of the meaning */
	} rows[] = {
		{ "technical", 1, "major", "application down or seriously impacted" },
		{ "business", 2, "moderate", "partial or moderate impact" },
		{ "managed-security", 3, "low", "routine maintenance" },
		{ "emerging", 1, "critical", "existing network or environment down" },
		{ "emerging", 2, "major", "operation severely degraded" },
		{ "emerging", 3, "moderate", "performance impaired" },
		{ "emerging", 4, "low", "information or help" },
		{ "aura", 1, "major", "catastrophic" },
		{ "aura", 3, "low", "test or pre-production trouble" },
	};
	const struct conf *c = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct policy_kind *k = policy_kind_find(&c->policy, rows[i].kind);
		const struct policy_level *l = &k->levels[rows[i].severity - 1];

		assert_string_equal(l->label, rows[i].label);
		assert_non_null(strstr(l->meaning, rows[i].words));
	}
}

static void calendars_follow_the_kind(void **state)
{
	const struct conf *c = *state;
	const struct policy_calendar *always = policy_calendar_find(&c->policy, "always");
	const struct policy_calendar *business = policy_calendar_find(&c->policy, "business");

	assert_true(always->always);
	assert_int_equal(always->interval_count, 0);
	assert_null(always->where); /* built in */
	assert_non_null(strstr(business->where, "gatewayd.conf.example:"));
	assert_int_equal(business->interval_count, 5);
	assert_int_equal(business->holiday_count, 6);
	assert_string_equal(business->zone, "America/New_York");
	assert_string_equal(conf_queue_find(c, "emerging")->calendar, "always");
	assert_string_equal(conf_queue_find(c, "emerging")->days_calendar, "business");
	assert_string_equal(conf_queue_find(c, "billing")->calendar, "business");
}

static void rules_stand_in_the_order_of_section_6(void **state)
{
	static const struct {
		const char *name, *queue, *resource, *entry; /* without its weight */
	} rows[] = {
		{ "outage", "technical", NULL, " <thing> & <dead> ! <supposed>" },
		{ "community-staging", NULL, "community", " <staging>" },
		{ "billing", "billing", NULL, " <invoice>" },
		{ "account-team", "business", NULL, " <trial>" },
		{ "break-fix", "technical", NULL, " <trouble>" },
		{ "community", NULL, "community", " <how>" },
	};
	const struct conf *c = *state;

	assert_int_equal(c->policy.rule_count, sizeof(rows) / sizeof(*rows));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct policy_rule *r = &c->policy.rules[i];
		bool found = false;

		assert_string_equal(r->name, rows[i].name);
		assert_string_equal(r->queue ? r->queue : "", rows[i].queue ? rows[i].queue : "");
		assert_string_equal(r->resource ? r->resource : "",
				    rows[i].resource ? rows[i].resource : "");
		assert_int_equal(r->account_flags.n, 1);
		assert_string_equal(r->account_flags.v[0], "self-service");
		for (size_t j = 0; j < r->scores.n; j++)
			found |= span_ends_ci(span_of(r->scores.v[j]), span_of(rows[i].entry));
		assert_true(found);
	}
}

static void freemail_is_a_good_list_of_domains(void **state)
{
	static const char *const some[] = {
		"gmail.com", "outlook.com", "yahoo.co.jp", "qq.com",
		"mail.ru",   "gmx.de",	    "icloud.com",  "proton.me"
	};
	const struct policy *p = &((const struct conf *)*state)->policy;

	assert_true(p->freemail.n >= 150);
	for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++)
		assert_true(policy_is_freemail(p, span_of(some[i])));
	for (size_t i = 0; i < p->freemail.n; i++) {
		const char *d = p->freemail.v[i];

		if (!strchr(d, '.') || strpbrk(d, " @/ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
			fail_msg("%s", d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packages_have_the_targets_of_section_3),
		cmocka_unit_test(kinds_are_those_of_sections_1_to_3),
		cmocka_unit_test(levels_have_their_labels_and_meanings),
		cmocka_unit_test(calendars_follow_the_kind),
		cmocka_unit_test(rules_stand_in_the_order_of_section_6),
		cmocka_unit_test(freemail_is_a_good_list_of_domains),
	};

	return cmocka_run_group_tests(tests, shipped_load, shipped_free);
}
