/* Domains that look like others, and those of several scripts. */
#include "tests/unit/unit.h"

#include "gatewayd/identity/confusable.h"
#include "gatewayd/identity/idn.h"

#define ROWS(v) (sizeof(v) / sizeof(*(v)))

static void a_look_alike_is_known(void **state)
{
	static const struct {
		const char *domain, *known;
		bool like;
	} rows[] = {
		{ "acme.test", "acme.test", false },
		{ "ACME.test", "acme.test", false },
		{ "acrne.test", "acme.test", true },
		{ "acme-.test", "acme.test", true },
		{ "ac-me.test", "acme.test", true },
		{ "paypa1.test", "paypal.test", true },
		{ "paypai.test", "paypal.test", true },
		{ "g00gle.test", "google.test", true },
		{ "vvidget.test", "widget.test", true },
		{ "clata.test", "data.test", true },
		{ "biq.test", "big.test", true },
		{ "fiag.test", "flag.test", true },
		{ "xn--cme-5cd.test", "acme.test", true },     /* Cyrillic a */
		{ "\xd0\xb0\x63me.test", "acme.test", true },  /* the same in UTF-8 */
		{ "xn--80ak6aa92e.test", "apple.test", true }, /* all of it Cyrillic */
		{ "xn--acm-dma.test", "acme.test", true },     /* e with an accent */
		{ "xn--ggle-0nda.test", "google.test", true }, /* Greek o */
		{ "acme.test.evil.example", "acme.test", true },
		{ "acme.testing", "acme.test", false },
		{ "mail.acme.test", "acme.test", false },
		{ "acne.test", "acme.test", false }, /* too short for a letter changed */
		{ "exampel.test", "example.test", true },
		{ "examples.test", "example.test", true },
		{ "exmple.test", "example.test", true },
		{ "exanple.test", "example.test", true },
		{ "example.text", "example.test", false }, /* another top-level domain */
		{ "sample.test", "example.test", false },
		{ "other.test", "acme.test", false },
		{ "", "acme.test", false },
		{ "acme.test", "", false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		if (confusable_is_like(span_of(rows[i].domain), span_of(rows[i].known)) !=
		    rows[i].like)
			fail_msg("%s as %s", rows[i].domain, rows[i].known);
}

static void scripts_that_mix_are_known(void **state)
{
	static const struct {
		const char *domain;
		bool mixed;
	} rows[] = {
		{ "acme.test", false },
		{ "acme-24.test", false },
		{ "xn--cme-5cd.test", true },
		{ "xn--80ak6aa92e.test", false },
		{ "xn--mnchen-3ya.test", false },
		{ "\xd0\xbf\xd0\xbe\xd1\x87\xd1\x82\xd0\xb0.test", false },
		{ "\xd0\xbf\x6f\xd1\x87\xd1\x82\xd0\xb0.test", true }, /* Latin o */
		{ "\xe6\x97\xa5\xe6\x9c\xac-net.test", false },
		{ "\xe6\x97\xa5\xd0\xbe.test", true },
		{ "\xce\xb1\xd0\xb1.test", true },
		{ "xn--\xff.test", true },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		if (confusable_mixed(span_of(rows[i].domain)) != rows[i].mixed)
			fail_msg("%s", rows[i].domain);
}

/* To ASCII and back it is the same; what is no Punycode stays. */
static void names_come_back(void **state)
{
	static const char *const names[] = {
		"m\xc3\xbcnchen.example",
		"\xd0\xbf\xd0\xbe\xd1\x87\xd1\x82\xd0\xb0.\xd1\x80\xd1\x84",
		"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.example",
		"a-b.c\xc3\xa9.d",
		"plain.example",
	};
	static const char *const others[] = {
		"xn--.test",
		"xn---.test",
		"xn--a-.b",
		"xn--99999999.x",
		"xn--zzzzzzzzzzzz.test",
		"xn--\x80.test",
		"xn--"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaa.test",
	};
	struct buf ascii BUF_AUTO, back BUF_AUTO;

	(void)state;
	buf_init(&ascii, 1000);
	buf_init(&back, 1000);
	for (size_t i = 0; i < ROWS(names); i++) {
		buf_clear(&ascii);
		buf_clear(&back);
		assert_true(idn_to_ascii(span_of(names[i]), &ascii));
		idn_to_text(buf_span(&ascii), &back);
		assert_string_equal(buf_cstr(&back), names[i]);
	}
	for (size_t i = 0; i < ROWS(others); i++) {
		buf_clear(&back);
		idn_to_text(span_of(others[i]), &back);
		assert_true(back.n <= 4 * strlen(others[i]));
		(void)confusable_mixed(span_of(others[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_look_alike_is_known),
		cmocka_unit_test(scripts_that_mix_are_known),
		cmocka_unit_test(names_come_back),
	};

	return cmocka_run_group_tests_name("confusable", tests, NULL, NULL);
}
