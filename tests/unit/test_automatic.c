#include "tests/unit/unit.h"

#include "gatewayd/identity/automatic.h"

static struct conf_queue queues[] = { { .name = "technical", .address = "support@help.example" } };
static struct conf conf = {
	.hostname = "mx.help.example",
	.queues = queues,
	.queue_count = 1,
	.limits = {
		.auto_proven_hour = 30,
		.auto_unproven_hour = 3,
		.auto_unproven_day = 10,
		.auto_unproven_all_hour = 500,
		.auto_per_case_day = 20,
		.staff_per_case_day = 100,
	},
};

struct row {
	const char *mail;
	enum facts_kind kind;
	const char *to;	     /* NULL: no answer */
	const char *vouched; /* the answer when our server vouches for From; NULL: none */
};

#define FROM "From: ann@example.com\n"
#define SAME "Return-Path: <ann@example.com>\n" FROM
#define ANN  "ann@example.com"

static const struct row rows[] = {
	{ SAME "\n", FACTS_HUMAN, ANN, ANN },
	{ "Return-Path: <Ann@Example.COM>\n" FROM "\n", FACTS_HUMAN, ANN, ANN },
	{ SAME "Reply-To: victim@example.org\n\n", FACTS_HUMAN, ANN, ANN },
	{ SAME "Auto-Submitted: no\n\n", FACTS_HUMAN, ANN, ANN },
	{ SAME "Precedence: normal\n\n", FACTS_HUMAN, ANN, ANN },
	{ SAME "X-Auto-Response-Suppress: DR, NDR\n\n", FACTS_HUMAN, ANN, ANN },
	{ "Return-Path: <postmasters-friend@example.com>\nFrom: postmasters-friend@example.com\n\n",
	  FACTS_HUMAN, "postmasters-friend@example.com", "postmasters-friend@example.com" },
	/* unproven, and the envelope sender is another, or not known: it may be a third person's */
	{ FROM "\n", FACTS_HUMAN, NULL, ANN },
	{ "Return-Path: <eve@example.com>\n" FROM "\n", FACTS_HUMAN, NULL, ANN },
	{ "Return-Path: <ann+v@example.com>\n" FROM "\n", FACTS_HUMAN, NULL, ANN },
	{ "Return-Path: <victim@example.org>\n" FROM "\n", FACTS_HUMAN, NULL, ANN },
	{ "Return-Path: <srs0=x=y=example.com=ann@forwarder.example>\n" FROM "\n", FACTS_HUMAN,
	  NULL, ANN },
	{ "Return-Path: <bounces+srs=x=y@forwarder.example>\n" FROM "\n", FACTS_HUMAN, NULL, ANN },
	{ "Return-Path: <bounces-1@lists.example>\n" FROM "\n", FACTS_HUMAN, NULL, ANN },
	/* no answer, whoever says that it is Ann */
	{ "Return-Path: <>\n" FROM "\n", FACTS_HUMAN, NULL, NULL },
	{ "Return-Path: garbage\n" FROM "\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "Auto-Submitted: auto-replied\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "Auto-Submitted: no\nAuto-Submitted: auto-generated\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "List-Id: <x.example.com>\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "Precedence: BULK\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "Precedence: auto_reply\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "X-Auto-Response-Suppress: OOF, AutoReply\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "X-Auto-Response-Suppress: All\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "X-Autoreply: yes\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "X-Loop: tickets@other.example\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "X-OTRS-Loop: yes\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "X-RT-Loop-Prevention: example\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "X-ServiceNow-Generated: true\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "X-Failed-Recipients: a@b.c\n\n", FACTS_HUMAN, NULL, NULL },
	{ SAME "Content-Type: multipart/report; report-type=delivery-status\n\n", FACTS_HUMAN, NULL,
	  NULL },
	{ SAME "\n", FACTS_BOUNCE, NULL, NULL },
	{ SAME "\n", FACTS_AUTO_REPLY, NULL, NULL },
	{ SAME "\n", FACTS_BULK, NULL, NULL },
	{ "Return-Path: <support+x@help.example>\n" FROM "\n", FACTS_HUMAN, NULL, NULL },
	/* nobody, or no person */
	{ "Return-Path: <ann@example.com>\nFrom: a@b.c, d@e.f\n\n", FACTS_HUMAN, NULL, NULL },
	{ "\n", FACTS_HUMAN, NULL, NULL },
#define ALONE(address)                                                                       \
	{                                                                                    \
		"Return-Path: <" address ">\nFrom: " address "\n\n", FACTS_HUMAN, NULL, NULL \
	}
	ALONE("MAILER-DAEMON@example.com"),
	ALONE("Postmaster@example.com"),
	ALONE("no-reply@example.com"),
	ALONE("noreply+123@example.com"),
	ALONE("owner-x@lists.example"),
	ALONE("x-request@lists.example"),
	ALONE("support@help.example"),
	ALONE("support+x@help.example"),
	/* addresses that nobody is written to by itself */
	ALONE("ann@localhost"),
	ALONE("ann@mail.localhost"),
	ALONE("ann@box.localdomain"),
	ALONE("ann@intranet"),
	ALONE("ann@[192.0.2.1]"),
	ALONE("\"ann b\"@example.com"),
	ALONE("ann%example.org@example.com"),
	ALONE("relay!ann@example.com"),
	ALONE("|sh@example.com"),
	ALONE("-ann@example.com"),
#undef ALONE
};

/* The words stand at the beginning or the end, parted or not, in many languages. */
static void no_reply_is_known_by_its_words(void **state)
{
	static const char *const machines[] = {
		"noreply",
		"no-reply",
		"No_Reply",
		"no.reply",
		"noreply2",
		"noreplies",
		"noreply.shop",
		"noreply-shop",
		"noreply+123",
		"web-noreply",
		"shop_noreply",
		"forms-receipts-noreply",
		"drive-shares-dm-noreply",
		"news-no-reply",
		"mail.noreply",
		"noreply-dmarc-support",
		"do_not_reply",
		"do-not-respond",
		"donotreply-web",
		"notreply",
		"no.responder",
		"norespondas",
		"naoresponda",
		"nao-responder",
		"nicht-antworten",
		"bitte-nicht-antworten",
		"keine.antwort",
		"ne_pas_repondre",
		"geen-antwoord",
		"svar-ikke",
		"nie-odpowiadaj",
		"noresponse",
		"no-answer",
		"unmonitored",
		"auto-reply",
		"abuse-noreply",
		"bounces+ann=x",
	};
	static const char *const people[] = {
		"noreen",	"nora.reply",	"nino.reply",
		"ann.antwort",	"no",		"reply",
		"n.o.replyson", "keine",	"ann+noreply",
		"joe.mailman",	"peter.bounce", "norep.lyons",
		"nao",		"antworten",	"respond",
		"noreplyson",	"nicht.anton",	"donot.reed",
		"sean.bounces", "support",	"",
	};
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (!automatic_is_machine(span_of(arena_printf(&a, "%s@x.example", machines[i]))))
			fail_msg("a person: %s", machines[i]);
	for (size_t i = 0; i < sizeof(people) / sizeof(*people); i++)
		if (automatic_is_machine(span_of(arena_printf(&a, "%s@x.example", people[i]))))
			fail_msg("no person: %s", people[i]);
	assert_false(automatic_is_machine(SPAN("")));
}

static struct automatic decide(const char *mail, enum facts_kind kind, struct identity identity,
			       struct arena *a)
{
	struct header_scan scan;
	struct automatic got;

	header_scan(span_of(mail), a, &scan);
	automatic_decide(&(struct automatic_mail){ &scan, &identity, kind, NULL }, &conf, &got);
	return got;
}

static void only_people_are_answered_and_nobody_at_anothers_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (int vouched = 0; vouched < 2; vouched++) {
			const char *to = vouched ? rows[i].vouched : rows[i].to;
			struct arena a ARENA_AUTO;
			struct automatic got;

			arena_init(&a);
			got = decide(rows[i].mail, rows[i].kind,
				     (struct identity){ .vouched = vouched }, &a);
			if (got.allowed != (to != NULL) || (to && !span_is(got.to, to)))
				fail_msg("%d %s: %s", vouched, rows[i].mail,
					 got.reason ? got.reason : "allowed");
			assert_true(got.allowed == !got.reason);
			assert_true(!got.allowed || got.proven == vouched);
		}
	}
}

static void reply_to_counts_where_the_mailbox_says_so(void **state)
{
	static const char form[] = "Return-Path: <www@form.example>\nFrom: web@form.example\n"
				   "Reply-To: ann@example.com\n\n";
	struct conf_mailbox box = { .confirm_reply_to = true };
	struct identity identity = { 0 };
	struct header_scan scan;
	struct automatic got;
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	header_scan(SPAN(form), &a, &scan);
	automatic_decide(&(struct automatic_mail){ &scan, &identity, FACTS_HUMAN, &box }, &conf,
			 &got);
	assert_true(got.allowed && span_is(got.to, ANN));
	assert_false(got.proven);
	identity.vouched = true;
	automatic_decide(&(struct automatic_mail){ &scan, &identity, FACTS_HUMAN, &box }, &conf,
			 &got);
	assert_true(got.allowed && span_is(got.to, "web@form.example"));
	identity.vouched = false;
	box.confirm_reply_to = false;
	automatic_decide(&(struct automatic_mail){ &scan, &identity, FACTS_HUMAN, &box }, &conf,
			 &got);
	assert_false(got.allowed);
}

static void a_refusal_says_why(void **state)
{
	static const char *const cases[][2] = {
		{ "Return-Path: <>\n" FROM "\n", "the null return path" },
		{ "Return-Path: x y\n" FROM "\n", "a bad return path" },
		{ "\n", "nobody to answer" },
		{ SAME "Precedence: bulk\n\n", "Precedence" },
		{ "Return-Path: <eve@x.example>\n" FROM "\n",
		  "an unproven From that is not the envelope sender" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena a ARENA_AUTO;

		arena_init(&a);
		assert_string_equal(
		    decide(cases[i][0], FACTS_HUMAN, (struct identity){ 0 }, &a).reason,
		    cases[i][1]);
	}
}

static void our_own_mail_is_not_answered(void **state)
{
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	assert_true(decide(SAME "\n", FACTS_HUMAN, (struct identity){ 0 }, &a).allowed);
	assert_false(
	    decide(SAME "\n", FACTS_HUMAN, (struct identity){ .is_own = true }, &a).allowed);
	assert_false(
	    decide(SAME "\n", FACTS_HUMAN, (struct identity){ .failed = true }, &a).allowed);
}

static void budgets_of_proven_and_unproven_senders_are_apart(void **state)
{
	struct automatic_recipient ann = { SPAN("Ann@example.com"), 7, true };
	struct store_budget b[AUTOMATIC_BUDGETS];
	struct arena a ARENA_AUTO;
	static const struct {
		const char *key;
		int64_t window_s;
		int max;
	} unproven[] = {
		{ "auto:day:ann@example.com", 3600, 3 }, { "auto:day:ann@example.com", 86400, 10 },
		{ "auto:thread-day:7", 3600, 3 },	 { "auto:thread-day:7", 86400, 10 },
		{ "auto:all:unproven", 3600, 500 },
	};

	(void)state;
	arena_init(&a);
	assert_int_equal(automatic_budgets(&conf, &ann, &a, b), 2);
	assert_true(span_is(b[0].key, "auto:proven:ann@example.com"));
	assert_int_equal(b[0].window_s, 3600);
	assert_int_equal(b[0].max, 30);
	assert_true(span_is(b[1].key, "auto:case:7"));
	assert_int_equal(b[1].window_s, 86400);
	assert_int_equal(b[1].max, 20);
	ann.proven = false;
	assert_int_equal(automatic_budgets(&conf, &ann, &a, b), AUTOMATIC_BUDGETS);
	for (size_t i = 0; i < AUTOMATIC_BUDGETS; i++) {
		assert_true(span_is(b[i].key, unproven[i].key));
		assert_int_equal(b[i].window_s, unproven[i].window_s);
		assert_int_equal(b[i].max, unproven[i].max);
	}
	ann.case_number = 0;
	assert_int_equal(automatic_budgets(&conf, &ann, &a, b), 3);
	b[0] = automatic_staff_budget(&conf, SPAN("Sam@example.com"), 7, &a);
	assert_true(span_is(b[0].key, "auto:staff:7:sam@example.com"));
	assert_int_equal(b[0].window_s, 86400);
	assert_int_equal(b[0].max, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_reply_is_known_by_its_words),
		cmocka_unit_test(only_people_are_answered_and_nobody_at_anothers_word),
		cmocka_unit_test(reply_to_counts_where_the_mailbox_says_so),
		cmocka_unit_test(a_refusal_says_why),
		cmocka_unit_test(our_own_mail_is_not_answered),
		cmocka_unit_test(budgets_of_proven_and_unproven_senders_are_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
