/*
 * tests/html: HTML as text; cases.txt one construct each, the mails as programs make them.
 */
#include "tests/unit/parser_unit.h"

#include <glob.h>

#include "tests/unit/cases.h"

static struct span text_of(struct parser *p, struct arena *a, struct span html)
{
	struct facts f;
	char *mail = arena_room(a, html.n + 100);
	static const char head[] = "Content-Type: text/html; charset=utf-8\n\n";

	memcpy(mail, head, sizeof(head) - 1);
	memcpy(mail + sizeof(head) - 1, html.p, html.n);
	parser_parse(p, (struct span){ mail, sizeof(head) - 1 + html.n }, NULL, a, &f);
	return f.text;
}

static bool case_passes(const struct test_case *c, void *parser)
{
	struct arena a ARENA_AUTO;
	struct span got, want = c->below;

	arena_init(&a);
	got = text_of(parser, &a, c->text);
	while (want.n && want.p[want.n - 1] == '\n')
		want.n--;
	if (span_eq(got, want))
		return true;
	print_message("%.*s\n--- wanted\n%.*s\n--- got\n%.*s\n---\n", SPAN_ARG(c->name),
		      SPAN_ARG(want), SPAN_ARG(got));
	return false;
}

static void constructs_become_text(void **state)
{
	struct parser *p = parser_new();

	(void)state;
	test_cases_run("tests/html", 50, case_passes, p);
	parser_free(&p);
}

static void mail_is_its_text(struct parser *p, const char *path)
{
	struct arena a ARENA_AUTO;
	struct buf html BUF_AUTO, want BUF_AUTO;
	char golden[256];

	arena_init(&a);
	buf_init(&html, TEST_CASES_MAX);
	buf_init(&want, TEST_CASES_MAX);
	snprintf(golden, sizeof(golden), "%.*stext", (int)strlen(path) - 4, path);
	test_case_read(path, &html);
	test_case_read(golden, &want);
	if (!span_eq(span_trim(text_of(p, &a, buf_span(&html))), span_trim(buf_span(&want))))
		fail_msg("%s: the text is another than %s", path, golden);
}

static void mails_of_programs_become_text(void **state)
{
	struct parser *p = parser_new();
	glob_t found;

	(void)state;
	assert_int_equal(glob("tests/html/*.html", 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= 30);
	for (size_t i = 0; i < found.gl_pathc; i++)
		mail_is_its_text(p, found.gl_pathv[i]);
	globfree(&found);
	parser_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constructs_become_text),
		cmocka_unit_test(mails_of_programs_become_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
