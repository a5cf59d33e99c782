#include "tests/unit/unit.h"

#include "parser/parser.h"
#include "parser/reply.h"
#include "parser/reply_lines.h"
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

/* An answer of which nothing else is known. */
static const struct reply_mail answer = { .answers = true };

static bool text_passes(const struct test_case *c, void *ctx)
{
	struct arena a ARENA_AUTO;
	struct reply reply;

	(void)ctx;
	arena_init(&a);
	reply_trim(c->text, NULL, 0, &answer, &a, &reply);
	return is_as_wanted(c, c->text, reply.text);
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

/* What stands in front of the cases of a folder, to make mails of them. */
struct header {
	struct parser *parser;
	const char *fields;
};

static bool mail_passes(const struct test_case *c, void *ctx)
{
	const struct header *h = ctx;
	struct arena a ARENA_AUTO;
	struct facts f;

	arena_init(&a);
	char *mail = arena_printf(
	    &a,
	    "From: Ann Example <ann@customer.example>\nTo: Support <support@desk.example>\n"
	    "Message-ID: <2@customer.example>\nContent-Type: text/%s; charset=utf-8\n%s" SPAN_FMT,
	    span_starts(c->text, SPAN("<")) ? "html" : "plain", h->fields, SPAN_ARG(c->text));
	parser_parse(h->parser, span_of(mail), NULL, &a, &f);
	return is_as_wanted(c, f.text, f.reply);
}

static void mails_run(const char *folder, const char *fields)
{
	struct header h = { .parser = parser_new(), .fields = fields };

	test_cases_run(folder, 20, mail_passes, &h);
	parser_free(&h.parser);
}

static void answers_are_trimmed(void **state)
{
	(void)state;
	mails_run("tests/replies/answers",
		  "Subject: Re: Case 42\nIn-Reply-To: <1@desk.example>\n\n");
}

static void first_mails_have_no_history(void **state)
{
	(void)state;
	mails_run("tests/replies/first", "Subject: Case 42\n\n");
}

static void the_header_says_whether_a_mail_answers(void **state)
{
	(void)state;
	mails_run("tests/replies/mails", "");
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

/* What is kept of `head`, n times `line`, and `tail`: its length. */
static size_t kept(const char *head, const char *line, size_t n, const char *tail)
{
	struct arena a ARENA_AUTO;
	struct buf text BUF_AUTO;
	struct reply reply;

	arena_init(&a);
	buf_init(&text, TEST_CASES_MAX);
	buf_adds(&text, head);
	for (size_t i = 0; i < n; i++)
		buf_adds(&text, line);
	buf_adds(&text, tail);
	reply_trim(buf_span(&text), NULL, 0, &answer, &a, &reply);
	return reply.text.n;
}

static void attributions_are_followed_over_so_many_lines(void **state)
{
	static const char tail[] = "Ann Smith\n<ann@example.com>\nwrote:\n\nRestarted?\n";

	(void)state;
	assert_int_equal(kept("Yes.\n\nOn 5 May 2018\n", "or so\n", REPLY_WRAP_MAX - 4, tail), 4);
	assert_true(kept("Yes.\n\nOn 5 May 2018\n", "or so\n", REPLY_WRAP_MAX - 3, tail) > 4);
}

static void lines_past_the_limit_go_with_the_last(void **state)
{
	(void)state;
	for (size_t n = REPLY_LINES_MAX - 3; n <= REPLY_LINES_MAX; n++) {
		size_t got = kept("", "x\n", n, "> > q");
		assert_int_equal(got, n < REPLY_LINES_MAX ? 2 * n - 1 : 2 * n + 5);
	}
}

static void lines_with_colons_are_looked_at_up_to_a_limit(void **state)
{
	static const char tail[] = "On 5 May 2018 at 10:00 Ann Smith wrote:\n> q\n";

	(void)state;
	assert_int_equal(kept("", "a:\n", REPLY_TRIES_MAX - 1, tail),
			 3 * (REPLY_TRIES_MAX - 1) - 1);
	assert_true(kept("", "a:\n", REPLY_TRIES_MAX, tail) > 3 * REPLY_TRIES_MAX);
}

static void hints_may_lie_anywhere(void **state)
{
	static const struct span text = SPAN_LITERAL("one\ntwo\n\nthree\n");
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	for (size_t from = 0; from <= text.n; from++)
		for (size_t to = from; to <= text.n; to++)
			for (int kind = REPLY_HINT_NONE; kind <= REPLY_HINT_COLOUR; kind++) {
				struct reply_hint h = { from, to, (enum reply_hint_kind)kind };
				struct reply reply;
				reply_trim(text, &h, 1, &answer, &a, &reply);
				assert_true(reply.text.n > 0 && reply.text.n < text.n);
			}
}

static void a_signature_that_holds_everything_is_the_message(void **state)
{
	static const struct reply_hint hints[] = { { 0, 4, REPLY_HINT_SIGNATURE },
						   { 4, 8, REPLY_HINT_QUOTE } };
	struct arena a ARENA_AUTO;
	struct reply reply;

	(void)state;
	arena_init(&a);
	reply_trim(SPAN("one\ntwo\n"), hints, 2, &answer, &a, &reply);
	assert_true(span_is(reply.text, "one"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_of_real_clients_are_trimmed),
		cmocka_unit_test(html_replies_of_real_clients_are_trimmed),
		cmocka_unit_test(answers_are_trimmed),
		cmocka_unit_test(first_mails_have_no_history),
		cmocka_unit_test(the_header_says_whether_a_mail_answers),
		cmocka_unit_test(attributions_are_followed_over_so_many_lines),
		cmocka_unit_test(lines_past_the_limit_go_with_the_last),
		cmocka_unit_test(lines_with_colons_are_looked_at_up_to_a_limit),
		cmocka_unit_test(hints_may_lie_anywhere),
		cmocka_unit_test(a_signature_that_holds_everything_is_the_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
