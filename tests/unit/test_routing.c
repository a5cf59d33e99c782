/* Which rule fires: every kind of test a rule can have, by itself and together
 * (conf/policy/README.md section 6).
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "conf/rulebook.h"
#include "gatewayd/mail/routing.h"

#define WORDS(...)                                                           \
	{                                                                    \
		(const char *[]){ __VA_ARGS__ },                             \
		    sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *) \
	}

enum { RECIPIENTS = 2 };

static struct arena arena;

static struct routing_result find(struct policy *policy, const struct routing_mail *mail)
{
	policy->book = rulebook_new(&arena, policy);
	return routing_find(policy, mail);
}

static const struct {
	const char *name;
	struct policy_rule rule;
	const char *subject, *text, *sender, *recipients[RECIPIENTS], *flags;
	bool fires;
} rows[] = {
	{ "no test at all", { 0 }, "", "", "", { 0 }, "", true },
	/* words and phrases */
	{ "a word", { .subject = WORDS("purge") }, "Purge it", "", "", { 0 }, "", true },
	{ "a part of a word", { .subject = WORDS("purge") }, "purgery", "", "", { 0 }, "", false },
	{ "the end of a word", { .subject = WORDS("purge") }, "unpurge", "", "", { 0 }, "", false },
	{ "a part, then the word",
	  { .subject = WORDS("purge") },
	  "purgery, purge!",
	  "",
	  "",
	  { 0 },
	  "",
	  true },
	{ "a phrase", { .text = WORDS("set up") }, "", "we SET UP it", "", { 0 }, "", true },
	{ "a phrase in pieces",
	  { .text = WORDS("set up") },
	  "",
	  "set it up",
	  "",
	  { 0 },
	  "",
	  false },
	{ "one of several", { .text = WORDS("a", "bill") }, "", "the bill", "", { 0 }, "", true },
	{ "a letter of another script goes on",
	  { .text = WORDS("caf") },
	  "",
	  "caf\xc3\xa9",
	  "",
	  { 0 },
	  "",
	  false },
	{ "in the text, not the subject",
	  { .subject = WORDS("purge") },
	  "x",
	  "purge",
	  "",
	  { 0 },
	  "",
	  false },
	{ "either: subject", { .either = WORDS("purge") }, "purge", "x", "", { 0 }, "", true },
	{ "either: text", { .either = WORDS("purge") }, "x", "purge", "", { 0 }, "", true },
	{ "either: neither", { .either = WORDS("purge") }, "x", "y", "", { 0 }, "", false },
	/* sender */
	{ "an address",
	  { .sender = WORDS("ann@a.example") },
	  "",
	  "",
	  "Ann@A.example",
	  { 0 },
	  "",
	  true },
	{ "a domain", { .sender = WORDS("@a.example") }, "", "", "ann@a.example", { 0 }, "", true },
	{ "a domain below",
	  { .sender = WORDS("@a.example") },
	  "",
	  "",
	  "ann@b.a.example",
	  { 0 },
	  "",
	  false },
	{ "nobody", { .sender = WORDS("@a.example") }, "", "", "", { 0 }, "", false },
	/* recipient */
	{ "sent there",
	  { .recipient = WORDS("b@x.example") },
	  "",
	  "",
	  "",
	  { "a@x.example", "B@x.example" },
	  "",
	  true },
	{ "a plus part",
	  { .recipient = WORDS("+billing") },
	  "",
	  "",
	  "",
	  { "support+billing@x.example" },
	  "",
	  true },
	{ "another plus part",
	  { .recipient = WORDS("+billing") },
	  "",
	  "",
	  "",
	  { "support+bill@x.example" },
	  "",
	  false },
	{ "no plus part",
	  { .recipient = WORDS("+billing") },
	  "",
	  "",
	  "",
	  { "billing@x.example" },
	  "",
	  false },
	{ "sent nowhere", { .recipient = WORDS("@x.example") }, "", "", "", { 0 }, "", false },
	/* how it came to self-service: one of those */
	{ "an origin",
	  { .account_origin = WORDS("pre-sales", "account-team") },
	  "",
	  "",
	  "",
	  { 0 },
	  "",
	  true },
	{ "another origin",
	  { .account_origin = WORDS("self-selected") },
	  "",
	  "",
	  "",
	  { 0 },
	  "",
	  false },
	/* flags of the account: all of them */
	{ "a flag",
	  { .account_flags = WORDS("vip") },
	  "",
	  "",
	  "",
	  { 0 },
	  "self-service vip",
	  true },
	{ "a header field", { .header = WORDS("X-Alert") }, "", "", "", { 0 }, "", true },
	{ "a part of its value",
	  { .header = WORDS("x-other", "x-alert: DOWN") },
	  "",
	  "",
	  "",
	  { 0 },
	  "",
	  true },
	{ "another value", { .header = WORDS("X-Alert: up") }, "", "", "", { 0 }, "", false },
	{ "another field", { .header = WORDS("X-Alerts", "Alert") }, "", "", "", { 0 }, "", false },
	{ "only of the header", { .header = WORDS("X-Body") }, "", "", "", { 0 }, "", false },
	{ "a part of a flag", { .account_flags = WORDS("vip") }, "", "", "", { 0 }, "vips", false },
	{ "two flags", { .account_flags = WORDS("vip", "eu") }, "", "", "", { 0 }, "vip", false },
	{ "not a flag", { .account_flags = WORDS("!vip") }, "", "", "", { 0 }, "eu", true },
	{ "not a flag that is there",
	  { .account_flags = WORDS("!vip") },
	  "",
	  "",
	  "",
	  { 0 },
	  "vip",
	  false },
	{ "no account", { .account_flags = WORDS("vip") }, "", "", "", { 0 }, "", false },
	/* together: each test must hold */
	{ "all hold",
	  { .subject = WORDS("bill"),
	    .sender = WORDS("@a.example"),
	    .account_flags = WORDS("vip") },
	  "bill",
	  "",
	  "ann@a.example",
	  { 0 },
	  "vip",
	  true },
	{ "one does not",
	  { .subject = WORDS("bill"),
	    .sender = WORDS("@a.example"),
	    .account_flags = WORDS("vip") },
	  "bill",
	  "",
	  "ann@b.example",
	  { 0 },
	  "vip",
	  false },
};

static void rules_of_the_table(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct policy_rule rule = rows[i].rule;
		struct policy policy = { .rules = &rule, .rule_count = 1 };
		struct span recipients[RECIPIENTS];
		struct routing_mail mail = { .delimiter = '+',
					     .subject = span_of(rows[i].subject),
					     .text = span_of(rows[i].text),
					     .sender = span_of(rows[i].sender),
					     .recipients = recipients,
					     .account_flags = span_of(rows[i].flags),
					     .account_origin = SPAN("Pre-Sales"),
					     .header = SPAN("X-Alert: it is\r\n down\r\n"
							    "Subject: X-Body: 1\r\n") };

		while (mail.recipient_count < RECIPIENTS &&
		       rows[i].recipients[mail.recipient_count]) {
			recipients[mail.recipient_count] =
			    span_of(rows[i].recipients[mail.recipient_count]);
			mail.recipient_count++;
		}
		if ((find(&policy, &mail).rule != NULL) == rows[i].fires)
			continue;
		print_error("%s\n", rows[i].name);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void a_part_stands_behind_the_delimiter_of_the_server(void **state)
{
	static const struct {
		const char *recipient;
		bool fires;
	} cases[] = {
		{ "support-billing@x.example", true },
		{ "help-desk-billing@x.example", true },
		{ "help-desk@x.example", false },
		{ "support+billing@x.example", false },
	};
	struct policy_rule rule = { .recipient = WORDS("+billing") };
	struct policy policy = { .rules = &rule, .rule_count = 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span to = span_of(cases[i].recipient);
		struct routing_mail mail = { .delimiter = '-',
					     .subject = SPAN(""),
					     .text = SPAN(""),
					     .recipients = &to,
					     .recipient_count = 1 };

		if ((find(&policy, &mail).rule != NULL) != cases[i].fires)
			fail_msg("%s", cases[i].recipient);
	}
}

static void the_first_that_fits_wins(void **state)
{
	struct policy_rule rules[] = { { .name = "one", .subject = WORDS("bill") },
				       { .name = "two", .subject = WORDS("purge") },
				       { .name = "three", .subject = WORDS("purge", "bill") } };
	struct policy policy = { .rules = rules, .rule_count = 3 };
	struct routing_mail mail = { .subject = SPAN("purge the bill"), .text = SPAN("") };

	(void)state;
	assert_string_equal(find(&policy, &mail).rule->name, "one");
	mail.subject = SPAN("purge");
	assert_string_equal(find(&policy, &mail).rule->name, "two");
	mail.subject = SPAN("hello");
	assert_null(find(&policy, &mail).rule);
}

/* What one entry of scores adds, with "no", "nicht" and two phrases as negations. */
static const struct {
	const char *entry, *subject, *text;
	int score;
} entries[] = {
	{ "5 how do i", "", "HOW  do\r\ni purge?", 5 },
	{ "5 how do i", "how do", "i purge", 0 },
	{ "-3 staging", "Staging", "", -3 },
	{ "5 purge", "", "purged, unpurge, purge", 5 },
	{ "5 purge*", "", "purged", 5 },
	{ "5 *purge", "", "unpurge", 5 },
	{ "5 *purge", "", "unpurged", 0 },
	{ "5 *?", "", "is it?", 5 },
	{ "4 subject: bill", "a bill", "", 4 },
	{ "4 subject: bill", "", "a bill", 0 },
	{ "4 first: bill", "", "a bill", 4 },
	{ "4 site .. down", "", "our site has been down", 4 },
	{ "4 site .. down", "", "our site is up. Sit down", 0 },
	{ "4 site .. down", "site", "down", 0 },
	{ "4 site .. is .. down", "", "the site of ours is often down", 4 },
	{ "4 outage", "", "no outage", 0 },
	{ "4 outage", "", "no outage, then an outage", 4 },
	{ "4 \xc3\xa4rger", "\xc3\x84RGER", "", 4 },
	{ "4 can't", "", "can\xe2\x80\x99t", 4 },
	{ "4 can't", "", "cant", 4 },
	{ "4 k\xc3\xb6nnen", "", "koennen", 4 },
	{ "4 login", "", "The \xe2\x80\x9clo\xc2\xadgin\xe2\x80\x9d", 4 },
	{ "4 log-in", "", "log in", 4 },
	{ "4 outage", "", "no big outage", 0 },
	{ "4 outage", "", "no, an outage", 4 },
	{ "4 outage", "", "no idea why this outage", 4 },
	{ "4 outage", "", "It is not about the outage of May.", 0 },
	{ "4 outage", "", "It is not about any outage", 0 },
	{ "4 outage", "", "It is not about May, an outage it is", 4 },
	{ "4 outage", "", "knot about outage", 4 },
	{ "4 outage", "", "not about May. The outage goes on", 4 },
	{ "4 outage", "", "not about the outage of May but the outage of June", 4 },
	{ "4 outage", "", "This is not an outage question.", 0 },
	{ "4 outage", "", "This is not an outage we know", 4 },
	{ "4 outage question", "", "This is not an outage question.", 0 },
	{ "4 outage", "", "This is not an outage questionnaire", 4 },
	/* classes */
	{ "4 <shop>", "", "the workshop", 4 },
	{ "4 <shop>", "", "a shrub", 0 },
	{ "4 <shop> .. <down>", "", "our site is dead", 4 },
	{ "4 <shop> .. <down>", "", "dead is our site", 0 },
	{ "4 <shop> & <down>", "", "dead is our site", 4 },
	{ "4 <shop> & <down>", "", "our site. is dead", 0 },
	{ "4 <shop> & <down>", "site", "dead", 0 },
	{ "4 <shop> & <down>", "", "Our shop\n\ndead", 0 },
	{ "4 <shop> & <down>", "", "Our shop\nis dead", 4 },
	{ "4 <shop> & <down>", "", "das geht im Shop nicht jetzt mehr", 4 },
	{ "4 <shop> + <down>", "", "our site. it is dead", 4 },
	{ "4 <shop> + <down>", "", "our site. it is not", 0 },
	{ "4 <down> ! yesterday", "", "it was down yesterday", 0 },
	{ "4 <down> ! yesterday", "", "It began yesterday. It is down", 4 },
	{ "4 <down> - yesterday", "", "It began yesterday. It is down", 0 },
	{ "4 <trouble>", "", "the shops are down", 4 },
	{ "4 <trouble> & week", "", "an outage this week", 4 },
	{ "4 <down>", "", "it is no longer down", 0 },
	{ "4 subject: <shop> & <down>", "site dead", "", 4 },
};

static int score_of(const char *entry, struct span subject, struct span text)
{
	struct policy_rule rule = { .threshold = 1,
				    .scores = { &entry, 1 },
				    .negations =
					WORDS("no", "nicht", "not about", "not an .. question") };
	struct policy_class classes[] = {
		{ .name = "shop", .words = WORDS("site", "*shop*") },
		{ .name = "down", .words = WORDS("down", "nicht .. mehr"), .more = WORDS("dead") },
		{ .name = "trouble", .words = WORDS("<shop> .. <down>", "outage") },
	};
	struct policy policy = {
		.rules = &rule, .rule_count = 1, .classes = classes, .class_count = 3
	};
	struct routing_mail mail = { .subject = subject, .text = text };
	struct buf why BUF_AUTO;
	struct routing_result r;

	buf_init(&why, 1000);
	policy.book = rulebook_new(&arena, &policy);
	r = routing_explain(&policy, 0, &mail, &why);
	assert_int_equal(r.fires, r.score > 0);
	assert_int_equal(span_starts(buf_span(&why), span_of(entry)), r.score != 0);
	return r.score;
}

static void each_entry_has_its_score(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++) {
		int score = score_of(entries[i].entry, span_of(entries[i].subject),
				     span_of(entries[i].text));

		if (score == entries[i].score)
			continue;
		print_error("%s in \"%s\": %d\n", entries[i].entry, entries[i].text, score);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void first_lines_end(void **state)
{
	char text[400];

	(void)state;
	memset(text, '.', sizeof(text));
	memcpy(text + 390, " bill", 5);
	assert_int_equal(score_of("4 first: bill", SPAN(""), (struct span){ text, 400 }), 0);
	assert_int_equal(score_of("4 bill", SPAN(""), (struct span){ text, 400 }), 4);
}

static void the_best_score_wins_and_a_rule_without_scores_is_certain(void **state)
{
	struct policy_rule rules[] = {
		{ .name = "low", .scores = WORDS("3 bill"), .threshold = 2 },
		{ .name = "high", .scores = WORDS("5 bill"), .threshold = 2 },
		{ .name = "tie", .scores = WORDS("5 bill"), .threshold = 2 },
		{ .name = "far", .scores = WORDS("9 bill"), .threshold = 10 },
		{ .name = "certain", .subject = WORDS("purge") },
	};
	struct policy policy = { .rules = rules, .rule_count = 5 };
	struct routing_mail mail = { .subject = SPAN("the bill"), .text = SPAN("") };

	(void)state;
	assert_string_equal(find(&policy, &mail).rule->name, "high");
	assert_int_equal(find(&policy, &mail).score, 5);
	mail.subject = SPAN("purge the bill");
	assert_string_equal(find(&policy, &mail).rule->name, "certain");
	assert_int_equal(find(&policy, &mail).score, ROUTING_CERTAIN);
}

#define FILL "words words words words words words words"

/* Wherever the mark stands between them. */
static void a_run_ends_with_its_sentence(void **state)
{
	static const char *const marks[] = { ", ", ". ", "! ", "? ", "\n\n" };
	char text[120];

	(void)state;
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		for (int n = 0; n < 38; n++) {
			snprintf(text, sizeof(text), "begin %.*s%s%.*s end", n, FILL, marks[i],
				 38 - n, FILL);
			assert_int_equal(score_of("4 begin .. end", SPAN(""), span_of(text)),
					 i ? 0 : 4);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_of_the_table),
		cmocka_unit_test(a_part_stands_behind_the_delimiter_of_the_server),
		cmocka_unit_test(the_first_that_fits_wins),
		cmocka_unit_test(each_entry_has_its_score),
		cmocka_unit_test(a_run_ends_with_its_sentence),
		cmocka_unit_test(first_lines_end),
		cmocka_unit_test(the_best_score_wins_and_a_rule_without_scores_is_certain),
	};

	int failed;

	arena_init(&arena);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return failed;
}
