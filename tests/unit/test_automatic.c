#include "tests/unit/unit.h"

#include "gatewayd/identity/automatic.h"

static struct conf_queue queues[] = { { .name = "technical", .address = "support@help.example" } };
static struct conf conf = {
	.hostname = "mx.help.example",
	.queues = queues,
	.queue_count = 1,
	.limits = {
		.auto_per_address_hour = 5,
		.auto_per_domain_hour = 50,
		.auto_per_case_day = 20,
		.staff_per_case_day = 100,
	},
};

struct row {
	const char *mail;
	enum facts_kind kind;
	const char *to; /* NULL: no answer */
};

#define FROM "From: ann@example.com\n"

static const struct row rows[] = {
	{ FROM "\n", FACTS_HUMAN, "ann@example.com" },
	{ "Return-Path: <ann+v@example.com>\n" FROM "\n", FACTS_HUMAN, "ann+v@example.com" },
	{ FROM "Reply-To: victim@example.org\n\n", FACTS_HUMAN, "ann@example.com" },
	{ FROM "Auto-Submitted: no\n\n", FACTS_HUMAN, "ann@example.com" },
	{ FROM "Precedence: normal\n\n", FACTS_HUMAN, "ann@example.com" },
	{ FROM "X-Auto-Response-Suppress: DR, NDR\n\n", FACTS_HUMAN, "ann@example.com" },
	{ "Return-Path: <ann@example.com>\nFrom: a@b.c, d@e.f\n\n", FACTS_HUMAN,
	  "ann@example.com" },
	{ "From: postmasters-friend@example.com\n\n", FACTS_HUMAN,
	  "postmasters-friend@example.com" },
	/* no answer */
	{ "Return-Path: <>\n" FROM "\n", FACTS_HUMAN, NULL },
	{ "Return-Path: garbage\n" FROM "\n", FACTS_HUMAN, NULL },
	{ FROM "Auto-Submitted: auto-replied\n\n", FACTS_HUMAN, NULL },
	{ FROM "Auto-Submitted: no\nAuto-Submitted: auto-generated\n\n", FACTS_HUMAN, NULL },
	{ FROM "List-Id: <x.example.com>\n\n", FACTS_HUMAN, NULL },
	{ FROM "Precedence: BULK\n\n", FACTS_HUMAN, NULL },
	{ FROM "Precedence: auto_reply\n\n", FACTS_HUMAN, NULL },
	{ FROM "X-Auto-Response-Suppress: OOF, AutoReply\n\n", FACTS_HUMAN, NULL },
	{ FROM "X-Auto-Response-Suppress: All\n\n", FACTS_HUMAN, NULL },
	{ FROM "X-Autoreply: yes\n\n", FACTS_HUMAN, NULL },
	{ FROM "X-Failed-Recipients: a@b.c\n\n", FACTS_HUMAN, NULL },
	{ FROM "Content-Type: multipart/report; report-type=delivery-status\n\n", FACTS_HUMAN,
	  NULL },
	{ FROM "\n", FACTS_BOUNCE, NULL },
	{ FROM "\n", FACTS_AUTO_REPLY, NULL },
	{ FROM "\n", FACTS_BULK, NULL },
	{ "From: a@b.c, d@e.f\n\n", FACTS_HUMAN, NULL },
	{ "\n", FACTS_HUMAN, NULL },
	{ "From: MAILER-DAEMON@example.com\n\n", FACTS_HUMAN, NULL },
	{ "From: Postmaster@example.com\n\n", FACTS_HUMAN, NULL },
	{ "From: no-reply@example.com\n\n", FACTS_HUMAN, NULL },
	{ "From: noreply+123@example.com\n\n", FACTS_HUMAN, NULL },
	{ "Return-Path: <bounces-1@lists.example>\n" FROM "\n", FACTS_HUMAN, NULL },
	{ "Return-Path: <owner-x@lists.example>\n" FROM "\n", FACTS_HUMAN, NULL },
	{ "Return-Path: <x-request@lists.example>\n" FROM "\n", FACTS_HUMAN, NULL },
	{ "Return-Path: <ann@example.com>\nFrom: noreply@example.com\n\n", FACTS_HUMAN, NULL },
	{ "From: support@help.example\n\n", FACTS_HUMAN, NULL },
	{ "Return-Path: <support+x@help.example>\n" FROM "\n", FACTS_HUMAN, NULL },
};

static struct automatic decide(const char *mail, enum facts_kind kind, bool own, struct arena *a)
{
	struct identity identity = { .is_own = own };
	struct header_scan scan;
	struct automatic got;

	header_scan(span_of(mail), a, &scan);
	automatic_decide(&scan, &identity, kind, &conf, &got);
	return got;
}

static void only_people_are_answered_and_only_at_the_envelope_sender(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena a ARENA_AUTO;
		struct automatic got;

		arena_init(&a);
		got = decide(rows[i].mail, rows[i].kind, false, &a);
		if (got.allowed != (rows[i].to != NULL) ||
		    (rows[i].to && !span_is(got.to, rows[i].to)))
			fail_msg("%s: %s", rows[i].mail, got.reason ? got.reason : "allowed");
		assert_true(got.allowed == !got.reason);
	}
}

static void a_refusal_says_why(void **state)
{
	static const char *const cases[][2] = {
		{ "Return-Path: <>\n" FROM "\n", "the null return path" },
		{ "Return-Path: x y\n" FROM "\n", "a bad return path" },
		{ "\n", "nobody to answer" },
		{ FROM "Precedence: bulk\n\n", "Precedence" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena a ARENA_AUTO;

		arena_init(&a);
		assert_string_equal(decide(cases[i][0], FACTS_HUMAN, false, &a).reason,
				    cases[i][1]);
	}
}

static void our_own_mail_is_not_answered(void **state)
{
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	assert_true(decide(FROM "\n", FACTS_HUMAN, false, &a).allowed);
	assert_false(decide(FROM "\n", FACTS_HUMAN, true, &a).allowed);
}

static void budgets_are_per_address_domain_and_case(void **state)
{
	struct automatic_budget b[AUTOMATIC_BUDGETS];
	struct arena a ARENA_AUTO;
	const int64_t at = 100 * 86400 + 3 * 3600 + 59;

	(void)state;
	arena_init(&a);
	assert_int_equal(automatic_budgets(&conf, SPAN("Ann@example.com"), 0, at, &a, b), 2);
	assert_int_equal(automatic_budgets(&conf, SPAN("Ann@example.com"), 7, at, &a, b), 3);
	assert_true(span_is(b[0].key, "auto:address:ann@example.com"));
	assert_true(span_is(b[1].key, "auto:domain:example.com"));
	assert_true(span_is(b[2].key, "auto:case:7"));
	assert_int_equal(b[0].window_at, 100 * 86400 + 3 * 3600);
	assert_int_equal(b[2].window_at, 100 * 86400);
	assert_int_equal(b[0].max, 5);
	assert_int_equal(b[1].max, 50);
	b[0] = automatic_staff_budget(&conf, SPAN("Sam@example.com"), 7, at, &a);
	assert_true(span_is(b[0].key, "auto:staff:7:sam@example.com"));
	assert_int_equal(b[0].window_at, 100 * 86400);
	assert_int_equal(b[0].max, 100);
	assert_int_equal(b[2].max, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_people_are_answered_and_only_at_the_envelope_sender),
		cmocka_unit_test(a_refusal_says_why),
		cmocka_unit_test(our_own_mail_is_not_answered),
		cmocka_unit_test(budgets_are_per_address_domain_and_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
