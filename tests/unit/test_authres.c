#include "tests/unit/unit.h"

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"
#include "gatewayd/identity/authres.h"

static const char *const ids[] = { "mx.example", "mx2.example" };
static const struct authres_servers servers = { ids, 2, false };

struct case_row {
	const char *fields[3];
	const char *from_domain;
	bool vouched, found;
};

#define FROM "example.com"

static const struct case_row rows[] = {
	/* dmarc */
	{ { "mx.example; dmarc=pass header.from=example.com" }, FROM, true, true },
	{ { "MX.Example; DMARC=Pass (p=none dis=none) Header.From=Example.COM" },
	  FROM,
	  true,
	  true },
	{ { "mx.example 1; dmarc=pass header.from=example.com;" }, FROM, true, true },
	{ { "mx.example; dmarc/1=pass reason=\"good; dmarc=fail\" header.from=example.com" },
	  FROM,
	  true,
	  true },
	{ { "(a comment) mx.example (; dmarc=fail); spf=none smtp.mailfrom=; dmarc = pass\r\n"
	    "  header.from = example.com" },
	  FROM,
	  true,
	  true },
	{ { "mx.example; dkim=pass header.d=other.example header.b=Ab/c+=; spf=pass\r\n"
	    " smtp.mailfrom=a@other.example; dmarc=pass header.from=\"example.com\"" },
	  FROM,
	  true,
	  true },
	{ { "mx.example; dmarc=pass header.from=evil.example" }, FROM, false, true },
	{ { "mx.example; dmarc=pass header.from=sub.example.com" }, FROM, false, true },
	{ { "mx.example; dmarc=pass header.from=com" }, FROM, false, true },
	{ { "mx.example; dmarc=pass" }, FROM, false, true },
	{ { "mx.example; dmarc=fail header.from=example.com" }, FROM, false, true },
	{ { "mx.example; dmarc=bestguesspass header.from=example.com" }, FROM, false, true },
	{ { "mx.example; dmarc=pass header.from=example.com header.from=evil.example" },
	  FROM,
	  false,
	  true },
	{ { "mx.example; dmarc=pass header.from=evil.example header.from=example.com" },
	  FROM,
	  false,
	  true },
	{ { "mx.example; dmarc=pass header.from=example.com; dmarc=fail header.from=example.com" },
	  FROM,
	  false,
	  true },
	{ { "mx.example; dmarc=fail header.from=example.com; dkim=pass header.d=example.com" },
	  FROM,
	  false,
	  true },
	/* dkim */
	{ { "mx.example; dkim=pass header.d=example.com" }, FROM, true, true },
	{ { "mx.example; dkim=pass header.i=@example.com header.s=x header.b=\"abc\"" },
	  FROM,
	  true,
	  true },
	{ { "mx.example; dkim=fail header.d=example.com; dkim=pass header.d=example.com" },
	  FROM,
	  true,
	  true },
	{ { "mx.example; dkim=pass header.d=example.com" }, "sub.example.com", true, true },
	{ { "mx.example; dkim=pass header.d=com" }, FROM, false, true },
	{ { "mx.example; dkim=pass header.d=sub.example.com" }, FROM, false, true },
	{ { "mx.example; dkim=pass header.d=ample.com" }, FROM, false, true },
	{ { "mx.example; dkim=pass header.d=evil.example header.i=@example.com" },
	  FROM,
	  false,
	  true },
	{ { "mx.example; dkim=pass header.d=" }, FROM, false, true },
	{ { "mx.example; dkim=fail header.d=example.com" }, FROM, false, true },
	{ { "mx.example; dkim=none" }, FROM, false, true },
	{ { "mx.example; spf=pass smtp.mailfrom=example.com" }, FROM, false, true },
	{ { "mx.example; none" }, FROM, false, true },
	{ { "mx.example" }, FROM, false, true },
	/* who says so */
	{ { "mx2.example; dmarc=pass header.from=example.com" }, FROM, true, true },
	{ { "evil.example; dmarc=pass header.from=example.com" }, FROM, false, false },
	{ { "xmx.example; dmarc=pass header.from=example.com" }, FROM, false, false },
	{ { "mx.example.evil; dmarc=pass header.from=example.com" }, FROM, false, false },
	{ { "(mx.example; ) evil; dmarc=pass header.from=example.com" }, FROM, false, false },
	{ { "mx.example dmarc=pass header.from=example.com" }, FROM, false, false },
	{ { "spf=pass; dmarc=pass header.from=example.com" }, FROM, false, false },
	{ { "mx.example; dmarc=fail header.from=example.com",
	    "mx.example; dmarc=pass header.from=example.com" },
	  FROM,
	  false,
	  true },
	{ { "evil.example; dmarc=fail header.from=example.com",
	    "mx.example; dmarc=pass header.from=example.com" },
	  FROM,
	  true,
	  true },
	{ { "mx.example; spf=none", "mx2.example; dmarc=pass header.from=example.com" },
	  FROM,
	  false,
	  true },
	/* as the common servers write it */
	{ { "mx.example;\r\n\tdkim=pass header.d=example.com header.s=s1 header.b=\"AbC/d+=\";\r\n"
	    "\tspf=pass (mx.example: domain of a@example.com designates 192.0.2.1 as permitted "
	    "sender) smtp.mailfrom=a@example.com;\r\n\tdmarc=pass (policy=quarantine) "
	    "header.from=example.com" },
	  FROM,
	  true,
	  true },
	{ { "mx.example;\r\n       dkim=pass header.i=@example.com header.s=20230601 header.b=N4yV;"
	    "\r\n       arc=pass (i=1);\r\n       spf=pass (domain of a@b.c designates "
	    "2001:db8::1 as permitted sender) smtp.mailfrom=a@b.c;\r\n       dmarc=pass "
	    "(p=NONE sp=NONE dis=NONE) header.from=example.com" },
	  FROM,
	  true,
	  true },
	{ { "mx.example; dkim=pass (2048-bit key; unprotected) header.d=example.com "
	    "header.i=@example.com header.a=rsa-sha256 header.s=k header.b=abc/def=; "
	    "dkim-atps=neutral" },
	  FROM,
	  true,
	  true },
	{ { "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dkim=pass header.d="
	    "example.com;dmarc=pass action=none header.from=example.com;compauth=pass reason=100" },
	  FROM,
	  false,
	  false }, /* without an authserv-id anybody could have written it */
	/* broken ones */
	{ { "mx.example; dmarc=pass header.from=example.com (open" }, FROM, false, true },
	{ { "mx.example; dmarc=pass header.from=example.com \"open" }, FROM, false, true },
	{ { "mx.example; spf=pass smtp.mailfrom=\"x; dmarc=pass header.from=example.com\"@evil" },
	  FROM,
	  false,
	  true },
	{ { "mx.example; spf=pass smtp.mailfrom=x\"; dmarc=pass header.from=example.com\"" },
	  FROM,
	  false,
	  true },
	{ { "mx.example; dmarc==pass header.from=example.com" }, FROM, false, true },
	{ { "mx.example;; dmarc=pass header.from=example.com" }, FROM, false, true },
	{ { "mx.example; dmarc=pass header.from=example.com" }, "", false, true },
	{ { "" }, FROM, false, false },
	{ { ";" }, FROM, false, false },
};

static struct authres decide(const struct case_row *row)
{
	struct arena a ARENA_AUTO;
	struct span fields[3];
	struct authres got;
	const char *from;
	size_t n = 0;

	arena_init(&a);
	while (n < 3 && row->fields[n]) {
		fields[n] = span_of(row->fields[n]);
		n++;
	}
	from = row->from_domain[0] ? arena_printf(&a, "ann@%s", row->from_domain) : "";
	authres_decide(fields, n, &servers, span_of(from), &got);
	return got;
}

static void only_our_server_vouches_and_only_for_this_domain(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct authres got = decide(&rows[i]);

		if (got.vouched != rows[i].vouched || got.found != rows[i].found)
			fail_msg("%s | %s: vouched %d found %d, %s", rows[i].fields[0],
				 rows[i].from_domain, got.vouched, got.found, got.reason);
		assert_non_null(got.reason);
	}
}

static bool vouched_with(size_t bytes, size_t results)
{
	struct buf text BUF_AUTO;
	struct authres got;
	struct span field;

	buf_init(&text, 1024 * 1024);
	buf_adds(&text, "mx.example; dmarc=pass header.from=example.com");
	for (size_t i = 1; i < results; i++)
		buf_adds(&text, "; spf=none");
	while (text.n < bytes)
		buf_addc(&text, ' ');
	field = buf_span(&text);
	authres_decide(&field, 1, &servers, SPAN("ann@" FROM), &got);
	return got.vouched;
}

static void size_and_number_of_results_have_limits(void **state)
{
	(void)state;
	assert_true(vouched_with(AUTHRES_FIELD_MAX - 1, 1));
	assert_true(vouched_with(AUTHRES_FIELD_MAX, 1));
	assert_false(vouched_with(AUTHRES_FIELD_MAX + 1, 1));
	assert_true(vouched_with(0, AUTHRES_RESULTS_MAX - 1));
	assert_true(vouched_with(0, AUTHRES_RESULTS_MAX));
	assert_false(vouched_with(0, AUTHRES_RESULTS_MAX + 1));
}

static void without_a_configured_server_nobody_is_vouched_for(void **state)
{
	static const struct authres_servers none = { NULL, 0, false };
	struct span field = SPAN("mx.example; dmarc=pass header.from=example.com");
	struct authres got;

	(void)state;
	authres_decide(&field, 1, &none, SPAN("ann@" FROM), &got);
	assert_false(got.vouched);
	authres_decide(NULL, 0, &servers, SPAN("ann@" FROM), &got);
	assert_false(got.vouched);
}

static void what_proves_and_what_disproves_a_sender(void **state)
{
	static const struct {
		const char *field;
		bool without_id, vouched, failed;
	} cases[] = {
		{ "mx.example; auth=pass smtp.auth=ann@example.com", false, true, false },
		{ "mx.example; auth=pass smtp.auth=ANN@Example.COM", false, true, false },
		{ "mx.example; auth=pass smtp.auth=ann", false, false, false },
		{ "mx.example; auth=pass smtp.auth=bob@example.com", false, false, false },
		{ "mx.example; auth=fail smtp.auth=ann@example.com", false, false, false },
		{ "mx.example; auth=pass", false, false, false },
		{ "other.example; auth=pass smtp.auth=ann@example.com", false, false, false },
		{ "mx.example; auth=pass smtp.auth=ann@example.com; auth=pass smtp.auth=eve@x.y",
		  false, false, false },
		{ "mx.example; auth=pass smtp.auth=eve@x.y smtp.auth=ann@example.com", false, false,
		  false },
		{ "mx.example; auth=pass smtp.auth=ann@example.com; dmarc=fail "
		  "header.from=example.com",
		  false, true, false },
		{ "mx.example; dmarc=fail header.from=example.com", false, false, true },
		{ "mx.example; dmarc=fail (p=none)", false, false, true },
		{ "mx.example; dmarc=none; spf=fail", false, false, false },
		{ "mx.example; dmarc=temperror header.from=example.com", false, false, false },
		{ "other.example; dmarc=fail header.from=example.com", false, false, false },
		{ "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dkim=pass "
		  "(signature "
		  "was verified) header.d=example.com;dmarc=pass action=none "
		  "header.from=example.com;compauth=pass reason=100",
		  true, true, false },
		{ "dmarc=pass header.from=example.com", false, false, false },
		{ "dmarc=fail action=quarantine header.from=example.com", true, false, true },
		{ "dmarc=pass header.from=evil.example", true, false, false },
		{ "mx.example; dmarc=pass header.from=example.com", true, true, false },
		{ "evil.example; dmarc=pass header.from=example.com", true, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct authres_servers s = { ids, 2, cases[i].without_id };
		struct span field = span_of(cases[i].field);
		struct authres got;

		authres_decide(&field, 1, &s, SPAN("ann@example.com"), &got);
		if (got.vouched != cases[i].vouched || got.failed != cases[i].failed)
			fail_msg("%s: vouched %d failed %d, %s", cases[i].field, got.vouched,
				 got.failed, got.reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_our_server_vouches_and_only_for_this_domain),
		cmocka_unit_test(size_and_number_of_results_have_limits),
		cmocka_unit_test(what_proves_and_what_disproves_a_sender),
		cmocka_unit_test(without_a_configured_server_nobody_is_vouched_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
