#include "tests/unit/unit.h"

#include "gatewayd/base/escape.h"

struct row {
	struct span in;
	const char *out;
};

static void check(void (*escape)(struct span s, struct buf *out), const struct row *rows, size_t n)
{
	struct buf out BUF_AUTO;

	buf_init(&out, 1000);
	for (size_t i = 0; i < n; i++) {
		buf_clear(&out);
		escape(rows[i].in, &out);
		assert_string_equal(buf_cstr(&out), rows[i].out);
	}
}

static void html_has_no_syntax_of_the_text(void **state)
{
	static const struct row rows[] = {
		{ SPAN_LITERAL("<b>&amp;</b>"), "&lt;b&gt;&amp;amp;&lt;/b&gt;" },
		{ SPAN_LITERAL("\" onclick='x'"), "&quot; onclick=&#39;x&#39;" },
		{ SPAN_LITERAL("a\r\nb\nc\rd\te"), "a<br>b<br>c<br>d\te" },
		{ SPAN_LITERAL("a\0\x1b\x7f\xc2\x9b"
			       "b"),
		  "ab" },
		{ SPAN_LITERAL("\xe2\x80\xae"
			       "abc\xe2\x81\xa9"),
		  "abc" },
		{ SPAN_LITERAL("\xff\xc3"), "\xef\xbf\xbd\xef\xbf\xbd" },
		{ SPAN_LITERAL("Z\xc3\xbcrich"), "Z\xc3\xbcrich" },
	};

	(void)state;
	check(escape_html, rows, sizeof(rows) / sizeof(*rows));
}

static void text_keeps_its_lines(void **state)
{
	static const struct row rows[] = {
		{ SPAN_LITERAL("a\r\nb\rc\n<d>\t"), "a\nb\nc\n<d>\t" },
		{ SPAN_LITERAL("a\0b\xc2\x85"
			       "c\xe2\x80\xa8"),
		  "abc" },
	};

	(void)state;
	check(escape_text, rows, sizeof(rows) / sizeof(*rows));
}

static void a_line_is_one_line(void **state)
{
	static const struct row rows[] = {
		{ SPAN_LITERAL(" \t a \r\n b  "), "a b" },
		{ SPAN_LITERAL("a\x01"
			       "b\xe2\x80\xa9"
			       "c"),
		  "abc" },
		{ SPAN_LITERAL(""), "" },
		/* words of eight bytes and more, and what stands at each place of eight */
		{ SPAN_LITERAL("eightlet ninelette  sixteenletters16\tseventeenletters17"),
		  "eightlet ninelette sixteenletters16 seventeenletters17" },
		{ SPAN_LITERAL("1\x7f"
			       "23456789\x1b"
			       "abcdefg\x7f"
			       "hijklmno!~"),
		  "123456789abcdefghijklmno!~" },
		{ SPAN_LITERAL("Z\xc3\xbcrich\xc2\xa0ist \xe6\x97\xa5\xf0\x9f\x99\x82 weitweg\xff"),
		  "Z\xc3\xbcrich\xc2\xa0ist \xe6\x97\xa5\xf0\x9f\x99\x82 weitweg\xef\xbf\xbd" },
	};

	(void)state;
	check(escape_line, rows, sizeof(rows) / sizeof(*rows));
}

static void what_hides_is_shown(void **state)
{
	static const struct row rows[] = {
		{ SPAN_LITERAL("a\xe2\x80\x8b"
			       "b"),
		  "a<U+200B>b" },
		{ SPAN_LITERAL("\xc2\x9b\x1b\n"), "<U+009B><U+001B><U+000A>" },
		{ SPAN_LITERAL("\xf3\xa0\x81\x81"), "<U+E0041>" },
		{ SPAN_LITERAL("\xe2\x9d\xa4\xef\xb8\x8f"), "\xe2\x9d\xa4\xef\xb8\x8f" },
		{ SPAN_LITERAL("\xff"), "\xef\xbf\xbd" },
	};

	(void)state;
	check(escape_visible, rows, sizeof(rows) / sizeof(*rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(html_has_no_syntax_of_the_text),
		cmocka_unit_test(text_keeps_its_lines),
		cmocka_unit_test(a_line_is_one_line),
		cmocka_unit_test(what_hides_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
