/* What a sender says of urgency: tests/policy/urgency.tsv, and words of many languages in subjects.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "gatewayd/mail/routing_text.h"
#include "gatewayd/mail/urgency.h"
#include "tests/unit/shipped.h"

enum { LINE_MAX_BYTES = 1000, SENTENCES_MIN = 130, KEPT = 4096 };

/* " / " is a line end. */
static struct span as_text(char *s)
{
	for (char *at = s; (at = strstr(at, " / ")); at++)
		at[1] = '\n';
	return span_trim(span_of(s));
}

/* false: no sentence, or it is understood. */
static bool is_wrong(const struct policy *policy, char *line, size_t *count)
{
	char *rest = line, *language, *wish, *subject, *text;
	int got;

	line[strcspn(line, "\n")] = '\0';
	if (*line == '#' || !*line)
		return false;
	language = strsep(&rest, "\t");
	wish = strsep(&rest, "\t");
	subject = strsep(&rest, "\t");
	text = strsep(&rest, "\t");
	assert_non_null(text);
	got = urgency_wish(policy, span_of(subject), as_text(text));
	++*count;
	if (got != *wish - '0')
		print_message("# %s: \"%s\" \"%s\": %d, not %s\n", language, subject, text, got,
			      wish);
	return got != *wish - '0';
}

static void a_sentence_says_it_or_does_not(void **state)
{
	const struct conf *c = *state;
	FILE *file = fopen("tests/policy/urgency.tsv", "r");
	char line[LINE_MAX_BYTES];
	size_t count = 0;
	int wrong = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		wrong += is_wrong(&c->policy, line, &count);
	fclose(file);
	assert_true(count >= SENTENCES_MIN);
	assert_int_equal(wrong, 0);
}

static const struct {
	const char *subject, *text;
	int wish;
} wishes[] = {
	{ "URGENT, severity 1", "", 1 },
	{ "URGENT: server down", "", 1 },
	{ "Urgently need help", "", 1 },
	{ "[P1] disk full", "", 1 },
	{ "P2: slow", "", 2 },
	{ "sev1 outage", "", 1 },
	{ "Sev 2 - router", "", 2 },
	{ "prio 1", "", 1 },
	{ "Priority: 3", "", 3 },
	{ "Severity level 2", "", 2 },
	{ "Severity = #4", "", 4 },
	{ "severity-1", "", 1 },
	{ "urgent, severity 2", "", 2 },
	{ "help", "Hello,\nthis is a P1 for us", 1 },
	{ "help", "this is urgent!", 1 },
	{ "help", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\nurgent", 0 },
	{ "high priority request", "", 1 },
	{ "Dringend: Server steht", "", 1 },
	{ "DRINGENDE Bitte", "", 1 },
	{ "Priorit\xc3\xa4t 1", "", 1 },
	{ "PRIORIT\xc3\x84T: 2", "", 2 },
	{ "EILT!", "", 1 },
	{ "Très urgent", "", 1 },
	{ "GRAVITÉ 2", "", 2 },
	{ "Asunto urgente", "", 1 },
	{ "Prioridad: 1", "", 1 },
	{ "URGÊNCIA", "", 1 },
	{ "Spoed: storing", "", 1 },
	{ "Brådskande", "", 1 },
	{ "СРОЧНО! не работает", "", 1 },
	{ "Приоритет 2", "", 2 },
	{ "Терміново", "", 1 },
	{ "ACİL: sunucu", "", 1 },
	{ "ΕΠΕΊΓΟΝ", "", 1 },
	{ "דחוף", "", 1 },
	{ "عاجل", "", 1 },
	{ "【至急】サーバー停止", "", 1 },
	{ "紧急：服务器", "", 1 },
	{ "긴급 장애", "", 1 },
	{ "優先度：高", "", 0 },
	{ "優先度 2", "", 2 },

	{ "not urgent: a question", "", 0 },
	{ "a non-urgent question", "", 0 },
	{ "Nicht dringend", "", 0 },
	{ "pas urgent", "", 0 },
	{ "No es urgente", "", 0 },
	{ "не срочно", "", 0 },
	{ "不紧急", "", 0 },
	{ "not urgent, but the other is urgent", "", 1 },
	{ "insurgents in the log", "", 0 },
	{ "P2P traffic", "", 0 },
	{ "MP3 files", "", 0 },
	{ "priority 15", "", 0 },
	{ "priority 1.5", "", 0 },
	{ "severity 7", "", 0 },
	{ "several 1", "", 0 },
	{ "How do I set the priority of a rule?", "I have 2 rules", 0 },

	/* Sentences end, and quotes begin, far behind the start of a long line. */
	{ "", "It is urgent for all of us here. What does the manual say about it?", 1 },
	{ "", "It is urgent for all of us here! What does the manual say about it?", 1 },
	{ "", "It is urgent for all of us here\xe3\x80\x82 What does the manual say of it?", 1 },
	{ "", "What does the manual say of the word urgent in there? Thanks for all of it.", 0 },
	{ "", "We pressed the key \"Restart. It is urgent. Thanks\" and nothing came of it.", 0 },
	{ "", "We pressed the key `Restart. It is urgent. Thanks` and nothing came of it.", 0 },
	{ "", "We pressed the key 'Restart. It is urgent. Thanks' and nothing came of it.", 0 },
	{ "", "We pressed the key \xc2\xabRestart. It is urgent. Thanks\xc2\xbb, and nothing.", 0 },
	{ "", "", 0 },
};

/* What stands between two clauses; the last ones: between "urgent" and why it is. */
static const char *const between[] = {
	", but ",
	", aber ",
	" but ",
	" aber ",
	" mais ",
	" pero ",
	" and now ",
	" und jetzt ",
	" et maintenant ",
	" y ahora ",
	", ",
	"; ",
	" - ",
	" (",
	") ",
	" \xe2\x80\x93 ",
	" \xe2\x80\x94 ",
	"\xe3\x80\x81",
	"\xef\xbc\x8c",
	": ",
	" that ",
	" to ",
	" until ",
	" because ",
	" since ",
	" as ",
};
enum { REASONS = 7 };

static int wish_with(const struct policy *policy, const char *mark, bool is_reason)
{
	const char *before = is_reason ? "For all of us in the whole company it is urgent"
				       : "Of all that we know of it this is not urgent here";
	char text[LINE_MAX_BYTES];

	snprintf(text, sizeof(text), "%s%s%s.", before, mark,
		 is_reason ? "no more of this is solved" : "for us it is urgent");
	return urgency_wish(policy, SPAN(""), span_of(text));
}

static void a_clause_ends_far_behind_the_start(void **state)
{
	enum { COUNT = sizeof(between) / sizeof(*between) };
	const struct conf *c = *state;

	for (size_t i = 0; i < COUNT; i++) {
		bool is_reason = i >= COUNT - REASONS;

		if (wish_with(&c->policy, between[i], is_reason) != 1 ||
		    wish_with(&c->policy, " of it ", is_reason) != 0)
			fail_msg("\"%s\"", between[i]);
	}
}

static void a_wish_is_seen_in_many_words(void **state)
{
	const struct conf *c = *state;

	for (size_t i = 0; i < sizeof(wishes) / sizeof(*wishes); i++) {
		int wish =
		    urgency_wish(&c->policy, span_of(wishes[i].subject), span_of(wishes[i].text));

		if (wish != wishes[i].wish)
			fail_msg("\"%s\" / \"%s\": %d", wishes[i].subject, wishes[i].text, wish);
	}
}

static void a_wish_is_looked_for_in_bounded_text(void **state)
{
	static char text[KEPT + 1024 + 1];
	const struct conf *c = *state;

	memset(text, '-', sizeof(text) - 1);
	memcpy(text + KEPT - 7, " urgent", 7);
	assert_int_equal(urgency_wish(&c->policy, SPAN(""), span_of(text)), 1);
	memset(text, '-', sizeof(text) - 1);
	memcpy(text + KEPT, " urgent", 7);
	assert_int_equal(urgency_wish(&c->policy, SPAN(""), span_of(text)), 0);
	assert_int_equal(urgency_wish(&c->policy, SPAN("\xff\xfe urgent\0 \xc3"), SPAN("")), 1);
}

/* "Please" is of <request>, which matters only beside <urgent>. */
static void without_words_of_urgency_nothing_is_looked_for(void **state)
{
	static const struct {
		const char *text;
		bool is_looked_at;
	} texts[] = {
		{ "Please help us with it as quickly as you", false },
		{ "Please help us with it, it is not urgent.", true },
		{ "Please help us with it right now.", true },
		{ "Please help us with it as soon as possible.", true },
	};
	const struct conf *c = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct routing_text text;

		routing_text_init(&text, c->policy.urgency, SPAN(""), span_of(texts[i].text));
		assert_int_equal(text.hit_count > 0, texts[i].is_looked_at);
		routing_text_release(&text);
	}
}

/* Where the vocabulary has no such classes, numbers are seen. */
static void without_phrases_a_number_is_seen(void **state)
{
	const struct policy none = { .class_count = 0 };

	(void)state;
	assert_int_equal(urgency_wish(&none, SPAN("P2"), SPAN("urgent")), 2);
	assert_int_equal(urgency_wish(&none, SPAN(""), SPAN("urgent")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sentence_says_it_or_does_not),
		cmocka_unit_test(a_clause_ends_far_behind_the_start),
		cmocka_unit_test(a_wish_is_seen_in_many_words),
		cmocka_unit_test(a_wish_is_looked_for_in_bounded_text),
		cmocka_unit_test(without_words_of_urgency_nothing_is_looked_for),
		cmocka_unit_test(without_phrases_a_number_is_seen),
	};

	return cmocka_run_group_tests(tests, shipped_load, shipped_free);
}
