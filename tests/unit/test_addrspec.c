#include "tests/unit/unit.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/identity/addrspec.h"

struct list_case {
	const char *value;
	const char *addresses; /* joined by blanks */
	size_t bad, groups;
};

static const struct list_case lists[] = {
	{ "ann@example.com", "ann@example.com", 0, 0 },
	{ "Ann <ann@Example.COM>", "ann@example.com", 0, 0 },
	{ "\"Ann, of Sales\" <ann@example.com>", "ann@example.com", 0, 0 },
	{ "\"a\\\"b <x@y>\" <ann@example.com>", "ann@example.com", 0, 0 },
	{ "ann@example.com (a (nested) comment, with <x@y>)", "ann@example.com", 0, 0 },
	{ "a@b.c, d@e.f", "a@b.c d@e.f", 0, 0 },
	{ "a@b.c,,\r\n d@e.f,", "a@b.c d@e.f", 0, 0 },
	{ "\"joe\"@example.com", "joe@example.com", 0, 0 },
	{ "\"joe doe\"@example.com", "\"joe doe\"@example.com", 0, 0 },
	{ "a@b.c <a@b.c>", "a@b.c", 0, 0 },
	{ "a.@b.c", "a.@b.c", 0, 0 },
	{ "a..b@b.c", "a..b@b.c", 0, 0 },
	{ "\"a..b\"@b.c", "a..b@b.c", 0, 0 },
	{ "Docomo <.a@b.c>", ".a@b.c", 0, 0 },
	{ "Team: a@b.c, d@e.f;", "a@b.c d@e.f", 0, 1 },
	{ "undisclosed-recipients:;", "", 0, 1 },
	{ "=?utf-8?q?boss=40corp=2Ecom?= <ann@example.com>", "ann@example.com", 0, 0 },
	{ "J. Q. Public <jq@example.com>", "jq@example.com", 0, 0 },
	{ "<ann@example.com>", "ann@example.com", 0, 0 },
	{ "< ann@example.com >", "ann@example.com", 0, 0 },
	{ "", "", 0, 0 },
	/* other scripts */
	{ "jörg@example.com", "jörg@example.com", 0, 0 },
	{ "Jörg <Jörg.Ä@Example.COM>, 用户@example.com", "Jörg.Ä@example.com 用户@example.com", 0,
	  0 },
	{ "Ann <ann@MÜNCHEN.test>", "ann@xn--mnchen-3ya.test", 0, 0 },
	{ "用户@例え.テスト, b@c.d", "用户@xn--r8jz45g.xn--zckzah b@c.d", 0, 0 },
	/* what is no address */
	{ "boss@corp.com <ann@evil.example>", "", 1, 0 },
	{ "=?utf-8?q?boss@corp.com?=", "", 1, 0 },
	{ "a@b.c d@e.f", "", 1, 0 },
	{ "<a@b.c> <d@e.f>", "", 1, 0 },
	{ "<a@b.c> trailing", "", 1, 0 },
	{ "<@relay.example:a@b.c>", "", 1, 0 },
	{ "a@[127.0.0.1]", "", 1, 0 },
	{ "a@b..c", "", 1, 0 },
	{ ".@b.c", "", 1, 0 },
	{ "a@-b.c", "", 1, 0 },
	{ "a@b.c.", "", 1, 0 },
	{ "a @b.c", "", 1, 0 },
	{ "a@b_c", "", 1, 0 },
	{ "@b.c", "", 1, 0 },
	{ "a@", "", 1, 0 },
	{ "Ann", "", 1, 0 },
	{ "<>", "", 1, 0 },
	{ "a@b.c\rFrom: x@y.z", "x@y.z", 1, 1 },
	{ "\"open <a@b.c>", "", 1, 0 },
	{ "(open a@b.c", "", 1, 0 },
	{ "<a@b.c", "", 1, 0 },
	{ "a)b@c.d", "", 1, 0 },
	{ "\xe4nn@example.com", "", 1, 0 },
	{ "ann\xef\xbc\xa0"
	  "x@example.com",
	  "", 1, 0 },
	{ "a\xc2\xa0"
	  "nn@example.com",
	  "", 1, 0 },
	{ "a\xe2\x80\xae"
	  "nn@example.com",
	  "", 1, 0 },
	{ "ann@\xc3.com", "", 1, 0 },
	{ "ann@a b\xc3\xbc.com", "", 1, 0 },
	{ "a\x01@b.c", "", 1, 0 },
	/* the others of a list stay */
	{ "bad, a@b.c", "a@b.c", 1, 0 },
	{ "Doe, John <j@example.com>", "j@example.com", 1, 0 },
};

static void lists_are_read_strictly(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		struct arena a ARENA_AUTO;
		struct addrspec_list got;
		struct buf joined BUF_AUTO;

		arena_init(&a);
		buf_init(&joined, 4096);
		addrspec_list_read(span_of(lists[i].value), 10, &a, &got);
		for (size_t k = 0; k < got.n; k++) {
			if (k)
				buf_addc(&joined, ' ');
			buf_add(&joined, got.v[k]);
		}
		if (!span_is(buf_span(&joined), lists[i].addresses) || got.bad != lists[i].bad ||
		    got.groups != lists[i].groups || got.cut)
			fail_msg("%s: \"%s\" bad %zu groups %zu", lists[i].value, buf_cstr(&joined),
				 got.bad, got.groups);
	}
}

static void a_nul_is_no_end_of_the_address(void **state)
{
	struct arena a ARENA_AUTO;
	struct addrspec_list got;

	(void)state;
	arena_init(&a);
	addrspec_list_read((struct span){ "a@b.c\0, d@e.f", 13 }, 10, &a, &got);
	assert_int_equal(got.n, 0);
	assert_int_equal(got.bad, 1);
}

static void what_is_past_the_maximum_is_cut(void **state)
{
	struct arena a ARENA_AUTO;
	struct addrspec_list got;

	(void)state;
	arena_init(&a);
	addrspec_list_read(SPAN("a@b.c, d@e.f"), 2, &a, &got);
	assert_int_equal(got.n, 2);
	assert_false(got.cut);
	addrspec_list_read(SPAN("a@b.c, d@e.f, g@h.i"), 2, &a, &got);
	assert_int_equal(got.n, 2);
	assert_true(got.cut);
	addrspec_list_read(SPAN("a@b.c, d@e.f"), 1, &a, &got);
	assert_int_equal(got.n, 1);
	assert_true(got.cut);
}

static struct span address_of(char *out, size_t local, size_t label)
{
	size_t n = 0;

	memset(out, 'a', local);
	n = local;
	out[n++] = '@';
	memset(out + n, 'b', label);
	n += label;
	memcpy(out + n, ".c", 2);
	return (struct span){ out, n + 2 };
}

static void lengths_have_limits(void **state)
{
	char text[400];

	(void)state;
	assert_true(addrspec_valid(address_of(text, 64, 63)));
	assert_false(addrspec_valid(address_of(text, 65, 63)));
	assert_false(addrspec_valid(address_of(text, 64, 64)));
	assert_false(addrspec_valid(SPAN("a@b.c ")));
	assert_false(addrspec_valid(SPAN("a@b.c>\r\nRCPT TO:<x@y.z")));
	assert_false(addrspec_valid(SPAN("\"a\r\nb\"@c.d")));
	assert_false(addrspec_valid(SPAN("\"a\"b\"@c.d")));
	assert_false(addrspec_valid(SPAN("\"a\\\"@c.d")));
	assert_true(addrspec_valid(SPAN("\"a\\\"b\"@c.d")));
}

static size_t read_nested(size_t depth)
{
	struct arena a ARENA_AUTO;
	struct addrspec_list got;
	struct buf text BUF_AUTO;

	arena_init(&a);
	buf_init(&text, 4096);
	for (size_t i = 0; i < depth; i++)
		buf_addc(&text, '(');
	for (size_t i = 0; i < depth; i++)
		buf_addc(&text, ')');
	buf_adds(&text, "a@b.c");
	addrspec_list_read(buf_span(&text), 50, &a, &got);
	return got.n;
}

static void comments_nest_so_deep_and_no_deeper(void **state)
{
	(void)state;
	assert_int_equal(read_nested(ADDRSPEC_COMMENTS_MAX - 1), 1);
	assert_int_equal(read_nested(ADDRSPEC_COMMENTS_MAX), 1);
	assert_int_equal(read_nested(ADDRSPEC_COMMENTS_MAX + 1), 0);
}

/* A mail of nothing but brackets, quotes or commas costs no more than its length. */
static void hostile_repetition_is_linear(void **state)
{
	static const char *const units[] = { "(", "\"", "<", "g:", ",", "a@b.c,", ")", "\\", ">" };
	enum { TIMES = 100 * 1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		struct arena a ARENA_AUTO;
		struct addrspec_list got;
		struct buf text BUF_AUTO;

		arena_init(&a);
		buf_init(&text, (size_t)TIMES * 10);
		for (size_t k = 0; k < TIMES; k++)
			buf_adds(&text, units[i]);
		addrspec_list_read(buf_span(&text), 50, &a, &got);
		assert_true(got.n + got.bad <= 50);
		assert_true(a.used <= text.n + 4096);
	}
}

static void a_comma_in_quotes_is_of_the_address(void **state)
{
	static const char *const cut[] = { "a@x.example",	  "\"b,\\\", c\"@x.example",
					   "\"d\\\\\"@x.example", "",
					   "e@x.example",	  "\"f, @x.example" };
	struct span list = SPAN("a@x.example , \"b,\\\", "
				"c\"@x.example,\"d\\\\\"@x.example,,e@x.example,\"f, @x.example");

	(void)state;
	for (size_t i = 0; i < sizeof(cut) / sizeof(*cut); i++)
		assert_true(span_is(addrspec_cut(&list), cut[i]));
	assert_int_equal(list.n, 0);
	list = SPAN("\"\\");
	assert_true(span_is(addrspec_cut(&list), "\"\\"));
	assert_int_equal(list.n, 0);
	assert_int_equal(addrspec_cut(&list).n, 0);
}

static void a_domain_has_one_form(void **state)
{
	static const char *const same[] = { "a@xn--mnchen-3ya.test", "b@MÜNCHEN.test",
					    "c@münchen.TEST", "\"d@e\"@Xn--Mnchen-3Ya.test" };
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		assert_true(
		    span_is(addrspec_domain_key(span_of(same[i]), &a), "xn--mnchen-3ya.test"));
	assert_int_equal(addrspec_domain_key(SPAN("no domain"), &a).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_comma_in_quotes_is_of_the_address),
		cmocka_unit_test(a_domain_has_one_form),
		cmocka_unit_test(lists_are_read_strictly),
		cmocka_unit_test(a_nul_is_no_end_of_the_address),
		cmocka_unit_test(what_is_past_the_maximum_is_cut),
		cmocka_unit_test(lengths_have_limits),
		cmocka_unit_test(comments_nest_so_deep_and_no_deeper),
		cmocka_unit_test(hostile_repetition_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
