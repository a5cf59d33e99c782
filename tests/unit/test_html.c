#include "tests/unit/parser_unit.h"

#include "parser/html.h"
#include "parser/html_scan.h"

static void elements_shape_the_text(void **state)
{
	static const struct {
		const char *html, *want;
	} rows[] = {
		{ "plain", "plain\n" },
		{ "a  b\n\tc", "a b c\n" },
		{ "<div>a</div><div>b</div>", "a\nb\n" },
		{ "a<br>b<br/>c", "a\nb\nc\n" },
		{ "<div>a<br></div><div>b</div>", "a\nb\n" },
		{ "<div>a</div><div><br></div><div>b</div>", "a\n\nb\n" },
		{ "<p>a</p><p>b</p>", "a\n\nb\n" },
		{ "<p class=MsoNormal>a</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>b</p>",
		  "a\n\nb\n" },
		{ "<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d",
		  "> a\n> b\n> > c\nd\n" },
		{ "<ul><li>a</li><li>b</ul>c", "- a\n- b\nc\n" },
		{ "<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc\n" },
		{ "<pre>a  b\n c</pre>d", "a  b\n c\nd\n" },
		{ "<head><title>t</title>x</head>a", "a\n" },
		{ "<style>p { a: b }</style>a<script>if (a<b) c()</script>b", "ab\n" },
		{ "a<!-- b --><!--[if mso]>c<![endif]-->d<![if !mso]>e", "ade\n" },
		{ "<a href=\"http://x/\">link</a><img src=x alt=y>",
		  "link <http://x/>[image: y]\n" },
		{ "<b>a</b><i>b</i>", "ab\n" },
		{ "a<hr>b", "a\nb\n" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct bench b BENCH_AUTO;
		struct html_hints hints = { .n = 0 };
		struct buf out BUF_AUTO;
		char *trim;

		bench_init(&b);
		buf_init(&out, 4096);
		html_to_text(span_of(rows[i].html), &b.r, &out, &hints);
		buf_cstr(&out);
		while ((trim = strstr(out.p, " \n"))) /* ends of lines do not matter here */
			memmove(trim, trim + 1, strlen(trim));
		assert_string_equal(out.p, rows[i].want);
	}
}

static void broken_html_loses_no_text(void **state)
{
	static const struct {
		const char *html, *want;
	} rows[] = {
		{ "a < b <3", "a < b <3\n" },
		{ "a<!-- never closed>b", "ab\n" },
		{ "<style>never closed", "never closed\n" },
		{ "a<p title=\"never closed>b", "a\n\nb\n" },
		{ "a<p x='1\" y=2>b", "a\n\nb\n" },
		{ "a</b></i></table>b", "a\nb\n" },
		{ "<<b>a", "<a\n" },
		{ "a<", "a<\n" },
		{ "a<b", "a\n" },
		{ "if a<b and c>d<br>x", "if ad\nx\n" },
		{ "if a<b then<br>x", "if a<b then\nx\n" },
		{ "<p title=\"a<b\">x", "x\n" },
		{ "Ann <ann@b.c> said<br>x", "Ann <ann@b.c> said\nx\n" },
		{ "</blockquote></blockquote>a", "a\n" },
		{ "<head>a", "a\n" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct bench b BENCH_AUTO;
		struct html_hints hints = { .n = 0 };
		struct buf out BUF_AUTO;

		bench_init(&b);
		buf_init(&out, 4096);
		html_to_text(span_of(rows[i].html), &b.r, &out, &hints);
		assert_string_equal(buf_cstr(&out), rows[i].want);
	}
}

static void character_references_follow_the_standard(void **state)
{
	static const struct {
		const char *html;
		size_t length;
		uint32_t code;
	} rows[] = {
		{ "&amp;", 5, '&' },
		{ "&auml;x", 6, 0xe4 },
		{ "&auml", 5, 0xe4 },
		{ "&copy2026", 5, 0xa9 },
		{ "&euro;", 6, 0x20ac },
		{ "&euro", 0, 0 },
		{ "&#65;", 5, 'A' },
		{ "&#x41;", 6, 'A' },
		{ "&#65", 4, 'A' },
		{ "&#128;", 6, 0x20ac },
		{ "&#0;", 4, 0xfffd },
		{ "&#xd800;", 8, 0xfffd },
		{ "&#99999999999;", 14, 0xfffd },
		{ "&nonsense;", 0, 0 },
		{ "& ", 0, 0 },
		{ "&", 0, 0 },
		{ "&#;", 0, 0 },
		{ "&hellip;", 8, 0x2026 },
		{ "&lstrok;", 8, 0x142 },
		{ "&apos;", 6, '\'' },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint32_t code = 0;

		assert_int_equal(html_entity(span_of(rows[i].html), &code), rows[i].length);
		assert_int_equal(code, rows[i].code);
	}
}

static void a_client_mark_becomes_a_hint(void **state)
{
	struct bench b BENCH_AUTO;
	struct html_hints hints = { .n = 0 };
	struct buf out BUF_AUTO;

	(void)state;
	bench_init(&b);
	buf_init(&out, 4096);
	html_to_text(
	    SPAN("<div>new</div><div "
		 "class=\"gmail_quote_container\"><div>old</div>older</div><div>end</div>"),
	    &b.r, &out, &hints);
	assert_string_equal(buf_cstr(&out), "new\nold\nolder\nend\n");
	assert_int_equal(hints.n, 1);
	assert_int_equal(hints.v[0].from, 4);
	assert_int_equal(hints.v[0].to, strlen("new\nold\nolder\n"));
}

static void only_so_much_html_is_read(void **state)
{
	(void)state;
	for (size_t n = LIMIT_HTML - 1; n <= LIMIT_HTML + 1; n++) {
		struct bench b BENCH_AUTO;
		struct html_hints hints = { .n = 0 };
		struct buf html BUF_AUTO, out BUF_AUTO;

		bench_init(&b);
		buf_init(&html, 2 * LIMIT_HTML);
		buf_init(&out, 2 * LIMIT_HTML);
		while (html.n < n)
			buf_addc(&html, 'x');
		html_to_text(buf_span(&html), &b.r, &out, &hints);
		assert_int_equal(out.n - 1, n < LIMIT_HTML ? n : LIMIT_HTML);
		assert_int_equal(has_defect(b.r.defects, FACTS_HTML_CUT), n > LIMIT_HTML);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_shape_the_text),
		cmocka_unit_test(broken_html_loses_no_text),
		cmocka_unit_test(character_references_follow_the_standard),
		cmocka_unit_test(a_client_mark_becomes_a_hint),
		cmocka_unit_test(only_so_much_html_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
