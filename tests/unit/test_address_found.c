/*
 * The address in From where it is not written as the standard wants: what core takes for it
 * (header_scan, addrspec_find), and what the parser shows.
 */
#include "tests/unit/parser_unit.h"

#include "gatewayd/identity/header_scan.h"
#include "gatewayd/identity/idn.h"
#include "parser/address.h"

static const struct from_case {
	const char *value;
	const char *core;	    /* NULL: nobody */
	bool sure;		    /* what vouches for it counts */
	const char *name, *address; /* the parser's, when it finds one; NULL: not looked at */
} cases[] = {
	{ "Example, Ann <ann@customer.test>", "ann@customer.test", true, "Example, Ann",
	  "ann@customer.test" },
	{ "Example, Ann, Dr. <ann@customer.test>", "ann@customer.test", true, "Example, Ann, Dr.",
	  "ann@customer.test" },
	{ "Acme, Inc., Support, Ann <ann@customer.test>", "ann@customer.test", true,
	  "Acme, Inc., Support, Ann", "ann@customer.test" },
	{ "\"Example\", Ann <ann@customer.test>", "ann@customer.test", true, "Example, Ann",
	  "ann@customer.test" },
	{ "=?utf-8?q?M=C3=BCller?=, Ann <ann@customer.test>", "ann@customer.test", true,
	  "Müller, Ann", "ann@customer.test" },
	{ "Support: Ann <ann@customer.test>", "ann@customer.test", true, "Support: Ann",
	  "ann@customer.test" },
	{ "Re: Printer: Ann <ann@customer.test>", "ann@customer.test", true, "Re: Printer: Ann",
	  "ann@customer.test" },
	{ "Tel: +49 89 123 <ann@customer.test>", "ann@customer.test", true, "Tel: +49 89 123",
	  "ann@customer.test" },
	{ "Ann; Example <ann@customer.test>", "ann@customer.test", true, "Ann; Example",
	  "ann@customer.test" },
	{ "Ann @ Customer <ann@customer.test>", "ann@customer.test", false, "Ann @ Customer",
	  "ann@customer.test" },
	{ "Ann @Customer <ann@customer.test>", "ann@customer.test", false, "Ann @Customer",
	  "ann@customer.test" },
	{ "@ann <ann@customer.test>", "ann@customer.test", false, "@ann", "ann@customer.test" },
	{ "Ann @ <ann@customer.test>", "ann@customer.test", false, "Ann @", "ann@customer.test" },
	{ "ann@customer.test Ann Example", "ann@customer.test", true, "Ann Example",
	  "ann@customer.test" },
	{ "Ann Example ann@customer.test", "ann@customer.test", true, "Ann Example",
	  "ann@customer.test" },
	{ "\"Ann Example\" ann@customer.test", "ann@customer.test", true, "Ann Example",
	  "ann@customer.test" },
	{ "Ann Example [ann@customer.test]", "ann@customer.test", true, "Ann Example",
	  "ann@customer.test" },
	{ "Ann Example (ann@customer.test)", "ann@customer.test", true, "Ann Example",
	  "ann@customer.test" },
	{ "Ann Example <ann@customer.test", "ann@customer.test", true, "Ann Example",
	  "ann@customer.test" },
	{ "Ann Example ann@customer.test>", "ann@customer.test", true, "Ann Example",
	  "ann@customer.test" },
	{ "Ann <mailto:ann@customer.test>", "ann@customer.test", true, "Ann", "ann@customer.test" },
	{ "\"Ann <ann@customer.test>\"", "ann@customer.test", true, "Ann", "ann@customer.test" },
	{ "'ann@customer.test'", "ann@customer.test", true, "", "ann@customer.test" },
	{ "Ann <'ann@customer.test'>", "ann@customer.test", true, "Ann", "ann@customer.test" },
	{ "<Ann ann@customer.test>", "ann@customer.test", true, "Ann", "ann@customer.test" },
	{ "Ann <<ann@customer.test>>", "ann@customer.test", true, "Ann", "ann@customer.test" },
	{ "\"Ann Example <ann@customer.test>", "ann@customer.test", true, "Ann Example",
	  "ann@customer.test" },
	{ "docomo.@customer.test", "docomo.@customer.test", true, "", "docomo.@customer.test" },
	{ "ann..x@customer.test", "ann..x@customer.test", true, "", "ann..x@customer.test" },
	{ "Ann <ann...@customer.test>", "ann...@customer.test", true, "Ann",
	  "ann...@customer.test" },
	{ "ann@customer.test.", "ann@customer.test", false, "", "ann@customer.test" },
	{ "Ann <ann@customer..test>", "ann@customer.test", false, "Ann", "ann@customer.test" },
	{ "ann@münchen.test", "ann@xn--mnchen-3ya.test", true, "", "ann@münchen.test" },
	{ "Ann <ann@MÜNCHEN.test>", "ann@xn--mnchen-3ya.test", true, "Ann", "ann@MÜNCHEN.test" },
	{ "ann@xn--mnchen-3ya.test", "ann@xn--mnchen-3ya.test", true, "",
	  "ann@xn--mnchen-3ya.test" },
	{ "ann@例え.テスト", "ann@xn--r8jz45g.xn--zckzah", true, "", "ann@例え.テスト" },
	{ "ann@пример.испытание", "ann@xn--e1afmkfd.xn--80akhbyknj4f", true, "",
	  "ann@пример.испытание" },
	{ "jörg@customer.test", "jörg@customer.test", true, "", "jörg@customer.test" },
	{ "Jörg <jörg@münchen.test>", "jörg@xn--mnchen-3ya.test", true, "Jörg",
	  "jörg@münchen.test" },
	{ "ann(work)@customer.test", "ann@customer.test", true, "work", "ann@customer.test" },
	{ "ann@(at)customer.test", "ann@customer.test", true, "at", "ann@customer.test" },
	{ "Ann <ann (work) @ customer.test>", "ann@customer.test", false, "Ann",
	  "ann@customer.test" },
	{ "ann @ customer.test", "ann@customer.test", false, "", "ann@customer.test" },
	{ "Ann <\"ann@customer.test\">", "ann@customer.test", true, "Ann", "ann@customer.test" },
	{ "Ann, <ann@customer.test>", "ann@customer.test", true, "Ann,", "ann@customer.test" },
	{ "Ann &lt;ann@customer.test&gt;", "ann@customer.test", true, "Ann", "ann@customer.test" },
	{ "Ann <ann\xef\xbc\xa0"
	  "customer.test>",
	  "ann@customer.test", false, "Ann", "ann@customer.test" },
	{ "ann\xef\xbc\xa0"
	  "customer.test",
	  "ann@customer.test", false, "", "ann@customer.test" },
	{ "Ann \xef\xbc\x9c"
	  "ann\xef\xbc\xa0"
	  "customer.test\xef\xbc\x9e",
	  "ann@customer.test", false, "Ann", "ann@customer.test" },
	{ "Example, Ann ann@customer.test", "ann@customer.test", true, "Example, Ann",
	  "ann@customer.test" },
	{ "Ann <ann@customer.test> on behalf of Bob", "ann@customer.test", true, "Ann",
	  "ann@customer.test" },
	{ "Ann <ann@customer.test>, <>", "ann@customer.test", true, "Ann", "ann@customer.test" },
	{ "Ann <ann@customer,test>", NULL, false, NULL, NULL },
	{ "Ann <ann@customer\\.test>", NULL, false, NULL, NULL },
	{ "Ann <ann@@customer.test>", NULL, false, NULL, NULL },
	{ "Ann <ann@customer.test/x>, Bob", NULL, false, NULL, NULL },
	{ "=\?utf-8\?B\?QW5uIDxhbm5AY3VzdG9tZXIudGVzdD4=\?=", "ann@customer.test", false, "Ann",
	  "ann@customer.test" },
	{ "=\?utf-8\?Q\?Ann_=3Cann=40customer.test=3E\?=", "ann@customer.test", false, "Ann",
	  "ann@customer.test" },
	{ "=\?utf-8\?Q\?ann=40customer.test_=3Ceve=40evil.test=3E\?=", NULL, false, NULL, NULL },
	{ "=\?utf-8\?Q\?ann=40customer.test\?= <eve@evil.test>", "eve@evil.test", true,
	  "ann@customer.test", "eve@evil.test" },
	{ "=\?utf-8\?Q\?ann=0D=0A=40customer.test\?=", "ann@customer.test", false, NULL, NULL },
	{ "=\?utf-8\?Q\?Ann\?=", NULL, false, NULL, NULL },
	{ "=\?utf-8\?Q\?ann=40customer.test", NULL, false, NULL, NULL },
	{ "Friends: ann@customer.test;", "ann@customer.test", false, "", "ann@customer.test" },
	{ "Friends:ann@customer.test;", "ann@customer.test", false, "", "ann@customer.test" },
	{ "Friends: Ann <ann@customer.test>;", "ann@customer.test", false, NULL, NULL },
	{ "\"Our friends\": Ann <ann@customer.test> ;", "ann@customer.test", false, NULL, NULL },
	{ "Friends: Ann <ann@customer.test>", "ann@customer.test", true, NULL, NULL },
	{ "Friends: ann@customer.test", "ann@customer.test", false, NULL, NULL },
	{ "A: B: ann@customer.test;;", "ann@customer.test", false, NULL, NULL },
	{ "Friends: (all of them) ann@customer.test;", "ann@customer.test", false, NULL, NULL },
	{ ":ann@customer.test;", "ann@customer.test", false, NULL, NULL },
	{ "Friends: ann@customer.test, ;", "ann@customer.test", false, NULL, NULL },
	{ "ann@customer.test <eve@evil.test>", NULL, false, "ann@customer.test", "eve@evil.test" },
	{ "eve@evil.test, ann@customer.test", NULL, false, NULL, NULL },
	{ "ann@customer.test, Example <eve@evil.test>", NULL, false, NULL, NULL },
	{ "\"ann@customer.test\", Example <eve@evil.test>", NULL, false, NULL, NULL },
	{ "\"Ann <ann@customer.test>\" eve@evil.test", NULL, false, NULL, NULL },
	{ "Ann (ann@customer.test), Eve <eve@evil.test>", NULL, false, NULL, NULL },
	{ "Ann <ann@customer.test> <eve@evil.test>", NULL, false,
	  "Ann <ann@customer.test> <eve@evil.test>", "" },
	{ "ann@customer.test eve@evil.test", NULL, false, "ann@customer.test eve@evil.test", "" },
	{ "Ann, Bob", NULL, false, NULL, NULL },
	{ "ann at customer.test", NULL, false, "ann at customer.test", "" },
	{ "=?utf-8?q?ann@customer.test?=", NULL, false, NULL, NULL },
	{ "ann@", NULL, false, "ann@", "" },
	{ "ann@[192.0.2.1]", NULL, false, "", "ann@[192.0.2.1]" },
	{ "ann@customer_x.test", NULL, false, NULL, NULL },
	{ "Ann <ann@-customer.test>", NULL, false, NULL, NULL },
};

static struct span value_of_mail(const struct from_case *c, struct arena *a)
{
	return span_of(arena_printf(a, "From: %s\r\nTo: x@y.z\r\n\r\n", c->value));
}

static bool core_is_right(const struct from_case *c)
{
	struct arena a ARENA_AUTO;
	struct header_scan s;
	bool right;

	arena_init(&a);
	header_scan(value_of_mail(c, &a), &a, &s);
	right = c->core ? span_is(s.from, c->core) && !s.from_unsure == c->sure : !s.from.p;
	if (!right)
		print_message("%s\n  core: \"%.*s\" %s\n", c->value, SPAN_ARG(s.from),
			      s.from_unsure ? "unsure" : "sure");
	return right;
}

static bool parser_is_right(const struct from_case *c)
{
	struct bench b BENCH_AUTO;
	struct facts_addresses list = { 0 };

	bench_init(&b);
	address_author(span_of(c->value), &b.r, &list);
	if (!c->name || (list.n == 1 && span_is(list.v[0].name, c->name) &&
			 span_is(list.v[0].address, c->address)))
		return true;
	print_message("%s\n  parser:", c->value);
	for (size_t i = 0; i < list.n; i++)
		print_message(" [%.*s|%.*s]", SPAN_ARG(list.v[i].name),
			      SPAN_ARG(list.v[i].address));
	print_message("\n");
	return false;
}

static void core_finds_the_one_address_that_a_person_would(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++)
		wrong += !core_is_right(&cases[i]);
	print_message("%zu cases, core wrong in %zu\n", ROWS(cases), wrong);
	assert_int_equal(wrong, 0);
}

static void the_parser_shows_the_same_one(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++)
		wrong += !parser_is_right(&cases[i]);
	print_message("%zu cases, parser wrong in %zu\n", ROWS(cases), wrong);
	assert_int_equal(wrong, 0);
}

static void domains_have_an_ascii_form(void **state)
{
	static const struct {
		const char *domain, *want; /* NULL: none */
	} rows[] = {
		{ "example.com", "example.com" },
		{ "EXAMPLE.com", "example.com" },
		{ "b\xc3\xbc"
		  "cher.example",
		  "xn--bcher-kva.example" },
		{ "B\xc3\x9c"
		  "CHER.example",
		  "xn--bcher-kva.example" },
		{ "fa\xc3\x9f.de", "xn--fa-hia.de" },
		{ "\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9\x88\xe4\xb8\x8d\xe8\xaf"
		  "\xb4"
		  "\xe4\xb8\xad\xe6\x96\x87.test",
		  "xn--ihqwcrb4cv8a8dqg056pqjye.test" }, /* RFC 3492 section 7.1 (B) */
		{ "\xd0\xbf\xd0\xbe\xd1\x87\xd0\xb5\xd0\xbc\xd1\x83\xd0\xb6\xd0\xb5\xd0\xbe\xd0\xbd"
		  "\xd0"
		  "\xb8\xd0\xbd\xd0\xb5\xd0\xb3\xd0\xbe\xd0\xb2\xd0\xbe\xd1\x80\xd1\x8f\xd1\x82\xd0"
		  "\xbf"
		  "\xd0\xbe\xd1\x80\xd1\x83\xd1\x81\xd1\x81\xd0\xba\xd0\xb8",
		  "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l" }, /* (J) */
		{ "\xe4\xbe\x8b\xe3\x80\x82\xe3\x83\x86", "xn--fsq.xn--ddk" },
		{ "\xef\xbd\x81.test", "a.test" },
		{ "u\xcc\x88.test", NULL },
		{ "a\xe2\x80\x8d"
		  "b.test",
		  NULL },
		{ "a\xe2\x84\x80.test", NULL },
		{ "a..b", NULL },
		{ "a\xff.b", NULL },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out BUF_AUTO;
		bool found;

		buf_init(&out, 300);
		found = idn_to_ascii(span_of(rows[i].domain), &out);
		if (found != (rows[i].want != NULL) ||
		    (found && !span_is(buf_span(&out), rows[i].want)))
			fail_msg("%s: \"%s\"", rows[i].domain, buf_cstr(&out));
	}
}

/* Dots out of place are quoted where mail carries the address. */
static void the_wire_has_its_own_form(void **state)
{
	static const struct {
		const char *address, *wire;
	} rows[] = {
		{ "ann@b.c", "ann@b.c" },	    { "ann.x@b.c", "ann.x@b.c" },
		{ "ann..x@b.c", "\"ann..x\"@b.c" }, { "ann.@b.c", "\"ann.\"@b.c" },
		{ ".ann@b.c", "\".ann\"@b.c" },	    { "\"ann x\"@b.c", "\"ann x\"@b.c" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out BUF_AUTO;

		buf_init(&out, 300);
		addrspec_put(span_of(rows[i].address), &out);
		assert_string_equal(buf_cstr(&out), rows[i].wire);
	}
}

static void hostile_repetition_is_linear(void **state)
{
	static const char *const units[] = { "(",    ")",	   "\"",	  "<",
					     "@",    "a@",	   "a@b.c,",	  "a,",
					     "a;",   ":",	   " @ ",	  "a, b@c.d ",
					     "&lt;", "a <b@c.d> ", "\xef\xbc\x9c" };
	enum { TIMES = 50 * 1000 };

	(void)state;
	for (size_t i = 0; i < ROWS(units); i++) {
		struct bench b BENCH_AUTO;
		struct facts_addresses list = { 0 };
		struct addrspec_found found;
		struct buf text BUF_AUTO;

		bench_init(&b);
		buf_init(&text, (size_t)TIMES * 10);
		for (size_t k = 0; k < TIMES; k++)
			buf_adds(&text, units[i]);
		addrspec_find(buf_span(&text), &b.arena, &found);
		address_list(buf_span(&text), &b.r, &list);
		address_author(buf_span(&text), &b.r, &list);
		assert_true(b.arena.used <= 16 * text.n + 65536);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(core_finds_the_one_address_that_a_person_would),
		cmocka_unit_test(the_parser_shows_the_same_one),
		cmocka_unit_test(domains_have_an_ascii_form),
		cmocka_unit_test(the_wire_has_its_own_form),
		cmocka_unit_test(hostile_repetition_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
