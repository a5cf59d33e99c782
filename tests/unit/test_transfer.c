#include "tests/unit/parser_unit.h"

#include "gatewayd/base/base64_block.h"
#include "gatewayd/base/base64_measure.h"
#include "gatewayd/base/utf8.h"
#include "parser/base64.h"
#include "parser/transfer.h"
#include "parser/uuencode.h"

static void write_buf(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

static void encodings_are_undone(void **state)
{
	static const struct {
		enum transfer encoding;
		const char *raw, *want;
		bool good;
	} rows[] = {
		{ TRANSFER_BASE64, "", "", true },
		{ TRANSFER_BASE64, "YQ==", "a", true },
		{ TRANSFER_BASE64, "YWI=", "ab", true },
		{ TRANSFER_BASE64, "YWJj", "abc", true },
		{ TRANSFER_BASE64, "YWJj\r\nZGVm\r\n", "abcdef", true },
		{ TRANSFER_BASE64, "Y W\tJ\nj", "abc", true },
		{ TRANSFER_BASE64, "YWI", "ab", true },
		{ TRANSFER_BASE64, "YWJjZ", "abc", false },
		{ TRANSFER_BASE64, "YQ==YWJj", "aabc", true },
		{ TRANSFER_BASE64, "YW!Jj", "abc", false },
		{ TRANSFER_BASE64, "YWJjZA==\n____\nfooter of a list\n", "abcd", false },
		{ TRANSFER_QUOTED_PRINTABLE, "a=3D=c3=B6", "a=\xc3\xb6", true },
		{ TRANSFER_QUOTED_PRINTABLE, "a=\r\nb=\nc= \t\r\nd", "abcd", true },
		{ TRANSFER_QUOTED_PRINTABLE, "a  \r\nb\t\n", "a\r\nb\n", true },
		{ TRANSFER_QUOTED_PRINTABLE, "a=20 \r\n", "a \r\n", true },
		{ TRANSFER_QUOTED_PRINTABLE, "=XY=1", "=XY=1", false },
		{ TRANSFER_QUOTED_PRINTABLE, "a=", "a", true },
		{ TRANSFER_UUENCODE, "begin 644 x\n#86)C\n`\nend\n", "abc", true },
		{ TRANSFER_UUENCODE, "#86)C\r\n", "abc", true },
		{ TRANSFER_UUENCODE, "#\n", "abc", false },
		{ TRANSFER_IDENTITY, "a=3D", "a=3D", true },
		{ TRANSFER_UNKNOWN, "a=3D", "a=3D", false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf got BUF_AUTO;
		struct transfer_out out = { write_buf, &got };

		buf_init(&got, 1000);
		assert_int_equal(transfer_decode(rows[i].encoding, span_of(rows[i].raw), &out),
				 rows[i].good);
		if (strcmp(rows[i].raw, "#\n") != 0)
			assert_string_equal(buf_cstr(&got), rows[i].want);
	}
}

static void no_encoding_makes_more_than_it_is_given(void **state)
{
	struct buf raw BUF_AUTO, got BUF_AUTO;
	struct transfer_out out = { write_buf, &got };

	(void)state;
	buf_init(&raw, 1 << 20);
	for (int i = 0; i < 1000; i++)
		buf_adds(&raw, "_\n");
	for (int e = 0; e <= TRANSFER_UNKNOWN; e++) {
		buf_init(&got, 1 << 20);
		transfer_decode((enum transfer)e, buf_span(&raw), &out);
		assert_true(got.n <= raw.n);
		buf_release(&got);
	}
}

static void base64_is_the_same_in_any_pieces(void **state)
{
	struct buf raw BUF_AUTO, got BUF_AUTO;
	struct transfer_out out = { write_buf, &got };

	(void)state;
	buf_init(&raw, 1 << 20);
	buf_init(&got, 1 << 20);
	for (int i = 0; i < 5000; i++)
		buf_adds(&raw, i % 19 == 18 ? "YWJj\r\n" : "YWJj");
	assert_true(transfer_decode(TRANSFER_BASE64, buf_span(&raw), &out));
	assert_int_equal(got.n, 15000);
	for (size_t i = 0; i < got.n; i++)
		assert_int_equal(got.p[i], "abc"[i % 3]);
}

/* Decodes s, `at_once` characters at a time. */
static void decode_by(struct span s, size_t at_once, struct buf *out, bool *ret_bad)
{
	struct base64 b = { 0 };
	char *to;

	buf_clear(out);
	while (s.n) {
		struct span in = span_sub(s, 0, at_once);

		s = span_sub(s, in.n, SIZE_MAX);
		to = buf_room(out, BASE64_ROOM(at_once) + 2);
		out->n += base64_update(&b, false, &in, to);
	}
	to = buf_room(out, 2);
	out->n += base64_end(&b, to);
	*ret_bad = b.bad;
}

/* Every byte at every place of what is decoded in blocks. */
static void base64_in_blocks_is_that_of_single_characters(void **state)
{
	enum { N = 3 * BASE64_BLOCK + 5 };
	struct buf one BUF_AUTO, many BUF_AUTO;

	(void)state;
	buf_init(&one, 1 << 10);
	buf_init(&many, 1 << 10);
	for (int c = 0; c < 256; c++)
		for (size_t place = 0; place < N; place++) {
			char raw[N];
			bool one_bad, many_bad;

			for (size_t i = 0; i < N; i++)
				raw[i] = "ABCXYZabcxyz0189+/"[(i * 7 + (size_t)c) % 18];
			raw[place] = (char)c;
			decode_by((struct span){ raw, N }, 1, &one, &one_bad);
			decode_by((struct span){ raw, N }, N, &many, &many_bad);
			assert_true(one_bad == many_bad &&
				    span_eq(buf_span(&one), buf_span(&many)));
		}
}

static void behind_padding_data_goes_on_and_footers_do_not(void **state)
{
	static const struct {
		const char *raw, *want;
		bool good;
	} rows[] = {
		{ "YQ==\nYWJj\n", "aabc", true },
		{ "YQ==\nYQ==\nYQ==\n", "aaa", true },
		{ "YQ==\nYWI=YWI=\nYQ==\n", "aababa", true },
		{ "YQ==\n_____\n", "a", false },
		{ "YQ==\nYQ==\nno footer, this\n", "aa", false },
		{ "YQ==\nYQ==YWJj\nno footer, this\n", "aaabc", false },
		{ "YQ==\n\n\n  \n", "a", true },
		{ "YQ==\n\nYWJj\n", "aabc", true },
		{ "YQ======\n", "a", true },
		{ "=YQ==", "a", true },
		{ "=", "", true },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf got BUF_AUTO;
		struct transfer_out out = { write_buf, &got };

		buf_init(&got, 1000);
		bool good = transfer_decode(TRANSFER_BASE64, span_of(rows[i].raw), &out);
		if (good != rows[i].good || !span_starts(buf_span(&got), span_of(rows[i].want)))
			fail_msg("%s: \"" SPAN_FMT "\"", rows[i].raw, SPAN_ARG(buf_span(&got)));
	}
}

/* A line longer than what is held at a time: no seam shows, wherever it falls. */
static void a_long_quoted_line_has_no_seams(void **state)
{
	(void)state;
	for (int shift = 0; shift < 4; shift++) {
		struct buf raw BUF_AUTO, got BUF_AUTO;
		struct transfer_out out = { write_buf, &got };

		buf_init(&raw, 1 << 20);
		buf_init(&got, 1 << 20);
		for (int i = 0; i < shift; i++)
			buf_addc(&raw, 'x');
		for (int i = 0; i < 20000; i++)
			buf_adds(&raw, "=C3=B6 ");
		assert_true(transfer_decode(TRANSFER_QUOTED_PRINTABLE, buf_span(&raw), &out));
		assert_int_equal(got.n, shift + 20000 * 3 - 1);
		assert_true(utf8_valid(buf_span(&got)));
	}
}

static void names_are_found_with_what_hangs_on_them(void **state)
{
	static const struct {
		const char *value;
		enum transfer want;
	} rows[] = {
		{ "", TRANSFER_IDENTITY },
		{ "7bit", TRANSFER_IDENTITY },
		{ "BASE64", TRANSFER_BASE64 },
		{ "base64 (comment)", TRANSFER_BASE64 },
		{ "\"base64\"", TRANSFER_BASE64 },
		{ "quoted-printable;", TRANSFER_QUOTED_PRINTABLE },
		{ "x-uuencode", TRANSFER_UUENCODE },
		{ "rot13", TRANSFER_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_int_equal(transfer_find(span_of(rows[i].value)), rows[i].want);
}

static void note_name(void *ctx, struct span name, struct span lines)
{
	buf_add(ctx, name);
	buf_addf(ctx, "(%zu)", lines.n);
}

static void uuencoded_blocks_are_cut_out_of_text(void **state)
{
	static const struct {
		const char *raw, *rest, *found;
	} rows[] = {
		{ "a\nbegin 644 x y.gif\n#86)C\n`\nend\nb\n", "a\nb\n", "x y.gif(8)" },
		{ "begin 644 x\r\n#86)C\r\n`\r\nend\r\n", "", "x(10)" },
		{ "begin 644 x\n#86)C\nend\nbegin 0755 y\n`\nend\n", "", "x(6)y(2)" },
		{ "begin 644 \n#86)C\n`\nend\n", "", "(8)" },
		{ "begin the day\n#86)C\nend\n", "", "" },
		{ "begin 644 x\n#86)C\nthis is no data line at all\nend\n", "", "" },
		{ "begin 644 x\n#86)C\n", "", "" },
		{ "we begin 644 x\n`\nend\n", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf rest BUF_AUTO, found BUF_AUTO;

		buf_init(&rest, 1000);
		buf_init(&found, 1000);
		assert_int_equal(uuencode_cut(span_of(rows[i].raw), &rest, note_name, &found),
				 rows[i].found[0] != '\0');
		assert_string_equal(buf_cstr(&rest), rows[i].rest);
		assert_string_equal(buf_cstr(&found), rows[i].found);
	}
}

static void base64_is_measured(void **state)
{
	static const struct {
		const char *raw;
		int want; /* -1: none */
	} rows[] = {
		{ "", 0 },
		{ "YQ==", 1 },
		{ "YWI=", 2 },
		{ "YWJj", 3 },
		{ "YWJj\r\nZGVm\r\n", 6 },
		{ "Y W\tJ\nj", 3 },
		{ "YQ=\r\n=\r\n", 1 },
		{ "YWI", -1 },
		{ "YWJjZ", -1 },
		{ "YWJj=", -1 },
		{ "YWJj====", -1 },
		{ "YQ==YWJj", -1 },
		{ "YW!Jj", -1 },
		{ "Y===", -1 },
		{ "YW\vJj", -1 },
		{ "YWJj\n__", -1 },
		{ "YWJ\xe1", -1 },
		{ "=", -1 },
		{ "YQ==\nfooter", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t size = 0;

		assert_int_equal(base64_measure(span_of(rows[i].raw), &size), rows[i].want >= 0);
		assert_int_equal(size, rows[i].want >= 0 ? rows[i].want : 0);
	}
	assert_false(base64_measure((struct span){ "YWJ\0", 4 }, &(size_t){ 0 }));
}

static uint32_t next_random(void)
{
	static uint32_t seed = 1;

	return (seed = seed * 1664525u + 1013904223u) >> 8;
}

/* Mostly letters, so that most of it is base64 and much of that is whole. */
static struct span random_base64(char *out, size_t room)
{
	static const char others[] = "\r\n \t\n\n\n\n+/=09";
	size_t n = next_random() % room;

	for (size_t i = 0; i < n; i++)
		out[i] = next_random() % 16 ? (char)('A' + next_random() % 26)
					    : others[next_random() % (sizeof(others) - 1)];
	if (n && next_random() % 8 == 0)
		out[next_random() % n] = (char)next_random();
	return (struct span){ out, n };
}

/* Whatever is measured decodes to that, without a fault. */
static void what_is_measured_decodes_to_it(void **state)
{
	int measured = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char in[300];
		struct span s = random_base64(in, sizeof(in));
		struct buf out BUF_AUTO;
		size_t size;

		buf_init(&out, sizeof(in));
		if (!base64_measure(s, &size))
			continue;
		assert_true(
		    transfer_decode(TRANSFER_BASE64, s, &(struct transfer_out){ write_buf, &out }));
		assert_int_equal(out.n, size);
		measured++;
	}
	assert_true(measured > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_is_measured),
		cmocka_unit_test(what_is_measured_decodes_to_it),
		cmocka_unit_test(encodings_are_undone),
		cmocka_unit_test(no_encoding_makes_more_than_it_is_given),
		cmocka_unit_test(base64_in_blocks_is_that_of_single_characters),
		cmocka_unit_test(behind_padding_data_goes_on_and_footers_do_not),
		cmocka_unit_test(base64_is_the_same_in_any_pieces),
		cmocka_unit_test(a_long_quoted_line_has_no_seams),
		cmocka_unit_test(names_are_found_with_what_hangs_on_them),
		cmocka_unit_test(uuencoded_blocks_are_cut_out_of_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
