#include "tests/unit/parser_unit.h"

#include "parser/param.h"

static struct span text_of(struct bench *b, const char *raw, const char *name)
{
	static struct params ps;

	params_read(span_of(raw), &ps, &b->r);
	return param_text(&ps, name, &b->r);
}

static void values_are_read_however_they_are_written(void **state)
{
	static const struct {
		const char *raw, *want;
	} rows[] = {
		{ "; name=a.pdf", "a.pdf" },
		{ "; NAME=\"a b.pdf\"", "a b.pdf" },
		{ ";name = \"a;b.pdf\" ; x=y", "a;b.pdf" },
		{ "; name=a b.pdf; x=y", "a b.pdf" },
		{ "; name=a.pdf x=y", "a.pdf" },
		{ " name=a.pdf", "a.pdf" },
		{ "; name=\"C:\\dir\\a.pdf\"", "C:\\dir\\a.pdf" },
		{ "; name=\"a\\\"b\\\\c\"", "a\"b\\c" },
		{ "; name=\"open.pdf", "open.pdf" },
		{ "; (comment); name=a", "a" },
		{ "; x; name=a", "a" },
		{ "; name=\"a\r\n b\"", "a b" },
		{ "; name=first; name=second", "first" },
		{ "; nam=a", "(none)" },
		{ "; name=", "" },
		/* RFC 2047, which has no place here and is everywhere */
		{ "; name=\"=?utf-8?Q?J=C3=B6rg.pdf?=\"", "J\xc3\xb6rg.pdf" },
		{ "; name==?utf-8?Q?J=C3=B6rg?= =?utf-8?Q?.pdf?=", "J\xc3\xb6rg.pdf" },
		{ "; name=\"J\xf6rg\"", "J\xc3\xb6rg" },
		/* RFC 2231 */
		{ "; name*=utf-8''J%C3%B6rg", "J\xc3\xb6rg" },
		{ "; name*=iso-8859-1'de'J%f6rg", "J\xc3\xb6rg" },
		{ "; name*=\"utf-8''J%C3%B6rg\"", "J\xc3\xb6rg" },
		{ "; name*=J%C3%B6rg", "J\xc3\xb6rg" },
		{ "; name*=''J%F6rg", "J\xc3\xb6rg" },
		{ "; name*0=\"a\"; name*1=\"b\"", "ab" },
		{ "; name*1=b; name*0=a; name*2=c", "abc" },
		{ "; name*0*=utf-8''J%C3; name*1*=%B6r; name*2=\"g%20\"", "J\xc3\xb6rg%20" },
		{ "; name*10=k; name*9=j; name*1=b", "bjk" },
		{ "; name=plain; name*=utf-8''good", "good" },
		{ "; name*=utf-8''a%2", "a%2" },
		{ "; name*0=\"=?utf-8?B?\"; name*1=\"SsO2cmc=?=\"", "J\xc3\xb6rg" },
		{ "; name*x=a", "(none)" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct bench b BENCH_AUTO;

		bench_init(&b);
		assert_span(text_of(&b, rows[i].raw, "name"), rows[i].want);
	}
}

static void a_bare_value_for_the_program_ends_at_a_blank(void **state)
{
	struct bench b BENCH_AUTO;
	static struct params ps;

	(void)state;
	bench_init(&b);
	params_read(SPAN("; charset=utf-8 (Unicode); boundary=\"a\r\n b\""), &ps, &b.r);
	assert_span(param_get(&ps, "charset", &b.r), "utf-8");
	assert_span(param_get(&ps, "boundary", &b.r), "a b");
}

static void too_many_are_cut(void **state)
{
	(void)state;
	for (int n = LIMIT_PARAMS - 1; n <= LIMIT_PARAMS + 1; n++) {
		struct bench b BENCH_AUTO;
		struct buf raw BUF_AUTO;
		static struct params ps;

		bench_init(&b);
		buf_init(&raw, 1 << 20);
		for (int i = 0; i < n; i++)
			buf_addf(&raw, "; name*%d=x", i);
		params_read(buf_span(&raw), &ps, &b.r);
		assert_int_equal(ps.n, n > LIMIT_PARAMS ? LIMIT_PARAMS : n);
		assert_int_equal(has_defect(b.r.defects, FACTS_TOO_MANY_PARAMETERS),
				 n > LIMIT_PARAMS);
	}
}

static void types_are_lower_case_or_unreadable(void **state)
{
	static const struct {
		const char *raw, *want, *rest;
	} rows[] = {
		{ "Text/PLAIN; charset=x", "text/plain", "; charset=x" },
		{ "text / html", "text/html", "" },
		{ "\"text/html\"", "text/html", "\"" },
		{ "application/pdf name=x", "application/pdf", " name=x" },
		{ "text", "text/plain", "" },
		{ "text/", "(none)", "" },
		{ "/plain", "(none)", "/plain" },
		{ "", "(none)", "" },
		{ ";charset=x", "(none)", ";charset=x" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct bench b BENCH_AUTO;
		struct span rest;

		bench_init(&b);
		assert_span(content_type_read(span_of(rows[i].raw), &rest, &b.r), rows[i].want);
		assert_span(rest, rows[i].rest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read_however_they_are_written),
		cmocka_unit_test(a_bare_value_for_the_program_ends_at_a_blank),
		cmocka_unit_test(too_many_are_cut),
		cmocka_unit_test(types_are_lower_case_or_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
