#include "tests/unit/unit.h"

#include "gatewayd/base/escape.h"
#include "gatewayd/base/template.h"

/* name "Ann", empty "", flag on, off off, rows one and two with `n`, none an empty list. */
static struct template_data *sample(struct arena *a)
{
	struct template_data *d = template_data_new(a);

	template_set(d, "name", SPAN("Ann <b> & \"c\""));
	template_set(d, "empty", SPAN(""));
	template_set(d, "lines", SPAN("one\r\ntwo\x1b\x07"));
	template_set(d, "braces", SPAN("{{name}}"));
	template_set(d, "n", SPAN("outer"));
	template_set_flag(d, "on", true);
	template_set_flag(d, "off", false);
	template_set(template_row(d, "rows"), "n", SPAN("1"));
	template_set(template_row(d, "rows"), "n", SPAN("2"));
	template_row(d, "bare_rows");
	template_setf(d, "number", "%d", 42);
	return d;
}

struct row {
	const char *template, *text;
};

static const struct row rows[] = {
	{ "", "" },
	{ "plain } { }} text", "plain } { }} text" },
	{ "Hello {{name}}!", "Hello Ann <b> & \"c\"!" },
	{ "{{ number }}{{missing}}{{empty}}", "42" },
	{ "{{lines}}", "one\ntwo" },
	{ "{{braces}}", "{{name}}" }, /* a value is no template */
	{ "{{#on}}yes{{/on}}{{#off}}no{{/off}}", "yes" },
	{ "{{^on}}yes{{/on}}{{^off}}no{{/off}}", "no" },
	{ "{{#name}}a{{/name}}{{#empty}}b{{/empty}}{{^missing}}c{{/missing}}", "ac" },
	{ "{{#rows}}<{{n}}>{{/rows}}{{n}}", "<1><2>outer" },
	{ "{{#bare_rows}}{{n}}{{/bare_rows}}", "outer" },
	{ "{{^rows}}none{{/rows}}{{^list}}none{{/list}}", "none" },
	{ "{{#rows_found}}some {{#rows}}{{n}}{{/rows}}{{/rows_found}}", "some 12" },
	{ "{{^rows_found}}a{{/rows_found}}{{^none_found}}b{{/none_found}}", "b" },
	{ "{{#rows}}{{#rows}}{{n}}{{/rows}} {{/rows}}", "12 12 " },
	{ "{{#on}}{{#off}}{{#rows}}x{{/rows}}{{/off}}y{{/on}}", "y" },
	{ "a{{! words {{ }}b", "ab" },
	/* a tag alone on a line leaves no line */
	{ "a\n{{#on}}\nb\n{{/on}}\nc\n", "a\nb\nc\n" },
	{ "a\r\n  {{#on}} \r\nb\r\n{{/on}}\r\nc", "a\r\nb\r\nc" },
	{ "{{#rows}}\n- {{n}}\n{{/rows}}\nend", "- 1\n- 2\nend" },
	{ "{{#off}}\na\n{{/off}}\nb", "b" },
	{ "{{#on}}\na\n{{/on}}", "a\n" },
	{ "a {{#on}}\nb{{/on}}\n", "a \nb\n" },
	{ "{{#on}}{{/on}}\nb", "\nb" },
	{ "{{! note }}\nb", "b" },
	{ "{{name}}\nb", "Ann <b> & \"c\"\nb" },
};

static void templates_are_filled_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena a ARENA_AUTO;
		struct buf out BUF_AUTO;
		struct err e = { .text = "" };

		arena_init(&a);
		buf_init(&out, 4096);
		if (template_render(span_of(rows[i].template), "f", sample(&a), TEMPLATE_TEXT, &out,
				    &e) < 0 ||
		    strcmp(buf_cstr(&out), rows[i].text) != 0)
			fail_msg("%s: \"%s\" %s", rows[i].template, buf_cstr(&out), e.text);
	}
}

static void html_values_cannot_become_markup(void **state)
{
	struct arena a ARENA_AUTO;
	struct buf out BUF_AUTO;
	struct err e;

	(void)state;
	arena_init(&a);
	buf_init(&out, 4096);
	assert_int_equal(template_render(SPAN("<a href=\"{{name}}\">{{lines}}</a>"), "f",
					 sample(&a), TEMPLATE_HTML, &out, &e),
			 0);
	assert_string_equal(buf_cstr(&out),
			    "<a href=\"Ann &lt;b&gt; &amp; &quot;c&quot;\">one<br>two</a>");
}

struct bad {
	const char *template, *error;
};

static const struct bad bads[] = {
	{ "a\nb {{none}}", "f.txt:2: {{none}}: unknown placeholder" },
	{ "{{#none}}{{/none}}", "f.txt:1: {{none}}: unknown placeholder" },
	{ "a\nb {{nam}}", "f.txt:2: {{nam}}: unknown placeholder; did you mean {{name}}?" },
	{ "{{#nam}}{{/nam}}", "f.txt:1: {{nam}}: unknown placeholder; did you mean {{name}}?" },
	{ "{{Nam}}", "f.txt:1: {{Nam}}: not a name of [a-z0-9_]; did you mean {{name}}?" },
	{ "a\n\n{{#name}}\n", "f.txt:3: {{name}}: is not closed" },
	{ "{{/name}}", "f.txt:1: {{name}}: closes what is not open" },
	{ "{{#name}}{{#n}}{{/name}}{{/n}}", "f.txt:1: {{name}}: closes what is not open" },
	{ "a {{name", "f.txt:1: {{name}}: no closing braces" },
	{ "{{{name}}}", "f.txt:1: {{{name}}: not a name of [a-z0-9_]" },
	{ "{{&name}}", "f.txt:1: {{&name}}: not a name of [a-z0-9_]" },
	{ "{{}}", "f.txt:1: {{}}: not a name of [a-z0-9_]" },
	{ "{{Name}}", "f.txt:1: {{Name}}: not a name of [a-z0-9_]" },
	{ "{{na me}}", "f.txt:1: {{na me}}: not a name of [a-z0-9_]" },
};

static bool name_or_n(struct span name, const void *ctx)
{
	(void)ctx;
	return span_is(name, "name") || span_is(name, "n");
}

static const char *near_nam(struct span name, const void *ctx)
{
	(void)ctx;
	return span_is_ci(name, "nam") ? "name" : NULL;
}

static const struct template_names names = { name_or_n, near_nam, NULL };

static void errors_name_file_line_and_placeholder(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bads) / sizeof(*bads); i++) {
		struct err e = { .text = "no error" };

		assert_int_equal(template_check(span_of(bads[i].template), "f.txt", &names, &e),
				 -1);
		assert_string_equal(e.text, bads[i].error);
		assert_int_equal(e.class, ERR_PERM);
	}
	assert_int_equal(template_check(SPAN("{{#n}}{{name}}{{/n}}{{! x }}"), "f.txt", &names,
					&(struct err){ 0 }),
			 0);
}

static int nested(size_t depth)
{
	struct buf text BUF_AUTO;
	struct err e;

	buf_init(&text, 4096);
	for (size_t i = 0; i < depth; i++)
		buf_adds(&text, "{{#n}}");
	for (size_t i = 0; i < depth; i++)
		buf_adds(&text, "{{/n}}");
	return template_check(buf_span(&text), "f", &names, &e);
}

static int filled(size_t max)
{
	struct arena a ARENA_AUTO;
	struct buf out BUF_AUTO;
	struct err e;

	arena_init(&a);
	buf_init(&out, max);
	return template_render(SPAN("12345{{number}}890"), "f", sample(&a), TEMPLATE_TEXT, &out,
			       &e);
}

static void depth_and_output_have_limits(void **state)
{
	(void)state;
	assert_int_equal(nested(TEMPLATE_DEPTH_MAX - 1), 0);
	assert_int_equal(nested(TEMPLATE_DEPTH_MAX), 0);
	assert_int_equal(nested(TEMPLATE_DEPTH_MAX + 1), -1);
	assert_int_equal(filled(11), 0);
	assert_int_equal(filled(10), 0);
	assert_int_equal(filled(9), -1);
}

/* A list inside itself eight times, without a byte of output, ends all the same. */
static void multiplied_lists_end(void **state)
{
	struct arena a ARENA_AUTO;
	struct template_data *d;
	struct buf out BUF_AUTO, text BUF_AUTO;
	struct err e;

	(void)state;
	arena_init(&a);
	d = template_data_new(&a);
	for (int i = 0; i < TEMPLATE_ROWS_MAX + 5; i++)
		template_set(template_row(d, "l"), "n", SPAN("x"));
	buf_init(&out, 1024 * 1024);
	buf_init(&text, 4096);
	assert_int_equal(
	    template_render(SPAN("{{#l}}{{n}}{{/l}}"), "f", d, TEMPLATE_TEXT, &out, &e), 0);
	assert_int_equal(out.n, TEMPLATE_ROWS_MAX);
	for (int i = 0; i < TEMPLATE_DEPTH_MAX; i++)
		buf_adds(&text, "{{#l}}");
	for (int i = 0; i < TEMPLATE_DEPTH_MAX; i++)
		buf_adds(&text, "{{/l}}");
	assert_int_equal(template_render(buf_span(&text), "f", d, TEMPLATE_TEXT, &out, &e), -1);
}

static bool not_name(struct span name)
{
	return !span_is(name, "name");
}

/* In a row as well, and in a row of a row. */
static void a_value_can_be_taken_back_and_named_twice(void **state)
{
	struct arena a ARENA_AUTO;
	struct buf out BUF_AUTO;
	struct template_data *d, *row;
	struct err e;

	(void)state;
	arena_init(&a);
	buf_init(&out, 4096);
	d = sample(&a);
	row = template_row(d, "rows");
	template_set(row, "n", SPAN("3"));
	template_set(row, "name", SPAN("Ann"));
	template_set(template_row(row, "inner"), "name", SPAN("Ann"));
	template_keep(d, not_name);
	template_alias(d, "number", "other");
	template_alias(d, "missing", "number");
	assert_int_equal(
	    template_render(SPAN("{{name}}{{#rows}}{{n}}{{name}}{{#inner}}{{name}}.{{/inner}}"
				 "{{/rows}} {{other}}{{number}}"),
			    "f", d, TEMPLATE_TEXT, &out, &e),
	    0);
	assert_string_equal(buf_cstr(&out), "123. 4242");
}

struct escape_row {
	const char *in, *html, *text, *line;
};

static void escapers_leave_no_control_and_no_syntax(void **state)
{
	static const struct escape_row cases[] = {
		{ "a\r\nb\rc\nd", "a<br>b<br>c<br>d", "a\nb\nc\nd", "a b c d" },
		{ "<'\"&>", "&lt;&#39;&quot;&amp;&gt;", "<'\"&>", "<'\"&>" },
		{ "\x01"
		  "a\x1b[31m\x7f\tb",
		  "a[31m\tb", "a[31m\tb", "a[31m b" },
		{ "\xff"
		  "a\xc3\xa4",
		  "\xef\xbf\xbd"
		  "a\xc3\xa4",
		  "\xef\xbf\xbd"
		  "a\xc3\xa4",
		  "\xef\xbf\xbd"
		  "a\xc3\xa4" },
		/* bidirectional overrides, next line, line separator, byte order mark */
		{ "a\xe2\x80\xae"
		  "b\xc2\x85\xe2\x80\xa8\xef\xbb\xbf"
		  "c",
		  "abc", "abc", "abc" },
		{ "  a  ", "  a  ", "  a  ", "a" },
		{ "", "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out BUF_AUTO;

		buf_init(&out, 4096);
		escape_html(span_of(cases[i].in), &out);
		assert_string_equal(buf_cstr(&out), cases[i].html);
		buf_clear(&out);
		escape_text(span_of(cases[i].in), &out);
		assert_string_equal(buf_cstr(&out), cases[i].text);
		buf_clear(&out);
		escape_line(span_of(cases[i].in), &out);
		assert_string_equal(buf_cstr(&out), cases[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(templates_are_filled_in),
		cmocka_unit_test(html_values_cannot_become_markup),
		cmocka_unit_test(errors_name_file_line_and_placeholder),
		cmocka_unit_test(depth_and_output_have_limits),
		cmocka_unit_test(multiplied_lists_end),
		cmocka_unit_test(a_value_can_be_taken_back_and_named_twice),
		cmocka_unit_test(escapers_leave_no_control_and_no_syntax),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
