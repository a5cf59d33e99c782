#include "tests/unit/unit.h"

#include "gatewayd/base/buf.h"
#include "parser/bounce_list.h"
#include "parser/bounce_notice.h"
#include "parser/bounce_report.h"
#include "parser/bounce_words.h"

static void status_codes_are_told_from_other_numbers(void **state)
{
	static const struct {
		const char *text, *status;
	} cases[] = {
		{ "550 5.1.1 User unknown", "5.1.1" },
		{ "550-5.7.26 no DMARC", "5.7.26" },
		{ "#5.1.2", "5.1.2" },
		{ "(#5.5.0)", "5.5.0" },
		{ "550 #5.1.0 Address rejected.", "5.1.0" },
		{ "5.2.2 (mailbox full)", "5.2.2" },
		{ "error 5.1.1", "5.1.1" },
		{ "host 5.1.1.9 said: 554 5.7.1 no", "5.7.1" },
		{ "version 4.94.2, 550 5.1.1 no", "5.1.1" },
		{ "see 2.1.5 (4.4.1)", "4.4.1" },
		{ "host 5.1.1.9", NULL },
		{ "3.1.1", NULL },
		{ "5.1", NULL },
		{ "5.1.1234", NULL },
		{ "15.1.1", NULL },
		{ "v5.1.1a", NULL },
		{ "", NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span s = bounce_find_status(span_of(cases[i].text));
		if (!span_is(s, cases[i].status ? cases[i].status : ""))
			fail_msg("\"%s\" gave \"%.*s\"", cases[i].text, SPAN_ARG(s));
	}
}

static void smtp_answers_are_found_in_lines(void **state)
{
	static const struct {
		const char *line, *answer;
	} cases[] = {
		{ "<<< 550 no", "550 no" },
		{ "said: 452-4.2.2 full", "452-4.2.2 full" },
		{ "[550 5.1.1 no]", "550 5.1.1 no]" },
		{ "250 ok", "" },
		{ "1550 items", "" },
		{ "in 550ms", "" },
		{ "192.0.2.450 no", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span s = bounce_find_answer(span_of(cases[i].line));
		if (!span_is(s, cases[i].answer))
			fail_msg("\"%s\" gave \"%.*s\"", cases[i].line, SPAN_ARG(s));
	}
}

static void addresses_are_cut_out_of_what_surrounds_them(void **state)
{
	static const struct {
		const char *text, *address;
	} cases[] = {
		{ "to <ann@example.com>:", "ann@example.com" },
		{ "'ann@example.com'.", "ann@example.com" },
		{ "rfc822;ann+x@example.com", "ann+x@example.com" },
		{ "\"ann smith\"@example.com", "\"ann smith\"@example.com" },
		{ "ann@[192.0.2.1] x", "ann@[192.0.2.1]" },
		{ "宛先はann@example.comです", "ann@example.com" },
		{ "ann @ example", "" },
		{ "@example.com", "" },
		{ "ann@", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span s = SPAN("");
		size_t at = 0;
		bounce_next_address(span_of(cases[i].text), &at, &s);
		if (!span_is(s, cases[i].address))
			fail_msg("\"%s\" gave \"%.*s\"", cases[i].text, SPAN_ARG(s));
	}
}

static void header_fields_are_unfolded(void **state)
{
	struct arena a ARENA_AUTO;
	struct span s = SPAN(
	    "\r\nTo: ann@example.com\r\nSubject: a\r\n\tb\r\n c\r\nTopic: x\r\n\r\nLate: y\r\n");

	(void)state;
	arena_init(&a);
	assert_true(span_is(bounce_header(s, "Subject", &a), "a b c"));
	assert_true(span_is(bounce_header(s, "to", &a), "ann@example.com"));
	assert_null(bounce_header(s, "Late", &a).p);
	assert_null(bounce_header(s, "Sub", &a).p);
	assert_true(span_is(bounce_header(SPAN("  A: 1\n   2\n  B: 3\n"), "A", &a), "1 2"));
}

static void a_report_holds_so_many_recipients_and_no_more(void **state)
{
	for (size_t n = FACTS_RECIPIENTS_MAX - 1; n <= FACTS_RECIPIENTS_MAX + 1; n++) {
		struct arena a ARENA_AUTO;
		struct buf text BUF_AUTO;
		arena_init(&a);
		buf_init(&text, 1024 * 1024);
		struct bounce_list l = { .arena = &a };

		for (size_t i = 0; i < n; i++)
			buf_addf(&text,
				 "Final-Recipient: rfc822; a%zu@example.com\nAction: failed\n\n",
				 i);
		bounce_report_read(buf_span(&text), &l);
		assert_int_equal(l.n, n < FACTS_RECIPIENTS_MAX ? n : FACTS_RECIPIENTS_MAX);
		assert_int_equal(l.full, n > FACTS_RECIPIENTS_MAX);
	}
	(void)state;
}

static void a_recipient_named_twice_is_one(void **state)
{
	struct arena a ARENA_AUTO;
	struct bounce_list l = { .arena = &a };

	(void)state;
	arena_init(&a);
	bounce_report_read(SPAN("Final-Recipient: rfc822; Ann@example.com\nAction: failed\n\n"
				"Final-Recipient: rfc822; ann@EXAMPLE.com\nStatus: 5.1.1\n"),
			   &l);
	assert_int_equal(l.n, 1);
	assert_true(span_is(l.v[0].action, "failed"));
	assert_true(span_is(l.v[0].status, "5.1.1"));
}

static void the_notice_ends_where_the_returned_message_begins(void **state)
{
	static const struct {
		const char *text;
		size_t notice, returned; /* lines */
	} cases[] = {
		{ "a\n--- Below this line is a copy of the message.\n\nTo: b\n", 1, 2 },
		{ "a\nb\nReceived: from c\nTo: d\n", 2, 2 },
		{ "a\n   ----- Unsent message follows -----\nFrom: b\n", 1, 1 },
		{ "a\nb\n", 2, 0 },
		{ "", 0, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span notice, returned, line;
		size_t n = 0, r = 0;
		bounce_notice_split(span_of(cases[i].text), &notice, &returned);
		while (span_line(&notice, &line))
			n++;
		while (span_line(&returned, &line))
			r++;
		assert_int_equal(n, cases[i].notice);
		assert_int_equal(r, cases[i].returned);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_codes_are_told_from_other_numbers),
		cmocka_unit_test(smtp_answers_are_found_in_lines),
		cmocka_unit_test(addresses_are_cut_out_of_what_surrounds_them),
		cmocka_unit_test(header_fields_are_unfolded),
		cmocka_unit_test(a_report_holds_so_many_recipients_and_no_more),
		cmocka_unit_test(a_recipient_named_twice_is_one),
		cmocka_unit_test(the_notice_ends_where_the_returned_message_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
