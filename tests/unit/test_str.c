#include "tests/unit/unit.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/base/utf8.h"

static void scrub_drops_nul_and_marks_each_bad_byte(void **state)
{
	static const struct {
		struct span in;
		const char *out;
	} rows[] = {
		{ SPAN("plain"), "plain" },
		{ SPAN("a\0b"), "ab" },
		{ SPAN("\xc3\xa9"), "\xc3\xa9" },
		{ SPAN("\xc3"), "\xef\xbf\xbd" },
		{ SPAN("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ SPAN("long enough \xff for a word"), "long enough \xef\xbf\xbd for a word" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf b BUF_AUTO;

		buf_init(&b, 100);
		utf8_scrub(rows[i].in, &b);
		assert_string_equal(buf_cstr(&b), rows[i].out);
		assert_true(utf8_valid(buf_span(&b)));
	}
}

static void cut_and_line_walk_over_all_of_a_span(void **state)
{
	struct span s = SPAN("one\r\ntwo\n\nlast"), line;

	(void)state;
	assert_true(span_line(&s, &line) && span_is(line, "one"));
	assert_true(span_line(&s, &line) && span_is(line, "two"));
	assert_true(span_line(&s, &line) && span_is(line, ""));
	assert_true(span_line(&s, &line) && span_is(line, "last"));
	assert_false(span_line(&s, &line));
}

static void numbers_that_do_not_fit_are_refused(void **state)
{
	uint64_t v = 0;

	(void)state;
	assert_true(span_u64(SPAN("18446744073709551615"), &v) && v == UINT64_MAX);
	assert_false(span_u64(SPAN("18446744073709551616"), &v));
	assert_false(span_u64(SPAN(""), &v));
	assert_false(span_u64(SPAN("1 "), &v));
}

static void a_full_buffer_keeps_the_front(void **state)
{
	struct buf b BUF_AUTO;

	(void)state;
	buf_init(&b, 4);
	buf_adds(&b, "abc");
	assert_false(b.full);
	buf_adds(&b, "def");
	assert_true(b.full);
	assert_string_equal(buf_cstr(&b), "abcd");
}

static size_t find_slowly(struct span s, struct span needle)
{
	for (size_t i = 0; i + needle.n <= s.n; i++)
		if (span_eq_ci(span_sub(s, i, needle.n), needle))
			return i;
	return SIZE_MAX;
}

/* The number's digits to the base of five, as letters. */
static struct span spell(unsigned int number, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++, number /= 5)
		out[i] = "eEx \0"[number % 5];
	return (struct span){ out, n };
}

/* All texts of up to five letters, all needles of up to three. */
static void the_first_place_is_found_in_either_case(void **state)
{
	char text[5], needle[3];

	(void)state;
	for (unsigned int i = 0; i < 5 * 5 * 5 * 5 * 5; i++)
		for (unsigned int k = 0; k < 5 * 5 * 5; k++)
			for (size_t n = 0; n <= 3; n++) {
				struct span s = spell(i, 2 + n, text), of = spell(k, n, needle);

				assert_int_equal(span_find_ci(s, of), find_slowly(s, of));
			}
	assert_int_equal(span_find_ci(SPAN(""), SPAN("x")), SIZE_MAX);
	assert_int_equal(span_find_ci(SPAN("Out of Office"), SPAN("OFFICE")), 7);
}

static void a_hash_is_of_all_bytes(void **state)
{
	char text[21] = "the same twenty bytes";

	(void)state;
	for (size_t n = 0; n <= sizeof(text); n++) {
		struct span s = { text, n };
		uint64_t hash = span_hash(s);

		for (size_t i = 0; i < n; i++) {
			text[i] ^= 1;
			assert_true(span_hash(s) != hash);
			text[i] ^= 1;
		}
		assert_true(span_hash(s) == hash);
		assert_true(n == 0 || span_hash((struct span){ text, n - 1 }) != hash);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scrub_drops_nul_and_marks_each_bad_byte),
		cmocka_unit_test(cut_and_line_walk_over_all_of_a_span),
		cmocka_unit_test(numbers_that_do_not_fit_are_refused),
		cmocka_unit_test(a_full_buffer_keeps_the_front),
		cmocka_unit_test(the_first_place_is_found_in_either_case),
		cmocka_unit_test(a_hash_is_of_all_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
