/* Where Authentication-Results count: in the places that our border writes to. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "gatewayd/identity/border.h"

static void the_host_behind_by_is_found(void **state)
{
	static const struct {
		const char *value, *host;
	} rows[] = {
		{ "from a.example (a.example [192.0.2.1]) by mx.example (Postfix) with ESMTP id 1",
		  "mx.example" },
		{ "from [192.0.2.1] (helo=by)\r\n\tby mx.example with esmtp (Exim 4.96)\r\n\tid x",
		  "mx.example" },
		{ "by 2002:a05:6a11:1 with SMTP id y; Sat, 28 Nov 2026 02:00:00 -0800",
		  "2002:a05:6a11:1" },
		{ "from A.PROD.OUTLOOK.COM (2603::1) by B.PROD.OUTLOOK.COM (2603::2) with HTTPS",
		  "B.PROD.OUTLOOK.COM" },
		{ "from by (evil [192.0.2.9]) by mx.example with ESMTP", "mx.example" },
		/* the client's name is not asked where the server is */
		{ "from by by evil.example", "evil.example" },
		{ "from x by mx.example; Sat", "mx.example" },
		{ "from x (by mx.example) by other.example", "other.example" },
		{ "(qmail 123 invoked by uid 0); Sat, 28 Nov 2026", "" },
		{ "from x (HELO y) (192.0.2.1) by mx.example with SMTP", "mx.example" },
		{ "from x with SMTP by mx.example", "" },
		{ "from", "" },
		{ "", "" },
		{ "by", "" },
		{ "(never ends by mx.example", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct span got = border_received_by(span_of(rows[i].value));

		if (!span_is(got, rows[i].host))
			fail_msg("%s: \"" SPAN_FMT "\"", rows[i].value, SPAN_ARG(got));
	}
}

#define A(n)	"Authentication-Results: mx; " n "\n"
#define R(host) "Received: from x (x [192.0.2.1]) by " host " with ESMTP\n"

static void results_count_beside_the_received_field_of_our_border(void **state)
{
	static const char *hosts[] = { "mx.example above",	 "mx2.example",
				       "mx.gmail.example below", "store.example inside",
				       "2002:* inside",		 "*.protection.example above" };
	static const struct {
		const char *name, *header, *fields;
	} rows[] = {
		{ "above the border", A("1") R("mx.example") A("2"), "1" },
		{ "a host without a word is above", A("1") R("mx2.example"), "1" },
		{ "a pattern", A("1") R("eur.protection.example"), "1" },
		{ "behind an inner host", R("store.example") A("1") R("MX.Example") A("2"), "1" },
		{ "the inner host's side", A("0") R("store.example") A("1") R("mx.example"), "1" },
		{ "two of the border's", A("1") A("2") R("mx.example"), "1 2" },
		/* its filter is down: what stands below came with the mail */
		{ "none of the border's", R("mx.example") A("1") R("mx.example"), "" },
		{ "none, one hop of theirs", R("mx.example") A("1") R("relay.evil.example"), "" },
		/* a second way in that is not ours, or not known */
		{ "through a host not named", R("other.example") A("1") R("mx.example"), "" },
		{ "through one that says nothing",
		  "Received: (qmail 1 invoked by uid 0)\n" A("1") R("mx.example"), "" },
		{ "no Received field", A("1"), "" },
		{ "inner hosts only", A("1") R("store.example"), "" },
		{ "a host that ends like ours", A("1") R("evilmx.example"), "" },
		{ "below", R("2002:a05::1") R("mx.gmail.example") A("1"), "1" },
		{ "below, the first alone", R("mx.gmail.example") A("1") A("2"), "1" },
		{ "below, not past the next hop", R("mx.gmail.example") R("x.example") A("1"), "" },
		{ "below, not above it", A("1") R("mx.gmail.example"), "" },
	};
	struct conf conf = { .border_hosts = { hosts, 6 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena a ARENA_AUTO;
		struct buf got BUF_AUTO;
		const struct span *fields;
		struct header_scan scan;
		size_t n;

		arena_init(&a);
		buf_init(&got, 1000);
		header_scan(span_of(arena_printf(&a, "%sFrom: a@b.c\n\n", rows[i].header)), &a,
			    &scan);
		border_results(&scan, &conf, &a, &fields, &n);
		for (size_t k = 0; k < n; k++)
			buf_addf(&got, "%s" SPAN_FMT, k ? " " : "",
				 SPAN_ARG(span_sub(fields[k], 4, SIZE_MAX)));
		if (!span_is(buf_span(&got), rows[i].fields))
			fail_msg("%s: \"%s\"", rows[i].name, buf_cstr(&got));
	}
}

static void our_own_servers_name_no_client_outside(void **state)
{
	static const char *hosts[] = { "mx.example above", "store.example inside" };
	static const struct {
		const char *header;
		bool inside;
	} rows[] = {
		{ "Received: by mx.example (Postfix)\n", true },
		{ R("store.example") "Received: by mx.example\n", true },
		{ R("mx.example"), false },
		{ R("mx.example") "Received: by mx.example\n", false },
		{ R("store.example") R("mx.example"), false },
		{ "Received: by mx.evil.example\n", false },
		{ R("store.example") "Received: by mx.evil.example\n", false },
		{ "Received: (qmail 1 invoked by uid 0)\n", false },
		{ "", false },
	};
	struct conf conf = { .border_hosts = { hosts, 2 } }, none = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char raw[1024];
		struct arena a ARENA_AUTO;
		struct header_scan scan;

		arena_init(&a);
		snprintf(raw, sizeof(raw), "%sFrom: a@b.c\n\n", rows[i].header);
		header_scan(span_of(raw), &a, &scan);
		if (border_is_inside(&scan, &conf) != rows[i].inside)
			fail_msg("%s", rows[i].header);
		assert_false(border_is_inside(&scan, &none));
	}
}

static void without_border_hosts_every_field_counts(void **state)
{
	struct conf conf = { 0 };
	struct arena a ARENA_AUTO;
	const struct span *fields;
	struct header_scan scan;
	size_t n;

	(void)state;
	arena_init(&a);
	header_scan(SPAN(A("1") R("x") A("2") "\n"), &a, &scan);
	border_results(&scan, &conf, &a, &fields, &n);
	assert_int_equal(n, 2);
	assert_true(span_is(fields[1], "mx; 2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_behind_by_is_found),
		cmocka_unit_test(results_count_beside_the_received_field_of_our_border),
		cmocka_unit_test(our_own_servers_name_no_client_outside),
		cmocka_unit_test(without_border_hosts_every_field_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
