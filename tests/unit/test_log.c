#include "tests/unit/unit.h"

#include "gatewayd/base/log.h"

/* How a line shows a value as the field "text", between two others. */
static const char *shown(struct span value, struct buf *out)
{
	const struct log_field fields[] = {
		log_uint("row", 7), log_span("text", value), log_int("code", -1), { .key = NULL }
	};

	buf_clear(out);
	log_format("outbox.result", fields, out);
	return buf_cstr(out);
}

static void a_value_cannot_end_its_field_or_its_line(void **state)
{
	static const struct {
		struct span value;
		const char *shown;
	} rows[] = {
		{ SPAN("sent"), "sent" },
		{ SPAN(""), "\"\"" },
		{ SPAN("a b"), "\"a b\"" },
		{ SPAN("row=9"), "\"row=9\"" },
		{ SPAN("550 no\" row=9 state=sent x=\""),
		  "\"550 no\\\" row=9 state=sent x=\\\"\"" },
		{ SPAN("\\"), "\"\\\\\"" },
		{ SPAN("\\\" row=9"), "\"\\\\\\\" row=9\"" },
		{ SPAN("a\nevent=b"), "\"a\\x0aevent=b\"" },
		{ SPAN("a\r\tb\x7f\x1b[2J"), "\"a\\x0d\\x09b\\x7f\\x1b[2J\"" },
		{ SPAN("a\0b"), "\"a\\x00b\"" },
		/* C1: next line, and the introducer of a terminal's commands */
		{ SPAN("a\xc2\x85z\xc2\x9b"), "\"a\\u{0085}z\\u{009b}\"" },
		{ SPAN("a\x9b\x85"), "\"a\\x9b\\x85\"" },
		{ SPAN("a\xe2\x80\xa8z\xe2\x80\xa9"), "\"a\\u{2028}z\\u{2029}\"" },
		/* characters that turn the line around, isolate, join or are not seen */
		{ SPAN("\xe2\x80\xae"
		       "abc"),
		  "\"\\u{202e}abc\"" },
		{ SPAN("\xe2\x81\xa6"
		       "abc"),
		  "\"\\u{2066}abc\"" },
		{ SPAN("\xd8\x9c"
		       "abc"),
		  "\"\\u{061c}abc\"" },
		{ SPAN("\xe2\x80\x8b\xe2\x80\x8d\xc2\xad"), "\"\\u{200b}\\u{200d}\\u{00ad}\"" },
		{ SPAN("\xef\xbb\xbf\xe3\x85\xa4"), "\"\\u{feff}\\u{3164}\"" },
		{ SPAN("\xf3\xa0\x81\x81"), "\"\\u{e0041}\"" },
		/* no UTF-8: overlong, a half character, a surrogate */
		{ SPAN("\xc0\xa2"), "\"\\xc0\\xa2\"" },
		{ SPAN("\xe2\x80"), "\"\\xe2\\x80\"" },
		{ SPAN("\xed\xa0\x80"), "\"\\xed\\xa0\\x80\"" },
		/* letters stay letters */
		{ SPAN("Z\xc3\xbcrich \xe6\x97\xa5\xf0\x9f\x99\x82"),
		  "\"Z\xc3\xbcrich \xe6\x97\xa5\xf0\x9f\x99\x82\"" },
	};
	struct buf line BUF_AUTO, expected BUF_AUTO;

	(void)state;
	buf_init(&line, LOG_LINE_MAX);
	buf_init(&expected, LOG_LINE_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&expected);
		buf_addf(&expected, "event=outbox.result row=7 text=%s code=-1", rows[i].shown);
		assert_string_equal(shown(rows[i].value, &line), buf_cstr(&expected));
	}
}

static void each_byte_leaves_one_line_of_three_fields(void **state)
{
	struct buf line BUF_AUTO;

	(void)state;
	buf_init(&line, LOG_LINE_MAX);
	for (int c = 0; c < 256; c++) {
		char value[] = { 'a', (char)c, 'b' };
		const char *text = shown((struct span){ value, sizeof(value) }, &line);
		size_t quotes = 0;

		for (const char *p = text; *p; p++) {
			assert_in_range((unsigned char)*p, ' ', '~');
			if (*p == '\\')
				p++;
			else
				quotes += *p == '"';
		}
		assert_true(quotes == 0 || quotes == 2);
	}
}

static void a_long_value_is_cut_and_leaves_room_for_the_others(void **state)
{
	struct buf line BUF_AUTO, value BUF_AUTO;

	(void)state;
	buf_init(&line, LOG_LINE_MAX);
	buf_init(&value, LOG_LINE_MAX);
	for (size_t i = 0; i < 1000; i++)
		buf_adds(&value, i % 2 ? "\xe2\x80\xae" : "a");
	assert_non_null(strstr(shown(buf_span(&value), &line), "...\" code=-1"));
	assert_true(line.n < LOG_VALUE_MAX + 64);
}

static void a_long_value_of_plain_bytes_is_cut_at_the_same_place(void **state)
{
	struct buf line BUF_AUTO, value BUF_AUTO;
	const char *text;

	(void)state;
	buf_init(&line, LOG_LINE_MAX);
	buf_init(&value, LOG_LINE_MAX);
	while (value.n < 2 * LOG_VALUE_MAX)
		buf_adds(&value, "a ");
	text = shown(buf_span(&value), &line);
	assert_int_equal(strstr(text, "...\"") - strchr(text, '"'), LOG_VALUE_MAX - 16);
}

static void numbers_are_shown_whole(void **state)
{
	struct buf line BUF_AUTO;

	(void)state;
	buf_init(&line, LOG_LINE_MAX);
	log_format("e",
		   (const struct log_field[]){ log_int("least", INT64_MIN),
					       log_int("minus", -10),
					       log_int("none", 0),
					       log_int("most", INT64_MAX),
					       log_uint("all", UINT64_MAX),
					       { .key = NULL } },
		   &line);
	assert_string_equal(buf_cstr(&line), "event=e least=-9223372036854775808 minus=-10 none=0 "
					     "most=9223372036854775807 all=18446744073709551615");
}

static void a_field_that_does_not_fit_is_left_out_whole(void **state)
{
	static const char full[] = "event=outbox.result row=7 text=0123456789 code=-1";
	struct buf line BUF_AUTO;

	(void)state;
	buf_init(&line, 0);
	for (size_t room = sizeof("event=outbox.result") - 1; room < sizeof(full) - 1; room++) {
		const char *text;

		buf_release(&line);
		buf_init(&line, room);
		text = shown(SPAN("0123456789"), &line);
		assert_memory_equal(text, full, line.n);
		assert_int_equal(full[line.n], ' ');
	}
}

static void leave_rubbish_on_the_stack(void)
{
	volatile unsigned char rubbish[2048];

	for (size_t i = 0; i < sizeof(rubbish); i++)
		rubbish[i] = 0x13;
}

static void an_event_below_the_level_costs_nothing(void **state)
{
	(void)state;
	log_open("test", LOG_ERROR);
	leave_rubbish_on_the_stack();
	log_event(LOG_DEBUG, "test.unheard", log_int("n", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_cannot_end_its_field_or_its_line),
		cmocka_unit_test(each_byte_leaves_one_line_of_three_fields),
		cmocka_unit_test(a_long_value_is_cut_and_leaves_room_for_the_others),
		cmocka_unit_test(a_long_value_of_plain_bytes_is_cut_at_the_same_place),
		cmocka_unit_test(numbers_are_shown_whole),
		cmocka_unit_test(a_field_that_does_not_fit_is_left_out_whole),
		cmocka_unit_test(an_event_below_the_level_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
