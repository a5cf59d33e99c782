/* What a provider fills in, what stays the operator's, and that its results count where it writes
 * them. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "conf/files.h"
#include "gatewayd/identity/border.h"
#include "gatewayd/identity/identity.h"

static struct conf *load(const char *path)
{
	struct conf_problems problems;
	struct conf *c;

	conf_problems_init(&problems);
	c = conf_load(path, CONF_POLICY_ONLY, &problems);
	if (!c)
		fail_msg("%s", buf_cstr(&problems.text));
	conf_problems_release(&problems);
	return c;
}

static void microsoft_needs_a_tenant_an_id_and_a_user(void **state)
{
	struct conf *c = load("tests/conf/good/microsoft365.conf");
	const struct conf_server *imap = &c->mailboxes[0].server, *smtp = &c->smtp.server;
	const struct conf_oauth *o = conf_oauth_find(c, "office");

	(void)state;
	assert_string_equal(imap->host, "outlook.office365.com");
	assert_int_equal(imap->port, 993);
	assert_int_equal(imap->tls, CONF_TLS_IMPLICIT);
	assert_int_equal(imap->auth, CONF_AUTH_XOAUTH2);
	assert_string_equal(smtp->host, "smtp.office365.com");
	assert_int_equal(smtp->port, 587);
	assert_int_equal(smtp->tls, CONF_TLS_STARTTLS);
	assert_int_equal(c->smtp.concurrency, 3);
	assert_string_equal(o->token_endpoint,
			    "https://login.microsoftonline.com/example.com/oauth2/v2.0/token");
	assert_string_equal(o->device_endpoint,
			    "https://login.microsoftonline.com/example.com/oauth2/v2.0/devicecode");
	assert_non_null(strstr(o->scope, "IMAP.AccessAsUser.All"));
	assert_int_equal(o->refresh_days, 90);
	assert_true(c->mailboxes[0].authres_without_id);
	assert_false(c->verp);
	assert_true(c->plus_addresses);
	assert_int_equal(c->border_hosts.n, 3);
	conf_free(&c);
}

static void what_the_operator_says_goes_before_google(void **state)
{
	struct conf *c = load("tests/conf/good/google.conf");
	const struct conf_mailbox *second = conf_mailbox_find(c, "second");
	const struct conf_oauth *o = conf_oauth_find(c, "workspace");

	(void)state;
	assert_string_equal(conf_mailbox_find(c, "support")->server.host, "imap.gmail.com");
	assert_string_equal(second->server.host, "localhost");
	assert_int_equal(second->server.port, 1993);
	assert_int_equal(second->server.tls, CONF_TLS_STARTTLS);
	assert_int_equal(second->server.auth, CONF_AUTH_PLAIN);
	assert_int_equal(c->smtp.server.auth, CONF_AUTH_OAUTHBEARER);
	assert_int_equal(c->smtp.concurrency, 2);
	assert_string_equal(o->token_endpoint, "https://oauth2.googleapis.com/token");
	assert_null(o->device_endpoint);
	assert_string_equal(o->scope, "https://mail.google.com/");
	assert_string_equal(o->subject, "support@example.com");
	assert_int_equal(o->refresh_days, 0);
	assert_false(second->authres_without_id);
	assert_true(c->verp);
	assert_string_equal(c->authserv_ids.v[0], "mx.google.com");
	conf_free(&c);
}

/* As these servers write them, shortened. */
#define FROM "From: ann@customer.example\n\n"
#define OUTLOOK_TOP                                                                            \
	"Received: from AM0PR01MB1.eurprd01.prod.outlook.com (2603:10a6::1) by\n"              \
	" VI1PR01MB2.eurprd01.prod.outlook.com with HTTPS; Mon, 2 Mar 2026 08:00:02 +0000\n"   \
	"Received: from AM5EUR03FT1.eop-EUR03.prod.protection.outlook.com (2603:10a6::3) by\n" \
	" AM0P101CA1.outlook.office365.com (2603:10a6::2) with Microsoft SMTP Server\n"        \
	" (version=TLS1_2, cipher=x) id 15.20.1.1 via Frontend Transport; Mon, 2 Mar 2026\n"   \
	" 08:00:01 +0000\n"
#define OUTLOOK_BORDER                                                                        \
	"Received: from mx.customer.example (192.0.2.1) by\n"                                 \
	" AM5EUR03FT1.mail.protection.outlook.com (10.152.16.1) with Microsoft SMTP Server\n" \
	" id 15.20.1.1 via Frontend Transport; Mon, 2 Mar 2026 08:00:00 +0000\n"
#define GOOGLE_TOP \
	"Received: by 2002:a05:6a10:1:b0:1:2 with SMTP id x; Mon, 2 Mar 2026 00:00:02 -0800\n"
#define GOOGLE_BORDER                                                             \
	"Received: from mx.customer.example (mx.customer.example. [192.0.2.1])\n" \
	" by mx.google.com with ESMTPS id y; Mon, 2 Mar 2026 00:00:01 -0800\n"

static void results_count_where_the_provider_writes_them(void **state)
{
	static const struct {
		const char *conf, *name, *mail;
		bool vouched;
	} rows[] = {
		{ "microsoft365", "its own",
		  OUTLOOK_TOP
		  "Authentication-Results: spf=pass (sender IP is 192.0.2.1)\n"
		  " smtp.mailfrom=customer.example; dkim=pass header.d=customer.example;\n"
		  " dmarc=pass action=none header.from=customer.example;\n" OUTLOOK_BORDER FROM,
		  true },
		{ "microsoft365", "a failure",
		  OUTLOOK_TOP
		  "Authentication-Results: spf=fail smtp.mailfrom=x.example; dkim=none;\n"
		  " dmarc=fail action=none header.from=customer.example;\n" OUTLOOK_BORDER FROM,
		  false },
		{ "microsoft365", "one that came along",
		  OUTLOOK_TOP OUTLOOK_BORDER
		  "Authentication-Results: dmarc=pass header.from=customer.example\n" FROM,
		  false },
		{ "google", "its own",
		  GOOGLE_TOP GOOGLE_BORDER
		  "Authentication-Results: mx.google.com;\n dkim=pass header.i=@customer.example;\n"
		  " dmarc=pass (p=REJECT) header.from=customer.example\n" FROM,
		  true },
		{ "google", "one that came along",
		  GOOGLE_TOP GOOGLE_BORDER
		  "Authentication-Results: mx.google.com; dmarc=fail header.from=customer.example\n"
		  "Authentication-Results: mx.google.com; dmarc=pass "
		  "header.from=customer.example\n" FROM,
		  false },
		{ "google", "above its own",
		  "Authentication-Results: mx.google.com; dmarc=pass "
		  "header.from=customer.example\n" GOOGLE_TOP GOOGLE_BORDER FROM,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena a ARENA_AUTO;
		struct conf *c;
		struct token_keys keys = { 0 };
		struct identity_world world = { .keys = &keys, .now = 1772438400, .arena = &a };
		struct header_scan scan;
		struct identity id;

		arena_init(&a);
		c = load(arena_printf(&a, "tests/conf/good/%s.conf", rows[i].conf));
		world.conf = c;
		world.mailbox = &c->mailboxes[0];
		header_scan(span_of(rows[i].mail), &a, &scan);
		identity_decide(&scan, &world, &id);
		if (id.vouched != rows[i].vouched)
			fail_msg("%s, %s: %s", rows[i].conf, rows[i].name, id.why);
		conf_free(&c);
	}
}

/* A configuration without servers, and behind it what the page has between .Bd and .Ed. */
static struct span example_conf(struct arena *a, struct span block)
{
	return span_of(arena_printf(a,
				    "hostname = \"mail.example.com\";\ncompany = \"Example\";\n"
				    "token_key_file = \"../tests/conf/good/token.key\";\n"
				    "policy_dir = \"../conf/policy\";\n"
				    "@include \"../tests/conf/parts/queues.conf\"\n"
				    "@include \"../tests/conf/parts/staff.conf\"\n" SPAN_FMT,
				    SPAN_ARG(block)));
}

static void load_example(struct arena *a, struct span block)
{
	char path[] = "build/howto-XXXXXX";
	struct span text = example_conf(a, block);
	int fd = mkstemp(path);
	struct conf_problems problems;
	struct conf *c;

	assert_int_equal(write(fd, text.p, text.n), (ssize_t)text.n);
	close(fd);
	conf_problems_init(&problems);
	c = conf_load(path, CONF_POLICY_ONLY, &problems);
	unlink(path);
	if (problems.count || problems.warnings)
		fail_msg("%s", buf_cstr(&problems.text));
	conf_problems_release(&problems);
	conf_free(&c);
}

static void each_example_of_the_howto_is_taken(void **state)
{
	struct arena a ARENA_AUTO;
	struct span page, block;
	const char *complaint;
	size_t n = 0, at;

	(void)state;
	arena_init(&a);
	assert_true(
	    files_read(files_new(&a), "gatewayd/gatewayd-howto.7", 1 << 20, &page, &complaint));
	while ((at = span_find(page, SPAN(".Bd"))) != SIZE_MAX) {
		page = span_sub(page, at, SIZE_MAX);
		span_line(&page, &block);
		at = span_find(page, SPAN(".Ed"));
		block = span_sub(page, 0, at);
		page = span_sub(page, at, SIZE_MAX);
		if (!span_starts(block, SPAN("oauth:")))
			continue;
		load_example(&a, block);
		n++;
	}
	assert_int_equal(n, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(microsoft_needs_a_tenant_an_id_and_a_user),
		cmocka_unit_test(what_the_operator_says_goes_before_google),
		cmocka_unit_test(results_count_where_the_provider_writes_them),
		cmocka_unit_test(each_example_of_the_howto_is_taken),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
