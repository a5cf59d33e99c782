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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flowed_text_is_unwrapped),
		cmocka_unit_test(line_ends_become_lf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
