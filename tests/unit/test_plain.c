#include "tests/unit/parser_unit.h"

#include "parser/plain.h"

static void flowed_text_is_unwrapped(void **state)
{
	static const struct {
		const char *raw, *want;
		bool delsp;
	} rows[] = {
		{ "a \r\nb\r\nc\r\n", "a b\nc\n", false },
		{ "a \nb\n", "ab\n", true },
		{ "> a \n> b\nc\n", "> a b\nc\n", false },
		{ ">a \n>>b \n>c\n", "> a \n>> b \n> c\n", false },
		{ " >a\n From b\n", ">a\nFrom b\n", false },
		{ "a \n-- \nsig \nname\n", "a \n-- \nsig name\n", false },
		{ "> -- \n> sig\n", "> -- \n> sig\n", false },
		{ "a \n\nb\n", "a \nb\n", false },
		{ "a ", "a ", false },
		{ "", "", false },
		{ ">\n> a\n", ">\n> a\n", false },
		{ "> a\vb \n> c\n", "> a\n> b c\n", false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out BUF_AUTO;

		buf_init(&out, 1000);
		plain_flowed(span_of(rows[i].raw), rows[i].delsp, &out);
		assert_string_equal(buf_cstr(&out), rows[i].want);
	}
}

static void line_ends_become_lf(void **state)
{
	struct buf out BUF_AUTO;

	(void)state;
	buf_init(&out, 1000);
	plain_lines(SPAN("a\r\nb\nc\rd\r\r\ne\r"), &out);
	assert_string_equal(buf_cstr(&out), "a\nb\nc\nd\ne\n");
}

/* Words on both sides of a separator stay two, and what is quoted stays quoted. */
static void what_parts_lines_becomes_line_ends(void **state)
{
	static const struct {
		const char *raw, *want;
	} rows[] = {
		{ "one\xe2\x80\xa8two", "one\ntwo\n" },
		{ "one\xc2\x85two", "one\ntwo\n" },
		{ "one\vtwo", "one\ntwo\n" },
		{ "one\xe2\x80\xa9two", "one\n\ntwo\n" },
		{ "one\ftwo", "one\n\ntwo\n" },
		{ "one\n\ftwo\r\n", "one\n\ntwo\n" },
		{ "one\f\ntwo", "one\n\ntwo\n" },
		{ "one\v\vtwo", "one\n\ntwo\n" },
		{ "\xe2\x80\xa9\xe2\x80\xa9one\n", "\none\n" },
		{ "a\n> one\xe2\x80\xa8#close\nb", "a\n> one\n> #close\nb\n" },
		{ "> > one\xe2\x80\xa9two\n", "> > one\n> >\n> > two\n" },
		{ ">>one\vtwo\n>>three\n", ">>one\n>>two\n>>three\n" },
		{ "> > > > > > > > > > > > one\vtwo\n",
		  "> > > > > > > > > > > > one\n> > > > > > > > > > two\n" },
		{ "a > b\vc\n", "a > b\nc\n" },
		{ "one\xe3\x80\x80two\xe2\x80\x83three", "one\xe3\x80\x80two\xe2\x80\x83three" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out BUF_AUTO;

		buf_init(&out, 1000);
		plain_lines(span_of(rows[i].raw), &out);
		assert_string_equal(buf_cstr(&out), rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flowed_text_is_unwrapped),
		cmocka_unit_test(line_ends_become_lf),
		cmocka_unit_test(what_parts_lines_becomes_line_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
