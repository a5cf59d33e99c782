/* Tables as spreadsheets write them, and on which line each row and each JSON value stands. */
#include "tests/unit/unit.h"

#include "gatewayd/ctl/csv.h"
#include "gatewayd/ctl/json_lines.h"

/* Rows as "LINE:a|b", one behind the other, "!" for an error. */
static const struct {
	const char *text, *rows;
} tables[] = {
	{ "", "" },
	{ "a,b", "1:a|b " },
	{ "a,b\n", "1:a|b " },
	{ "a,b\r\nc,d\r\n", "1:a|b 2:c|d " },
	{ "\xef\xbb\xbf"
	  "a,b\n",
	  "1:a|b " },
	{ "# why\n\na,b\n  # more\nc,d\n", "3:a|b 5:c|d " },
	{ "a;b\nc,x;d\n", "1:a|b 2:c,x|d " },
	{ "a\tb\nc\td\n", "1:a|b 2:c|d " },
	{ " a , b \n", "1:a|b " },
	{ "a,\n,b\n,\n", "1:a| 2:|b 3:| " },
	{ "\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d " },
	{ "\"a\nb\",c\nd,e\n", "1:a\nb|c 3:d|e " },
	{ "\"a\" ,b\n", "1:a|b " },
	{ "\"\",b\n", "1:|b " },
	{ "a,\"b\n\n", "!" },
	{ "a,b\n\"c\"d,e\n", "1:a|b !" },
};

static void read_all(const char *text, struct buf *out)
{
	struct arena a ARENA_AUTO;
	struct csv_row row;
	struct csv csv;
	struct err e;
	int got;

	arena_init(&a);
	csv_init(&csv, span_of(text));
	while ((got = csv_next(&csv, &a, &row, &e)) > 0) {
		buf_addf(out, "%d:", row.line);
		for (size_t i = 0; i < row.n; i++) {
			buf_adds(out, i ? "|" : "");
			buf_add(out, row.v[i]);
		}
		buf_addc(out, ' ');
	}
	if (got < 0)
		buf_addc(out, '!');
}

static void rows_of_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		struct buf out BUF_AUTO;

		buf_init(&out, 4096);
		read_all(tables[i].text, &out);
		assert_string_equal(buf_cstr(&out), tables[i].rows);
	}
}

static void fields_up_to_the_limit(void **state)
{
	struct buf text BUF_AUTO, out BUF_AUTO;

	(void)state;
	buf_init(&text, 4096);
	buf_init(&out, 4096);
	for (int i = 1; i < CSV_FIELDS_MAX; i++)
		buf_adds(&text, "a,");
	read_all(buf_cstr(&text), &out); /* the last one is empty */
	assert_true(out.n > 0 && out.p[out.n - 1] != '!');
	buf_adds(&text, "a,");
	buf_clear(&out);
	read_all(buf_cstr(&text), &out);
	assert_string_equal(buf_cstr(&out), "!");
}

/* --- lines of JSON --- */

static void walk(json_t *j, struct json_lines *l, struct buf *out)
{
	json_t *inner;
	const char *key;
	size_t i;

	buf_addf(out, "%d ", json_lines_next(l));
	json_array_foreach(j, i, inner) walk(inner, l, out);
	json_object_foreach(j, key, inner) walk(inner, l, out);
}

static const struct {
	const char *text, *lines;
} values[] = {
	{ "[]", "1 " },
	{ "[\n1,\n\n2]", "1 2 4 " },
	{ "{\"a\":\n1, \"b\"\n:\n\"c\",\n\"d\":true}", "1 2 4 5 " },
	{ "[\"a:\\\"b\",\n{\"x\\\"\": [null,\n-1.5e3]}]", "1 1 2 2 2 3 " },
	{ "\n\n[ \"{[,:\" ,\n \"\\\\\", false ]", "3 3 4 4 " },
};

static void lines_of_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		struct arena a ARENA_AUTO;
		struct buf out BUF_AUTO;
		json_t *j JSON_AUTO = NULL;
		struct json_lines l;
		struct err e;

		arena_init(&a);
		buf_init(&out, 4096);
		assert_int_equal(json_read(span_of(values[i].text), &j, &e), 0);
		json_lines_read(span_of(values[i].text), &a, &l);
		walk(j, &l, &out);
		assert_string_equal(buf_cstr(&out), values[i].lines);
		assert_int_equal(l.at, l.n);
	}
}

static void a_value_passed_over_takes_all_inside_of_it(void **state)
{
	const char *text = "[{\"a\": [1, {\"b\": 2}]},\n3]";
	struct arena a ARENA_AUTO;
	json_t *j JSON_AUTO = NULL;
	struct json_lines l;
	struct err e;

	(void)state;
	arena_init(&a);
	assert_int_equal(json_read(span_of(text), &j, &e), 0);
	json_lines_read(span_of(text), &a, &l);
	json_lines_next(&l);
	assert_int_equal(json_lines_pass(&l, json_array_get(j, 0)), 1);
	assert_int_equal(json_lines_next(&l), 2);
}

static void comments_become_blank_and_lines_stay(void **state)
{
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	assert_true(span_is(json_without_comments(SPAN("# a\n \t# b\n1 # c\n"), &a),
			    "   \n \t   \n1 # c\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_tables),
		cmocka_unit_test(fields_up_to_the_limit),
		cmocka_unit_test(lines_of_values),
		cmocka_unit_test(a_value_passed_over_takes_all_inside_of_it),
		cmocka_unit_test(comments_become_blank_and_lines_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
