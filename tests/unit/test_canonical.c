#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <unistd.h>

#include "gatewayd/net/canonical.h"

/* Fed in pieces of `step` bytes. */
static int canonical_in_steps(struct span in, size_t step, size_t max, struct buf *out,
			      struct err *e)
{
	struct canonical c;

	buf_init(out, max);
	canonical_init(&c);
	for (size_t at = 0; at < in.n; at += step)
		if (canonical_feed(&c, span_sub(in, at, step), out, e) < 0)
			return -1;
	return canonical_end(&c, out, e);
}

static void every_line_end_becomes_crlf_at_any_cut(void **state)
{
	static const struct {
		struct span in;
		const char *out;
	} rows[] = {
		{ SPAN("a\r\nb\r\n"), "a\r\nb\r\n" },
		{ SPAN("a\nb\n"), "a\r\nb\r\n" },
		{ SPAN("a\rb\r"), "a\r\nb\r\n" },
		{ SPAN("a"), "a\r\n" },
		{ SPAN(""), "" },
		{ SPAN("\r\r\n\n"), "\r\n\r\n\r\n" },
		{ SPAN("\n\r"), "\r\n\r\n" },
		{ SPAN("x\n.\ny"), "x\r\n.\r\ny\r\n" },
		{ SPAN("a\r\nb\rc\r\n\r\nd\ne\r\n"), "a\r\nb\r\nc\r\n\r\nd\r\ne\r\n" },
		{ SPAN("x\r.\r\ny"), "x\r\n.\r\ny\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t step = 1; step <= rows[i].in.n + 1; step++) {
			struct buf out BUF_AUTO;
			struct err e;

			assert_int_equal(canonical_in_steps(rows[i].in, step, 1000, &out, &e), 0);
			assert_string_equal(buf_cstr(&out), rows[i].out);
		}
}

/* A line of n bytes between two others, fed in pieces of `step` bytes. */
static int with_line_of(size_t n, const char *end, size_t step, struct err *e)
{
	struct buf in BUF_AUTO, out BUF_AUTO;
	int r;

	buf_init(&in, 5000);
	buf_addf(&in, "Subject: x%s", end);
	for (size_t i = 0; i < n; i++)
		buf_addc(&in, 'x');
	buf_addf(&in, "%send%s", end, end);
	r = canonical_in_steps(buf_span(&in), step, 5000, &out, e);
	return r;
}

static void lines_are_refused_over_their_limit(void **state)
{
	static const char *const ends[] = { "\n", "\r\n", "\r" };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(ends) / sizeof(*ends); i++) {
		const char *end = ends[i / 2];
		size_t step = i % 2 ? 7 : 5000;
		struct err e = { 0 };

		assert_int_equal(with_line_of(CANONICAL_LINE_MAX - 1, end, step, &e), 0);
		assert_int_equal(with_line_of(CANONICAL_LINE_MAX, end, step, &e), 0);
		assert_int_equal(with_line_of(CANONICAL_LINE_MAX + 1, end, step, &e), -1);
		assert_int_equal(e.class, ERR_PERM);
		assert_non_null(strstr(e.text, "line 2"));
	}
}

static void nul_and_too_much_are_refused(void **state)
{
	struct buf out BUF_AUTO, behind BUF_AUTO, cut BUF_AUTO;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(canonical_in_steps(SPAN("a\nb\0c\n"), 2, 100, &out, &e), -1);
	assert_int_equal(e.class, ERR_PERM);
	assert_int_equal(canonical_in_steps(SPAN("a\r\nb\r\n\0c\r\n"), 100, 100, &behind, &e), -1);
	assert_non_null(strstr(e.text, "line 3"));
	assert_int_equal(canonical_in_steps(SPAN("1234567890"), 3, 11, &cut, &e), -1);
	assert_int_equal(e.class, ERR_PERM);
}

static void a_message_is_taken_whole(void **state)
{
	struct buf out BUF_AUTO;
	struct err e;

	(void)state;
	buf_init(&out, 100);
	assert_int_equal(canonical(SPAN("a\nb"), &out, &e), 0);
	assert_string_equal(buf_cstr(&out), "a\r\nb\r\n");
}

static void what_goes_out_as_it_is_is_known_at_any_length(void **state)
{
	static const struct {
		struct span in;
		bool is, dots;
	} rows[] = {
		{ SPAN(""), true, false },
		{ SPAN("\r\n"), true, false },
		{ SPAN("a\tb\fc\r\n"), true, false },
		{ SPAN("a.\r\nb.c\r\n"), true, false },
		{ SPAN(".\r\n"), true, true },
		{ SPAN("a\r\n.b\r\n"), true, true },
		{ SPAN("\xff\x80\r\n"), true, false },
		{ SPAN("a"), false, false },
		{ SPAN("a\r"), false, false },
		{ SPAN("a\n"), false, false },
		{ SPAN("a\r\r\n"), false, false },
		{ SPAN("a\n\r\n"), false, false },
		{ SPAN("a\0b\r\n"), false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t n = 0; n < 40; n++) {
			struct buf in BUF_AUTO;
			bool dots = false;

			buf_init(&in, 100);
			for (size_t k = 0; k < n; k++)
				buf_addc(&in, 'x');
			buf_adds(&in, "\r\n");
			buf_add(&in, rows[i].in);
			assert_int_equal(canonical_is(buf_span(&in), &dots), rows[i].is);
			assert_int_equal(dots, rows[i].dots);
		}
}

static void a_line_over_its_limit_does_not_go_out_as_it_is(void **state)
{
	(void)state;
	for (size_t n = CANONICAL_LINE_MAX - 1; n <= CANONICAL_LINE_MAX + 1; n++) {
		struct buf in BUF_AUTO;
		bool dots;

		buf_init(&in, 5000);
		buf_adds(&in, "x\r\n");
		memset(buf_room(&in, n), '.', n);
		in.n += n;
		buf_adds(&in, "\r\n");
		assert_int_equal(canonical_is(buf_span(&in), &dots), n <= CANONICAL_LINE_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_end_becomes_crlf_at_any_cut),
		cmocka_unit_test(lines_are_refused_over_their_limit),
		cmocka_unit_test(nul_and_too_much_are_refused),
		cmocka_unit_test(a_message_is_taken_whole),
		cmocka_unit_test(what_goes_out_as_it_is_is_known_at_any_length),
		cmocka_unit_test(a_line_over_its_limit_does_not_go_out_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
