#include "tests/unit/parser_unit.h"

#include "parser/word.h"

static void encoded_words_are_decoded_as_far_as_they_go(void **state)
{
	static const struct {
		const char *raw, *want;
	} rows[] = {
		{ "plain", "plain" },
		{ "=?utf-8?Q?J=C3=B6rg?=", "J\xc3\xb6rg" },
		{ "=?UTF-8?b?SsO2cmc=?=", "J\xc3\xb6rg" },
		{ "=?iso-8859-1?q?a_b=20c?=", "a b c" },
		{ "=?us-ascii?q?=80?=", "\xe2\x82\xac" },
		{ "=?utf-8*de?Q?a?=", "a" },
		/* white space between words goes, around them it stays */
		{ "=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab" },
		{ "=?utf-8?Q?a?=\r\n\t=?iso-8859-1?B?Yg==?=", "ab" },
		{ "x =?utf-8?Q?a?= y", "x a y" },
		{ "x=?utf-8?Q?a?=y", "xay" },
		/* a character split over two words */
		{ "=?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg?=", "J\xc3\xb6rg" },
		{ "=?utf-8?B?SsM=?= =?utf-8?B?tnJn?=", "J\xc3\xb6rg" },
		{ "=?utf-8?Q?=C3?= =?utf-8?B?tg==?=", "\xef\xbf\xbd\xef\xbf\xbd" },
		/* text after a padded word stays */
		{ "=?utf-8?B?YQ==?= tail", "a tail" },
		/* broken ones */
		{ "=?utf-8?Q?a b?=", "a b" },
		{ "=?utf-8?B?YW\r\n Jj?=", "abc" },
		{ "=?utf-8?Q?a=XYb?=", "a=XYb" },
		{ "=?utf-8?B?YWJ?=", "ab" },
		{ "=?utf-8?B?Y!W!Jj?=", "abc" },
		{ "=?nonsense?Q?=C3=B6?=", "\xc3\xb6" },
		{ "=?nonsense?Q?=F6?=", "\xc3\xb6" },
		{ "=?utf-8?Q?what?=3D?=", "what?=" },
		{ "=?utf-8?Q?open", "=?utf-8?Q?open" },
		{ "=?utf-8?X?a?=", "=?utf-8?X?a?=" },
		{ "=?utf-8?Q?open =?utf-8?Q?good?=", "=?utf-8?Q?open good" },
		{ "=?utf-8?Q?"
		  "?=",
		  "" },
		{ "=?utf-8?Q?a\xc3\xb6?=", "a\xc3\xb6" },
		{ "=?iso-2022-jp?B?GyRCJCIbKEI=?=", "\xe3\x81\x82" },
		/* raw bytes */
		{ "J\xc3\xb6rg", "J\xc3\xb6rg" },
		{ "J\xf6rg", "J\xc3\xb6rg" },
		{ "\033$B$\"\033(B x", "\xe3\x81\x82 x" },
		/* folds and control characters */
		{ "a\r\n b\n\tc", "a b c" },
		{ "=?utf-8?Q?a=0Bb=0Cc=C2=85d=E2=80=A8e=E2=80=A9f=E2=80=82g?=",
		  "a b c d e f\xe2\x80\x82g" },
		{ "a\xe2\x80\xa8"
		  "b\vc\f",
		  "a b c" },
		{ "a  b", "a  b" },
		{ "  a  ", "a" },
		{ "=?utf-8?Q?a=0D=0AX:_b?=", "a  X: b" },
		{ "a\x01\x7f"
		  "b",
		  "ab" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct bench b BENCH_AUTO;

		bench_init(&b);
		assert_span(word_text(span_of(rows[i].raw), &b.r), rows[i].want);
	}
}

static void raw_bytes_follow_the_charset_of_the_message(void **state)
{
	struct bench b BENCH_AUTO;

	(void)state;
	bench_init(&b);
	b.r.raw = charset_find(b.charsets, SPAN("koi8-r"));
	assert_span(word_text(SPAN("\xf0\xd2"), &b.r), "\xd0\x9f\xd1\x80");
	assert_true(has_defect(b.r.defects, FACTS_RAW_8BIT_HEADER));
	assert_span(word_text(SPAN("\xc3\xb6"), &b.r), "\xc3\xb6");
}

static void a_long_field_is_cut(void **state)
{
	struct bench b BENCH_AUTO;
	struct buf raw BUF_AUTO;

	(void)state;
	bench_init(&b);
	buf_init(&raw, 1 << 20);
	while (raw.n < FACTS_FIELD_MAX)
		buf_addc(&raw, 'x');
	assert_int_equal(word_text(buf_span(&raw), &b.r).n, FACTS_FIELD_MAX);
	assert_false(has_defect(b.r.defects, FACTS_LONG_HEADER));
	buf_addc(&raw, 'x');
	assert_int_equal(word_text(buf_span(&raw), &b.r).n, FACTS_FIELD_MAX);
	assert_true(has_defect(b.r.defects, FACTS_LONG_HEADER));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encoded_words_are_decoded_as_far_as_they_go),
		cmocka_unit_test(raw_bytes_follow_the_charset_of_the_message),
		cmocka_unit_test(a_long_field_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
