#include "tests/unit/unit.h"

#include "parser/reply_fold.h"
#include "parser/reply_markers.h"

#include <string.h>

/* Every table of parser/tables/ as one list of (table, language, words). */
struct row {
	const char *table, *lang;
	struct span words;
};

/* clang-format off */
static const struct row rows[] = {
#define OPENER(lang, words)		 { "reply_openers.h", lang, SPAN_LITERAL(words) },
#define VERB(lang, place, words)	 { "reply_verbs.h", lang, SPAN_LITERAL(words) },
#define QUOTING(lang, words)		 { "reply_quoting.h", lang, SPAN_LITERAL(words) },
#define FIELD(lang, role, words)	 { "reply_fields.h", lang, SPAN_LITERAL(words) },
#define DIVIDER(lang, words)		 { "reply_dividers.h", lang, SPAN_LITERAL(words) },
#define FORWARD(lang, words)		 { "reply_dividers.h", lang, SPAN_LITERAL(words) },
#define LOOSE(lang, words)		 { "reply_dividers.h", lang, SPAN_LITERAL(words) },
#define INSIDE(lang, how, words)	 { "reply_inside.h", lang, SPAN_LITERAL(words) },
#define ABOVE(lang, words)		 { "reply_above.h", lang, SPAN_LITERAL(words) },
#define FOOTER(lang, head, tail)	 { "reply_footers.h", lang, SPAN_LITERAL(head) },
#define NAMING(lang, head, tail)	 { "reply_footers.h", lang, SPAN_LITERAL(head) },
#define BARE(lang, head, tail)	 { "reply_footers.h", lang, SPAN_LITERAL(head) },
#define LINE(lang, words)		 { "reply_footers.h", lang, SPAN_LITERAL(words) },
#define LIST(lang, words)		 { "reply_lists.h", lang, SPAN_LITERAL(words) },
#define ROW(lang, part, words)		 { "reply_list_parts.h", lang, SPAN_LITERAL(words) },
#define DEVICE(words)			 { "reply_devices.h", "en", SPAN_LITERAL(words) },
#define AUTO_SUBJECT(lang, how, words)	 { "kind_auto_subjects.h", lang, SPAN_LITERAL(words) },
#define AUTO_NOTICE(lang, how, words)	 { "kind_auto_subjects.h", lang, SPAN_LITERAL(words) },
#define BOUNCE_SUBJECT(who, lang, words) { "kind_bounce_subjects.h", lang, SPAN_LITERAL(words) },
#define RECEIPT_SUBJECT(lang, words)	 { "kind_receipts.h", lang, SPAN_LITERAL(words) },
#define RECEIPT_TEXT(lang, words)	 { "kind_receipts.h", lang, SPAN_LITERAL(words) },
#define PRONOUN(lang, words) { "reply_persons.h", lang, SPAN_LITERAL(words) },
#define PERSON(lang, words) { "reply_persons.h", lang, SPAN_LITERAL(words) },
#define ANSWER_PREFIX(lang, words) { "kind_answer_prefixes.h", lang, SPAN_LITERAL(words) },
#define WORDING(who, strength, words) { "kind_bounce_wordings.h", "", SPAN_LITERAL(words) },
#define SENDER(strength, where, words) { "kind_senders.h", "", SPAN_LITERAL(words) },
#define RETURNED(who, words) { "bounce_returned.h", "", SPAN_LITERAL(words) },
#define ACTION(lang, action, words) { "bounce_actions.h", lang, SPAN_LITERAL(words) },
#include "parser/tables/reply_openers.h"
#include "parser/tables/reply_verbs.h"
#include "parser/tables/reply_quoting.h"
#include "parser/tables/reply_persons.h"
#include "parser/tables/reply_fields.h"
#include "parser/tables/reply_dividers.h"
#include "parser/tables/reply_above.h"
#include "parser/tables/reply_inside.h"
#include "parser/tables/reply_footers.h"
#include "parser/tables/reply_devices.h"
#include "parser/tables/reply_lists.h"
#include "parser/tables/reply_list_parts.h"
#include "parser/tables/kind_auto_subjects.h"
#include "parser/tables/kind_bounce_subjects.h"
#include "parser/tables/kind_receipts.h"
#include "parser/tables/kind_answer_prefixes.h"
#include "parser/tables/kind_bounce_wordings.h"
#include "parser/tables/kind_senders.h"
#include "parser/tables/bounce_returned.h"
#include "parser/tables/bounce_actions.h"
};
/* clang-format on */

enum { ROWS = sizeof(rows) / sizeof(*rows) };

/* Rows are compared with folded lines: one in another form would never match. */
static void rows_are_in_the_form_that_lines_are_compared_in(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct reply_folded f;
		reply_fold(&f, rows[i].words);
		if (span_eq(span_trim(rows[i].words), reply_folded_span(&f)))
			continue;
		print_message("%s: \"%.*s\" is folded to \"%.*s\"\n", rows[i].table,
			      SPAN_ARG(rows[i].words), SPAN_ARG(reply_folded_span(&f)));
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static size_t languages_of(const char *table)
{
	size_t n = 0;

	for (size_t i = 0; i < ROWS; i++) {
		bool seen = strcmp(rows[i].table, table) != 0;
		for (size_t k = 0; k < i && !seen; k++)
			seen = strcmp(rows[k].table, table) == 0 &&
			       strcmp(rows[k].lang, rows[i].lang) == 0;
		n += !seen;
	}
	return n;
}

static void tables_have_at_least_twenty_languages(void **state)
{
	static const char *const tables[] = { "reply_openers.h",      "reply_verbs.h",
					      "reply_fields.h",	      "reply_dividers.h",
					      "reply_above.h",	      "reply_footers.h",
					      "kind_auto_subjects.h", "kind_bounce_subjects.h" };
	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		size_t n = languages_of(tables[i]);
		print_message("%s: %zu languages\n", tables[i], n);
		assert_true(n >= 20);
	}
}

static void fold_makes_one_form_of_many(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "  On  Mon,\tFeb 5 ", "on mon, feb 5" },
		{ "*From:*", "from:" },
		{ "Le 5\xc2\xa0"
		  "févr. À",
		  "le 5 févr. à" },
		{ "ΆΈΉΊΌΎΏ ΑΩ", "άέήίόύώ αω" },
		{ "ПЁТР Ґ", "пётр ґ" },
		{ "ŁŹŽĀŐ İ", "łźžāő i" },
		{ "٢٠١٨ ۱۳۹۶ ２０１８ ๒๐", "2018 1396 2018 20" },
		{ "\xe2\x80\xab"
		  "ab"
		  "\xe2\x80\xac",
		  "ab" },
		{ "件名：x", "件名:x" },
		{ "d’origine ‐‐ —", "d'origine -- -" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct reply_folded f;
		reply_fold(&f, span_of(cases[i].in));
		if (!span_is(reply_folded_span(&f), cases[i].out))
			fail_msg("\"%s\" is folded to \"%.*s\"", cases[i].in,
				 SPAN_ARG(reply_folded_span(&f)));
	}
}

static void fold_stops_at_its_limit(void **state)
{
	static char many[2 * REPLY_FOLD_MAX];
	struct reply_folded f;

	(void)state;
	memset(many, 'a', sizeof(many));
	reply_fold(&f, (struct span){ many, sizeof(many) });
	assert_true(f.n <= REPLY_FOLD_MAX && f.n > REPLY_FOLD_MAX - 8);
	for (size_t i = 0; i + 1 < sizeof(many); i += 2)
		memcpy(many + i, "\xc4\xb0", 2);
	reply_fold(&f, (struct span){ many, sizeof(many) });
	assert_true(f.n <= REPLY_FOLD_MAX);
}

static void evidence_is_told_from_other_numbers(void **state)
{
	static const struct {
		const char *text;
		bool year, date, time, address;
	} cases[] = {
		{ "on 5 may 2018 at 10:00", true, false, true, false },
		{ "05.02.18", false, true, false, false },
		{ "2018-02-05", true, true, false, false },
		{ "10h30", false, false, true, false },
		{ "item 12345 of 3000", false, false, false, false },
		{ "version 4.94", false, false, false, false },
		{ "ann@example.com", false, false, false, true },
		{ "5 @ 10 eur", false, false, false, false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct reply_evidence e;
		reply_evidence_find(span_of(cases[i].text), &e);
		if (e.year != cases[i].year || e.date != cases[i].date || e.time != cases[i].time ||
		    e.address != cases[i].address)
			fail_msg("%s", cases[i].text);
	}
}

static void marks_of_clients_are_found(void **state)
{
	static const struct {
		const char *element;
		const char *attributes[5];
		enum reply_hint_kind kind;
	} cases[] = {
		{ "div", { "class", "gmail_quote", NULL }, REPLY_HINT_QUOTE_BOX },
		{ "div",
		  { "dir", "ltr", "class", "x gmail_attr y", NULL },
		  REPLY_HINT_ATTRIBUTION },
		{ "div", { "class", "gmail_quotes", NULL }, REPLY_HINT_NONE },
		{ "DIV", { "ID", "divRplyFwdMsg", NULL }, REPLY_HINT_REST },
		{ "a", { "name", "_MailOriginal", NULL }, REPLY_HINT_REST },
		{ "p", { "name", "_MailOriginal", NULL }, REPLY_HINT_NONE },
		{ "div", { "class", "ydp1234yahoo_quoted", NULL }, REPLY_HINT_QUOTE },
		{ "div", { "class", NULL, NULL }, REPLY_HINT_NONE },
		{ "div", { "title", "gmail_quote", NULL }, REPLY_HINT_NONE },
		{ "div", { NULL }, REPLY_HINT_NONE },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(reply_marker_find(cases[i].element, cases[i].attributes),
				 cases[i].kind);
	assert_int_equal(reply_marker_find("div", NULL), REPLY_HINT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_in_the_form_that_lines_are_compared_in),
		cmocka_unit_test(tables_have_at_least_twenty_languages),
		cmocka_unit_test(fold_makes_one_form_of_many),
		cmocka_unit_test(fold_stops_at_its_limit),
		cmocka_unit_test(evidence_is_told_from_other_numbers),
		cmocka_unit_test(marks_of_clients_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
