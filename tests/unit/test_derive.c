/* The HTML form of a template from its text form. */
#include "tests/unit/unit.h"

#include "conf/derive.h"
#include "conf/files.h"
#include "gatewayd/base/template.h"

/* Each part says its letter and what it was given. */
static const char tiny[] = "{{#page}}\n<{{language}}:{{content}}>\n{{/page}}\n"
			   "{{#paragraph}}\np({{content}})\n{{/paragraph}}\n"
			   "{{#facts}}\nF({{content}})\n{{/facts}}\n"
			   "{{#fact}}\nf({{label}}={{content}})\n{{/fact}}\n"
			   "{{#said}}\ns({{content}})\n{{/said}}\n"
			   "{{#action}}\na({{content}})\n{{/action}}\n"
			   "{{#button}}\nb({{url}}|{{content}})\n{{/button}}\n"
			   "{{#urgent}}\nu({{content}})\n{{/urgent}}\n"
			   "{{#phone}}\nt({{label}}|{{content}})\n{{/phone}}\n"
			   "{{#list}}\nl({{content}})\n{{/list}}\n"
			   "{{#item}}\ni({{content}})\n{{/item}}\n"
			   "{{#quiet}}\nq({{content}})\n{{/quiet}}\n"
			   "{{#link}}\n@({{url}}|{{content}})\n{{/link}}\n";

struct row {
	const char *text, *html;
};

static const struct row rows[] = {
	{ "", "" },
	{ "\n\n \n", "" },
	{ "One.\n\nTwo,\nlines.\n", "p(One.)p(Two,<br>lines.)" },
	{ "One.\r\n\r\nTwo.\r\n", "p(One.)p(Two.)" },
	{ "a < b & \"c\" {{name}} 'd'", "p(a &lt; b &amp; &quot;c&quot; {{name}} &#39;d&#39;)" },
	/* sections around blocks, and inside them */
	{ "{{#x}}\nOne.\n{{/x}}\n\nTwo.\n", "{{#x}}p(One.){{/x}}p(Two.)" },
	{ "{{#x}}\nOne.\n\nTwo.\n{{/x}}\n", "{{#x}}p(One.)p(Two.){{/x}}" },
	{ "One.\n{{#x}}\nTwo.\n{{/x}}\nThree.\n", "p(One.{{#x}}<br>Two.{{/x}}<br>Three.)" },
	{ "One.\n{{#x}}\n\nTwo.\n{{/x}}\n\nThree.", "p(One.){{#x}}p(Two.){{/x}}p(Three.)" },
	{ "{{#x}}\nOne.\n{{/x}}\nTwo.\n", "{{#x}}p(One.){{/x}}p(Two.)" },
	{ "{{^x}}\nNo.\n{{/x}}\n{{! words }}\nTwo.", "{{^x}}p(No.){{/x}}p(Two.)" },
	{ "{{#a}}\n{{#b}}\nOne.\n{{/b}}\n{{/a}}", "{{#a}}{{#b}}p(One.){{/b}}{{/a}}" },
	{ "A {{#x}}b{{/x}} c.", "p(A {{#x}}b{{/x}} c.)" },
	{ "{{#x}}{{a}}, {{/x}}{{b}}\nc", "p({{#x}}{{a}}, {{/x}}{{b}}<br>c)" },
	/* facts */
	{ "{{! facts }}\nCase: #{{case}}\nOwner:  {{owner}}\nalone\n\nNo: fact",
	  "F(f(Case=#{{case}})f(Owner={{owner}})f(=alone))p(No: fact)" },
	{ "{{! facts }}\n{{#x}}\nA: {{a}}\n{{/x}}\nB: b\n", "F({{#x}}f(A={{a}}){{/x}}f(B=b))" },
	{ "{{! facts }}\nA: a\n{{#x}}\nB: at 10:30: now\n{{/x}}\n{{^x}}\nB: never\n{{/x}}\n",
	  "F(f(A=a){{#x}}f(B=at 10:30: now){{/x}}{{^x}}f(B=never){{/x}})" },
	{ "{{! facts }}\n\xe3\x82\xb1\xef\xbc\x9a#{{case}}", "F(f(\xe3\x82\xb1=#{{case}}))" },
	/* words of a person are a value and can be nothing else */
	{ "{{! said }}\n{{text}}\n\nBye.", "s({{text}})p(Bye.)" },
	{ "{{text}}\n\n-- \n{{owner}}\nCase", "p({{text}})q({{owner}}<br>Case)" },
	/* what to do */
	{ "{{! action }}\nReply to this mail.", "a(Reply to this mail.)" },
	{ "{{! action }}\nGo on.\n{{#portal}}\nThe portal: {{portal}}\n{{/portal}}\n",
	  "a(Go on.{{#portal}}b({{portal}}|The portal){{/portal}})" },
	{ "{{#portal}}\n{{! action }}\nThe portal: {{portal}}\n\n{{/portal}}\nEnd.",
	  "{{#portal}}a(b({{portal}}|The portal)){{/portal}}p(End.)" },
	{ "See {{portal}} or {{community}}.",
	  "p(See @({{portal}}|{{portal}}) or @({{community}}|{{community}}).)" },
	{ "Leave: {{unsubscribe}}", "p(Leave: @({{unsubscribe_url}}|{{unsubscribe}}))" },
	/* what is urgent */
	{ "{{! urgent }}\nUrgent?\n{{#phone}}\nCall us: {{phone}}\n{{/phone}}\nOpen: {{portal}}",
	  "u(Urgent?{{#phone}}t(Call us|{{phone}}){{/phone}}b({{portal}}|Open))" },
	{ "Call us: {{phone}}", "p(Call us: {{phone}})" },
	/* lists */
	{ "- one\n- two\n  more\n\nEnd.", "l(i(one)i(two<br>more))p(End.)" },
	{ "Items:\n- one\n- two\n", "p(Items:)l(i(one)i(two))" },
	{ "Items:\n{{#v}}\n- {{n}}\n{{/v}}\n", "p(Items:)l({{#v}}i({{n}}){{/v}})" },
	{ "{{#v}}\n- {{n}}\n  {{a}}\n{{#late}}\n  late\n{{/late}}\n{{/v}}\n",
	  "l({{#v}}i({{n}}<br>{{a}}{{#late}}<br>late{{/late}}){{/v}})" },
	{ "{{#some}}\nItems:\n\n{{#v}}\n- {{n}}\n{{/v}}\n\n{{/some}}\nEnd.",
	  "{{#some}}p(Items:)l({{#v}}i({{n}}){{/v}}){{/some}}p(End.)" },
	{ "{{#some}}\n{{#v}}\n- {{n}}\n{{/v}}\n{{/some}}\n{{^some}}\nNone.\n{{/some}}",
	  "l({{#some}}{{#v}}i({{n}}){{/v}}{{/some}}){{^some}}p(None.){{/some}}" },
	{ "- {{title}} {{link}}\n",
	  "l(i({{#link}}@({{link}}|{{title}}){{/link}}{{^link}}{{title}}{{/link}}))" },
	/* small print */
	{ "{{! quiet }}\nYou get this because {{reason}}.\n",
	  "q(You get this because {{reason}}.)" },
	{ "{{! quiet }}\nLines:\n{{#v}}\n{{a}} - {{b}}\n{{/v}}\n\n{{! quiet }}\nEnd.",
	  "q(Lines:{{#v}}<br>{{a}} - {{b}}{{/v}})q(End.)" },
	{ "{{! no look }}\nWords.", "p(Words.)" },
	{ "{{! facts }}", "" },
};

static struct derive_look look_of(const char *text)
{
	struct derive_look look;
	struct err e = { .text = "" };

	if (derive_look_read(span_of(text), "look.html", &look, &e) < 0)
		fail_msg("%s", e.text);
	return look;
}

/* The parts end with a line end, which the rows do without. */
static void derive(const struct derive_look *look, const char *text, struct buf *out)
{
	struct buf html BUF_AUTO;

	buf_init(&html, 1 << 20);
	derive_html(span_of(text), look, &html);
	for (size_t i = 0; i < html.n; i++)
		if (html.p[i] != '\n')
			buf_addc(out, html.p[i]);
}

static void blocks_are_what_they_look_like(void **state)
{
	struct derive_look look = look_of(tiny);
	struct buf out BUF_AUTO;

	(void)state;
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&out);
		derive(&look, rows[i].text, &out);
		if (strcmp(buf_cstr(&out), rows[i].html) != 0)
			fail_msg("%s\ngives %s\nnot %s", rows[i].text, buf_cstr(&out),
				 rows[i].html);
	}
}

static bool any(struct span name, const void *ctx)
{
	(void)name;
	(void)ctx;
	return true;
}

/* Cut anywhere between lines, a sound text gives a sound template, and the making ends. */
static void whatever_is_sound_stays_sound(void **state)
{
	static const struct template_names all = { any, NULL, NULL };
	struct derive_look look = look_of(tiny);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct span text = span_of(rows[i].text);

		for (size_t n = 0; n <= text.n; n++) {
			struct buf out BUF_AUTO;
			struct err e;

			if (template_check(span_sub(text, 0, n), "f", &all, &e) < 0)
				continue;
			buf_init(&out, 1 << 20);
			derive_html(span_sub(text, 0, n), &look, &out);
			if (template_check(buf_span(&out), "f", &all, &e) < 0)
				fail_msg("%s: %s", rows[i].text, e.text);
		}
	}
}

static void a_page_is_filled_once(void **state)
{
	struct derive_look look = look_of(tiny);
	struct buf out BUF_AUTO;

	(void)state;
	buf_init(&out, 4096);
	derive_page(&look, SPAN("ja"), SPAN("x {{content}} {{language}}"), &out);
	assert_string_equal(buf_cstr(&out), "<ja:x {{content}} {{language}}>\n");
}

static void a_look_without_a_part_is_refused(void **state)
{
	static const char *const parts[] = { "page", "fact", "link", "quiet" };

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct arena a ARENA_AUTO;
		struct derive_look look;
		struct err e = { .text = "" };
		char *text, *at;

		arena_init(&a);
		text = arena_cstr(&a, SPAN(tiny));
		at = strstr(text, arena_printf(&a, "{{#%s}}", parts[i]));
		at[3] = 'X';
		assert_int_equal(derive_look_read(span_of(text), "own/look.html", &look, &e), -1);
		assert_string_equal(e.text, arena_printf(&a,
							 "own/look.html: there is no {{#%s}} ... "
							 "{{/%s}}",
							 parts[i], parts[i]));
		text = arena_cstr(&a, SPAN(tiny));
		at = strstr(strstr(text, arena_printf(&a, "{{#%s}}", parts[i])), "{{content}}");
		at[3] = 'X';
		assert_int_equal(derive_look_read(span_of(text), "look.html", &look, &e), -1);
		assert_string_equal(
		    e.text, arena_printf(&a, "look.html: {{#%s}} has no {{content}}", parts[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_what_they_look_like),
		cmocka_unit_test(whatever_is_sound_stays_sound),
		cmocka_unit_test(a_page_is_filled_once),
		cmocka_unit_test(a_look_without_a_part_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
