/* What a person types in the first hour, and what is read out of it. */
#include "tests/unit/unit.h"

#include "gatewayd/begin/begin_render.h"

static void servers_are_read_as_people_write_them(void **state)
{
	static const struct {
		const char *text;
		bool imap;
		const char *host; /* NULL: refused */
		int port;
		enum conf_tls tls;
		const char *again; /* as it is proposed */
	} rows[] = {
		{ "imap.example.com", true, "imap.example.com", 993, CONF_TLS_IMPLICIT,
		  "imap.example.com:993" },
		{ "smtp.example.com", false, "smtp.example.com", 587, CONF_TLS_STARTTLS,
		  "smtp.example.com:587" },
		{ "h:143", true, "h", 143, CONF_TLS_STARTTLS, "h:143" },
		{ "h:465", false, "h", 465, CONF_TLS_IMPLICIT, "h:465" },
		{ "h:10993 starttls", true, "h", 10993, CONF_TLS_STARTTLS, "h:10993 starttls" },
		{ "  127.0.0.1:25  none ", false, "127.0.0.1", 25, CONF_TLS_NONE,
		  "127.0.0.1:25 none" },
		{ "", true, NULL, 0, CONF_TLS_NONE, NULL },
		{ "imap example", true, NULL, 0, CONF_TLS_NONE, NULL },
		{ "https://imap.example.com", true, NULL, 0, CONF_TLS_NONE, NULL },
		{ "h:0", true, NULL, 0, CONF_TLS_NONE, NULL },
		{ "h:65536", true, NULL, 0, CONF_TLS_NONE, NULL },
		{ "h:x", true, NULL, 0, CONF_TLS_NONE, NULL },
		{ "h:993 ssl", true, NULL, 0, CONF_TLS_NONE, NULL },
		{ "h\"; store = \"x", true, NULL, 0, CONF_TLS_NONE, NULL },
		{ "-h", true, NULL, 0, CONF_TLS_NONE, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena a ARENA_AUTO;
		struct begin_server s;
		const char *wrong;

		arena_init(&a);
		wrong = begin_server_read(rows[i].text, rows[i].imap, &a, &s);
		if (!wrong != (rows[i].host != NULL))
			fail_msg("\"%s\": %s", rows[i].text, wrong ? wrong : "taken");
		if (wrong)
			continue;
		if (strcmp(s.host, rows[i].host) != 0 || s.port != rows[i].port ||
		    s.tls != rows[i].tls)
			fail_msg("\"%s\": %s:%d %d", rows[i].text, s.host, s.port, (int)s.tls);
		assert_string_equal(begin_server_text(&s, &a), rows[i].again);
	}
}

static void staff_are_read_with_names_and_short_names(void **state)
{
	static const struct {
		const char *text, *read; /* "id|name|address;" each; NULL: refused */
	} rows[] = {
		{ "Alice Archer <alice@example.com>", "alice|Alice Archer|alice@example.com;" },
		{ "bob@example.com", "bob|Bob|bob@example.com;" },
		{ "carol.chen@Example.com", "carol|Carol Chen|carol.chen@example.com;" },
		{ "\"Dave Diaz\" <dd@example.com>, eve@example.com,",
		  "dd|Dave Diaz|dd@example.com;eve|Eve|eve@example.com;" },
		{ "a@x.example, a@y.example", "a|A|a@x.example;a2|A|a@y.example;" },
		{ "4711@example.com", "staff|4711|4711@example.com;" },
		{ "", NULL },
		{ "Alice", NULL },
		{ "a@x.example b@x.example", NULL },
		{ "Group: a@x.example;", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena a ARENA_AUTO;
		struct buf read BUF_AUTO;
		struct begin_plan *p;
		const char *wrong;

		arena_init(&a);
		buf_init(&read, 4096);
		p = arena_alloc(&a, sizeof(*p));
		wrong = begin_staff_read(rows[i].text, &a, p);
		for (size_t k = 0; !wrong && k < p->staff_count; k++)
			buf_addf(&read, "%s|%s|%s;", p->staff[k].id, p->staff[k].name,
				 p->staff[k].address);
		if (!wrong != (rows[i].read != NULL))
			fail_msg("\"%s\": %s", rows[i].text, wrong ? wrong : buf_cstr(&read));
		if (!wrong)
			assert_string_equal(buf_cstr(&read), rows[i].read);
	}
}

static void no_answer_leaves_its_quotes(void **state)
{
	struct arena a ARENA_AUTO;
	struct buf text BUF_AUTO;
	struct begin_plan *p;
	struct err e = { 0 };

	(void)state;
	arena_init(&a);
	buf_init(&text, 64 * 1024);
	p = arena_alloc(&a, sizeof(*p));
	p->company = "A\"; operators = [ \"eve@evil.example\" ]; x = \"\\";
	p->hostname = p->zone = p->store = p->socket = p->smtp_user = "x";
	p->token_key.path = "k";
	p->mailboxes[0] =
	    (struct begin_mailbox){ "m", "m@x.example", "m", "technical", { 0 }, NULL };
	p->mailbox_count = 1;
	assert_null(begin_staff_read("\"a b\"@x.example", &a, p));
	assert_int_equal(begin_render(p, &a, &text, &e), 0);
	assert_true(span_find(buf_span(&text), SPAN("notify = [ \"\\\"a b\\\"@x.example\" ]")) !=
		    SIZE_MAX);
	assert_true(
	    span_find(buf_span(&text),
		      SPAN("company = \"A\\\"; operators = [ \\\"eve@evil.example\\\" ]; x = "
			   "\\\"\\\\\";")) != SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_are_read_as_people_write_them),
		cmocka_unit_test(staff_are_read_with_names_and_short_names),
		cmocka_unit_test(no_answer_leaves_its_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
