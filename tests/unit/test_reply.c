#include "tests/unit/unit.h"

#include "parser/parser.h"
#include "parser/reply.h"
#include "parser/reply_markers.h"
#include "tests/unit/cases.h"

/* White space collapsed, as a person compares two texts. */
static void collapse(struct span s, struct buf *out)
{
	bool gap = false;

	buf_clear(out);
	for (size_t i = 0; i < s.n; i++) {
		if (ascii_is_space((unsigned char)s.p[i])) {
			gap = out->n > 0;
			continue;
		}
		if (gap)
			buf_addc(out, ' ');
		gap = false;
		buf_addc(out, s.p[i]);
	}
}

static bool is_as_wanted(const struct test_case *c, struct span text, struct span reply)
{
	struct buf got BUF_AUTO, wanted BUF_AUTO;

	buf_init(&got, TEST_CASES_MAX);
	buf_init(&wanted, TEST_CASES_MAX);
	assert_true(span_is(c->head, "reply") || span_is(c->head, "whole"));
	collapse(reply, &got);
	collapse(span_is(c->head, "whole") ? text : c->below, &wanted);
	if (span_eq(buf_span(&got), buf_span(&wanted)))
		return true;
	print_message("%.*s\n  wanted: %s\n  got:    %s\n", SPAN_ARG(c->name), buf_cstr(&wanted),
		      buf_cstr(&got));
	return false;
}

static bool text_passes(const struct test_case *c, void *ctx)
{
	struct arena a ARENA_AUTO;
	struct span reply;

	(void)ctx;
	arena_init(&a);
	reply_trim(c->text, NULL, 0, &a, &reply);
	return is_as_wanted(c, c->text, reply);
}

static bool html_passes(const struct test_case *c, void *ctx)
{
	struct arena a ARENA_AUTO;
	struct facts f;

	arena_init(&a);
	char *mail = arena_printf(&a, "Content-Type: text/html; charset=utf-8\n\n" SPAN_FMT,
				  SPAN_ARG(c->text));
	parser_parse(ctx, span_of(mail), NULL, &a, &f);
	return is_as_wanted(c, f.text, f.reply);
}

static void html_replies_of_real_clients_are_trimmed(void **state)
{
	struct parser *p = parser_new();

	(void)state;
	test_cases_run("tests/replies/html", 20, html_passes, p);
	parser_free(&p);
}

static void replies_of_real_clients_are_trimmed(void **state)
{
	(void)state;
	test_cases_run("tests/replies", 300, text_passes, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_of_real_clients_are_trimmed),
		cmocka_unit_test(html_replies_of_real_clients_are_trimmed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
