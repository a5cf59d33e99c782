#include "tests/unit/unit.h"

#include "gatewayd/net/imap_name.h"

static void names_go_out_in_the_servers_form(void **state)
{
	static const struct {
		const char *name;
		char delimiter;
		const char *prefix, *wire;
	} rows[] = {
		{ "INBOX", '/', "", "INBOX" },
		{ "Processed", '/', "", "Processed" },
		{ "Support/Processed", '/', "", "Support/Processed" },
		{ "Support/Processed", '.', "", "Support.Processed" },
		{ "Processed", '.', "INBOX.", "INBOX.Processed" },
		{ "INBOX/Processed", '.', "INBOX.", "INBOX.Processed" },
		{ "inbox.Processed", '.', "INBOX.", "inbox.Processed" },
		{ "INBOX", '.', "INBOX.", "INBOX" },
		{ "INBOXES", '.', "INBOX.", "INBOX.INBOXES" },
		{ "Erledigt \xc3\xbc", '/', "", "Erledigt &APw-" },
		{ "R&D", '/', "", "R&-D" },
		{ "\xe5\x8f\xb0\xe5\x8c\x97", '/', "", "&U,BTFw-" }, /* RFC 3501 section 5.1.3 */
		{ "\xf0\x9f\x93\xa7", '/', "", "&2D3c5w-" },
		{ "a/b", 0, "", "a/b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf wire BUF_AUTO;
		struct err e;

		buf_init(&wire, IMAP_NAME_MAX);
		assert_int_equal(
		    imap_name_encode(rows[i].name, rows[i].delimiter, rows[i].prefix, &wire, &e),
		    0);
		assert_string_equal(buf_cstr(&wire), rows[i].wire);
	}
}

static int encode(const char *name)
{
	struct buf wire BUF_AUTO;
	struct err e = { 0 };
	int r;

	buf_init(&wire, IMAP_NAME_MAX);
	r = imap_name_encode(name, '/', "", &wire, &e);
	if (r < 0)
		assert_int_equal(e.class, ERR_PERM);
	return r;
}

static void names_that_break_the_protocol_are_refused(void **state)
{
	char longest[IMAP_NAME_MAX + 2];

	(void)state;
	assert_int_equal(encode(""), -1);
	assert_int_equal(encode("a\r\nb"), -1);
	assert_int_equal(encode("a\x7f"), -1);
	assert_int_equal(encode("\xff"), -1);
	memset(longest, 'x', sizeof(longest));
	longest[IMAP_NAME_MAX + 1] = '\0';
	assert_int_equal(encode(longest), -1);
	longest[IMAP_NAME_MAX] = '\0';
	assert_int_equal(encode(longest), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_go_out_in_the_servers_form),
		cmocka_unit_test(names_that_break_the_protocol_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
