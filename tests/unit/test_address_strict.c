#include "tests/unit/unit.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/net/address_strict.h"

static void addresses_that_may_be_sent_pass(void **state)
{
	static const char *const rows[] = {
		"a@b",
		"ann.lee+case@example.test",
		"support+abcdefghijklmnopqrstuvwxyz234567abcdefg@example.test",
		"!#$%&'*+-/=?^_`{|}~@example.test",
		"\"ann lee\"@example.test",
		"\"a..b\"@example.test",
		"a@[192.0.2.1]",
		"a@[IPv6:2001:db8::1]",
		"a@xn--mnchen-3ya.example",
		"a@1.example",
		"j\xc3\xb6rg.m\xc3\xbcller@example.test",
		"\xe7\x94\xa8\xe6\x88\xb7@example.test",
		"\"j\xc3\xb6rg.\"@example.test",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err e;

		if (address_strict_check(span_of(rows[i]), &e) < 0)
			fail_msg("%s: %s", rows[i], e.text);
	}
}

static void what_could_break_out_of_the_envelope_is_refused(void **state)
{
	static const struct span rows[] = {
		SPAN_LITERAL(""),
		SPAN_LITERAL("a"),
		SPAN_LITERAL("@b"),
		SPAN_LITERAL("a@"),
		SPAN_LITERAL("a@b\r\nRCPT TO:<c@d>"),
		SPAN_LITERAL("a@b\n"),
		SPAN_LITERAL("a\r@b"),
		SPAN_LITERAL("a@b\0c"),
		SPAN_LITERAL("a\0@b"),
		SPAN_LITERAL("a b@c"),
		SPAN_LITERAL("a@b c"),
		SPAN_LITERAL("a@b> SIZE=1"),
		SPAN_LITERAL("<a@b>"),
		SPAN_LITERAL("a@b@c"),
		SPAN_LITERAL("a..b@c"),
		SPAN_LITERAL(".a@b"),
		SPAN_LITERAL("a.@b"),
		SPAN_LITERAL("a@b."),
		SPAN_LITERAL("a@.b"),
		SPAN_LITERAL("a@b..c"),
		SPAN_LITERAL("a@-b"),
		SPAN_LITERAL("a@b-"),
		SPAN_LITERAL("a@b_c"),
		SPAN_LITERAL("a@[1.2.3]"),
		SPAN_LITERAL("a@[IPv6:zz]"),
		SPAN_LITERAL("a@[]"),
		SPAN_LITERAL("\"\"@b"),
		SPAN_LITERAL("\"a\\\"b\"@c"),
		SPAN_LITERAL("\"a>b\"@c"),
		SPAN_LITERAL("\"a\tb\"@c"),
		SPAN_LITERAL("\"a@b\"@c"),
		SPAN_LITERAL("j\xf6rg@example.test"),
		SPAN_LITERAL("j\xc3@example.test"),
		SPAN_LITERAL("a\xc2\xa0"
			     "b@c"),
		SPAN_LITERAL("a\xe2\x80\xae"
			     "b@c"),
		SPAN_LITERAL("a\xef\xbc\x9e"
			     "b@c"),
		SPAN_LITERAL("\"a\xc3\"@c"),
		SPAN_LITERAL("a@m\xc3\xbcnchen.example"),
		SPAN_LITERAL("a,b@c"),
		SPAN_LITERAL("a;b@c"),
		SPAN_LITERAL("(x)a@b"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err e = { 0 };

		if (address_strict_check(rows[i], &e) == 0)
			fail_msg("row %zu passed", i);
		assert_int_equal(e.class, ERR_PERM);
	}
}

static int check_lengths(size_t local, size_t label, size_t labels)
{
	struct buf b BUF_AUTO;
	struct err e;

	buf_init(&b, 1000);
	for (size_t i = 0; i < local; i++)
		buf_addc(&b, 'a');
	for (size_t k = 0; k < labels; k++) {
		buf_addc(&b, k == 0 ? '@' : '.');
		for (size_t i = 0; i < label; i++)
			buf_addc(&b, 'd');
	}
	return address_strict_check(buf_span(&b), &e);
}

static void lengths_are_limited(void **state)
{
	(void)state;
	assert_int_equal(check_lengths(63, 3, 1), 0);
	assert_int_equal(check_lengths(64, 3, 1), 0);
	assert_int_equal(check_lengths(65, 3, 1), -1);
	assert_int_equal(check_lengths(1, 62, 1), 0);
	assert_int_equal(check_lengths(1, 63, 1), 0);
	assert_int_equal(check_lengths(1, 64, 1), -1);
	assert_int_equal(check_lengths(61, 63, 3), 0);	/* 253 */
	assert_int_equal(check_lengths(62, 63, 3), 0);	/* 254 */
	assert_int_equal(check_lengths(63, 63, 3), -1); /* 255 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_that_may_be_sent_pass),
		cmocka_unit_test(what_could_break_out_of_the_envelope_is_refused),
		cmocka_unit_test(lengths_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
