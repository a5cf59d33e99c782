#include "tests/unit/unit.h"

#include "gatewayd/net/smtp_reply.h"

static void each_end_of_a_conversation_has_its_class(void **state)
{
	static const struct {
		enum smtp_phase phase;
		int code;
		enum smtp_class class;
		enum smtp_scope scope;
	} rows[] = {
		{ SMTP_CONNECT, 0, SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_GREETING, 0, SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_GREETING, 421, SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_GREETING, 554, SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_HELLO, 0, SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_HELLO, 502, SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_STARTTLS, 454, SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_AUTH, 535, SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_AUTH, 454, SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_MAIL, 0, SMTP_RETRY, SMTP_SCOPE_MAIL },
		{ SMTP_MAIL, 250, SMTP_RETRY, SMTP_SCOPE_MAIL },
		{ SMTP_MAIL, 421, SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_MAIL, 451, SMTP_RETRY, SMTP_SCOPE_MAIL },
		{ SMTP_MAIL, 530, SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_MAIL, 550, SMTP_FAILED, SMTP_SCOPE_MAIL },
		{ SMTP_RCPT, 450, SMTP_RETRY, SMTP_SCOPE_MAIL },
		{ SMTP_RCPT, 550, SMTP_FAILED, SMTP_SCOPE_MAIL },
		{ SMTP_RCPT, 552, SMTP_RETRY, SMTP_SCOPE_MAIL },
		{ SMTP_RCPT, 553, SMTP_FAILED, SMTP_SCOPE_MAIL },
		{ SMTP_DATA, 0, SMTP_RETRY, SMTP_SCOPE_MAIL },
		{ SMTP_DATA, 354, SMTP_RETRY, SMTP_SCOPE_MAIL },
		{ SMTP_DATA, 554, SMTP_FAILED, SMTP_SCOPE_MAIL },
		{ SMTP_DOT, 0, SMTP_UNKNOWN, SMTP_SCOPE_MAIL },
		{ SMTP_DOT, 250, SMTP_SENT, SMTP_SCOPE_MAIL },
		{ SMTP_DOT, 354, SMTP_UNKNOWN, SMTP_SCOPE_MAIL },
		{ SMTP_DOT, 421, SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_DOT, 451, SMTP_RETRY, SMTP_SCOPE_MAIL },
		{ SMTP_DOT, 552, SMTP_FAILED, SMTP_SCOPE_MAIL },
		{ SMTP_DOT, 554, SMTP_FAILED, SMTP_SCOPE_MAIL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct smtp_outcome o = smtp_reply_classify(rows[i].phase, rows[i].code);

		if (o.class != rows[i].class || o.scope != rows[i].scope)
			fail_msg("%s %d: %s, scope %d", smtp_phase_name(rows[i].phase),
				 rows[i].code, smtp_class_name(o.class), (int)o.scope);
	}
}

static void nothing_but_a_reply_to_the_dot_is_sent_or_unknown(void **state)
{
	(void)state;
	for (int phase = SMTP_CONNECT; phase < SMTP_DOT; phase++)
		for (int code = 0; code < 1000; code++) {
			struct smtp_outcome o = smtp_reply_classify((enum smtp_phase)phase, code);

			assert_true(o.class == SMTP_RETRY || o.class == SMTP_FAILED);
			if (o.class == SMTP_FAILED)
				assert_true(phase >= SMTP_MAIL && code / 100 == 5);
		}
}

static void enhanced_codes_agree_with_the_reply(void **state)
{
	static const struct {
		int code;
		const char *text;
		int class, subject, detail;
	} rows[] = {
		{ 550, "5.1.1 User unknown", 5, 1, 1 },
		{ 250, "2.0.0", 2, 0, 0 },
		{ 451, "4.7.650 slow down", 4, 7, 650 },
		{ 550, "4.1.1 the other class", 0, 0, 0 },
		{ 550, "5.1.1x", 0, 0, 0 },
		{ 550, "5.1", 0, 0, 0 },
		{ 550, "5.1000.1", 0, 0, 0 },
		{ 550, "", 0, 0, 0 },
		{ 550, "no code", 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct smtp_enhanced x = smtp_reply_enhanced(rows[i].code, span_of(rows[i].text));

		assert_int_equal(x.class, rows[i].class);
		assert_int_equal(x.subject, rows[i].subject);
		assert_int_equal(x.detail, rows[i].detail);
	}
}

static void reply_lines_are_told_from_noise(void **state)
{
	static const struct {
		const char *line;
		int code; /* 0: no reply */
		bool last;
		const char *text;
	} rows[] = {
		{ "250 ok\r\n", 250, true, "ok" },
		{ "250-PIPELINING\r\n", 250, false, "PIPELINING" },
		{ "250\r\n", 250, true, "" },
		{ "421 4.3.0 bye", 421, true, "4.3.0 bye" },
		{ "99 x", 0, false, "" },
		{ "100 x", 0, false, "" },
		{ "600 x", 0, false, "" },
		{ "2500 x", 0, false, "" },
		{ "hello", 0, false, "" },
		{ "", 0, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct span text = SPAN_NONE;
		int code = 0;
		bool last = false;

		assert_int_equal(smtp_reply_line(span_of(rows[i].line), &code, &last, &text),
				 rows[i].code != 0);
		assert_int_equal(code, rows[i].code);
		assert_int_equal(last, rows[i].last);
		assert_true(span_is(text, rows[i].text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_end_of_a_conversation_has_its_class),
		cmocka_unit_test(nothing_but_a_reply_to_the_dot_is_sent_or_unknown),
		cmocka_unit_test(enhanced_codes_agree_with_the_reply),
		cmocka_unit_test(reply_lines_are_told_from_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
