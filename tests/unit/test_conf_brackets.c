/* Where a bracket is missed: by hand, and in the shipped example, each one in turn. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "conf/brackets.h"
#include "conf/problems.h"

enum { TEXT_MAX = 1 << 20 };

static bool find(struct span text, struct brackets *ret_found)
{
	char path[] = "/tmp/test_brackets_XXXXXX";
	struct conf_problems problems;
	struct arena a ARENA_AUTO;
	struct source s;
	int fd = mkstemp(path);
	bool found;

	arena_init(&a);
	conf_problems_init(&problems);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.p, text.n), text.n);
	close(fd);
	assert_true(source_read(files_new(&a), path, &a, &problems, &s));
	found = brackets_find(&s, ret_found);
	source_release(&s);
	conf_problems_release(&problems);
	unlink(path);
	return found;
}

/* line 0: nothing is found. */
static const struct {
	const char *text;
	int line;
	const char *words;
} rows[] = {
	{ "a = 1;\nb: { c = [ \"}\", \"{\" ]; }; # }\n// }\n/* }\n } */\n", 0, "" },
	{ "a:\n{\n  b: { c = 1; };\n};\n", 0, "" },
	/* one too few, in an indented text */
	{ "a:\n{\n  b:\n  {\n    c = 1;\n  d:\n  {\n  };\n};\n", 5, "\"}\" is probably missing" },
	{ "a:\n{\n  b:\n  {\n    c = 1;\n};\nd = 2;\n", 5, "the \"{\" of line 4" },
	{ "a: {\n\tb: {\n\t\tc = 1;\n\td: {\n\t};\n};\n", 3, "the \"{\" of line 2" },
	{ "a:\n{\n    b = 1;\n\nc = 2;\nd = 3;\n", 3, "the \"{\" of line 2" },
	{ "a = [ \"x\",\n      \"y\"\nb = 1;\n", 2, "\"]\" is probably missing" },
	{ "a = [ \"x\"\n      b = 1;\n", 1, "\"]\" is probably missing" },
	{ "a = ( { b = 1; },\n      { b = 2; };\nc = 3;\n", 2, "\")\" is probably missing" },
	{ "a: { b = ( { c = 1; }; };\n", 1, "\"(\" of line 1" },
	{ "a = [ \"x\",\n      \"y\";\n\n# c\nb = 1;\n", 2, "on this line a \"]\"" },
	{ "a:\n{\n  b: { c = 1;\n  d: { c = 1; };\n};\n", 3, "the \"{\" of line 3" },
	{ "a = ( { b = 1;\n      { b = 1; } );\n", 1, "the \"{\" of line 1" },
	/* in one that is not: by the sections of the schema, or by the bracket itself */
	{ "queues:\n{\nx:\n{\nkind = \"y\";\n};\nstaff:\n{\n};\n", 6, "the \"{\" of line 2" },
	{ "queues: { x: { kind = \"y\"; };\nstaff: { };\n", 1, "the \"{\" of line 1" },
	{ "queues:\n{\nx:\n{\nkind = \"y\";\ny:\n{\n};\n};\n", 5, "the \"{\" of line 4" },
	{ "a:\n{\nb:\n{\nc = 1;\n};\n", 2, "is never closed" },
	{ "a: { b = 1;", 1, "is never closed" },
	/* one too many, or another one */
	{ "a: { };\n};\nb = 1;\n", 2, "closes nothing" },
	{ "a:\n{\n  b:\n  {\n  };\n  };\n  c: { };\n};\n", 6, "one too many" },
	{ "a = [ 1, 2 };\n", 1, "\"[\" of line 1" },
	{ "a = 1; ]\n", 1, "closes nothing" },
};

static void a_bracket_is_missed_where_it_should_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct brackets found = { 0 };
		bool there = find(span_of(rows[i].text), &found);

		if (there != (rows[i].line > 0) || found.line != rows[i].line ||
		    !strstr(found.text, rows[i].words))
			fail_msg("row %zu: %d: %s", i, found.line, found.text);
	}
}

static struct span example(struct arena *a)
{
	const char *complaint;
	struct span text;

	assert_true(
	    files_read(files_new(a), "conf/gatewayd.conf.example", TEXT_MAX, &text, &complaint));
	return text;
}

/* The line that byte at stands on. */
static int line_of(struct span text, size_t at)
{
	int line = 1;

	for (size_t i = 0; i < at; i++)
		line += text.p[i] == '\n';
	return line;
}

/* A closing bracket that is one: behind it the line ends, but for signs. */
static bool is_closer_at(struct span text, size_t at)
{
	struct span rest = span_sub(text, at, SIZE_MAX), line, before = span_sub(text, 0, at);
	size_t comment = SIZE_MAX;

	if (!strchr("}])", text.p[at]))
		return false;
	while (before.n && before.p[before.n - 1] != '\n')
		before.n--;
	comment = span_find(span_sub(text, before.n, at - before.n), SPAN("#"));
	span_line(&rest, &line);
	while (line.n && strchr("}]); ,", line.p[0]))
		line = span_sub(line, 1, SIZE_MAX);
	return comment == SIZE_MAX && (!line.n || line.p[0] == '#');
}

static struct span behind_signs(struct span s)
{
	while (s.n && (s.p[0] == ';' || s.p[0] == ','))
		s = span_sub(s, 1, SIZE_MAX);
	return s;
}

/* Without each of its closing brackets in turn, its line is named or the one before. */
static void each_bracket_of_the_example_is_missed(void **state)
{
	struct arena a ARENA_AUTO;
	struct buf cut BUF_AUTO;
	struct span text;
	size_t n = 0;

	(void)state;
	arena_init(&a);
	buf_init(&cut, TEXT_MAX);
	text = example(&a);
	for (size_t at = 0; at < text.n; at++) {
		struct brackets found = { 0 };
		int line = line_of(text, at);

		if (!is_closer_at(text, at))
			continue;
		buf_clear(&cut);
		buf_add(&cut, span_sub(text, 0, at));
		buf_add(&cut, behind_signs(span_sub(text, at + 1, SIZE_MAX)));
		assert_true(find(buf_span(&cut), &found));
		if (found.line != line && found.line != line - 1)
			fail_msg("line %d was cut, %d was named: %s", line, found.line, found.text);
		n++;
	}
	assert_true(n > 30);
}

/* With each of the lines that close something twice, the second is named. */
static void each_line_too_many_in_the_example_is_found(void **state)
{
	struct arena a ARENA_AUTO;
	struct buf twice BUF_AUTO;
	struct span text, rest, line;
	size_t n = 0;

	(void)state;
	arena_init(&a);
	buf_init(&twice, TEXT_MAX);
	rest = text = example(&a);
	for (int number = 1; span_line(&rest, &line); number++) {
		struct brackets found = { 0 };
		struct span plain = span_trim(line);
		size_t at = (size_t)(rest.p - text.p);

		if (!rest.n || !plain.n || !strchr("}])", plain.p[0]))
			continue;
		buf_clear(&twice);
		buf_add(&twice, span_sub(text, 0, at));
		buf_add(&twice, line);
		buf_addc(&twice, '\n');
		buf_add(&twice, rest);
		assert_true(find(buf_span(&twice), &found));
		if (found.line < number || found.line > number + 1)
			fail_msg("line %d stood twice, %d was named: %s", number, found.line,
				 found.text);
		n++;
	}
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bracket_is_missed_where_it_should_be),
		cmocka_unit_test(each_bracket_of_the_example_is_missed),
		cmocka_unit_test(each_line_too_many_in_the_example_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
