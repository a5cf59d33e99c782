#include "tests/unit/unit.h"

#include <stdlib.h>

#include "gatewayd/identity/header_scan.h"
#include "gatewayd/identity/mail_identity.h"

static const char mail[] = "Received: one\r\nFrom: a@b.c\r\nTo: d@e.f\r\nDate: Sat\r\n"
			   "Subject: Hello world\r\nMessage-ID: <1@b.c>\r\n\r\nLine\r\n\r\nEnd\r\n";

static bool same(const char *a, const char *b)
{
	uint8_t one[SHA256_SIZE], two[SHA256_SIZE];

	crypto_init();
	mail_identity(span_of(a), one);
	mail_identity(span_of(b), two);
	return memcmp(one, two, SHA256_SIZE) == 0;
}

static void a_copy_by_another_way_is_the_same(void **state)
{
	static const char *const copies[] = {
		"Return-Path: <x@y.z>\nDelivered-To: q@e.f\nX-Spam: no\nAuthentication-Results: m; "
		"none\n"
		"Received: two\n\tfolded\nFrom: a@b.c\nTo: d@e.f\nDate: Sat\n"
		"Subject: Hello world\nMessage-ID: <1@b.c>\n\nLine\n\nEnd\n",
		/* other folding, other order, blank lines at the end */
		"Message-ID: <1@b.c>\r\nSUBJECT: Hello\r\n world\r\nDate: Sat\r\nTo:   d@e.f  \r\n"
		"From: a@b.c\r\n\r\nLine\r\n\r\nEnd\r\n\r\n\r\n",
		"From x Mon\nMessage-ID: <1@b.c>\nSubject: Hello world\nDate: Sat\nTo: d@e.f\n"
		"From: a@b.c\n\nLine\n\nEnd",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(copies) / sizeof(*copies); i++)
		if (!same(mail, copies[i]))
			fail_msg("copy %zu", i);
}

static void another_mail_is_another(void **state)
{
	static const char *const others[] = {
		"From: a@b.c\nTo: d@e.f\nDate: Sat\nSubject: Hello world\nMessage-ID: <2@b.c>\n\n"
		"Line\n\nEnd\n",
		"From: a@b.c\nTo: d@e.f\nDate: Sat\nSubject: Helloworld\nMessage-ID: <1@b.c>\n\n"
		"Line\n\nEnd\n",
		"From: a@b.c\nTo: d@e.f\nDate: Sat\nSubject: Hello world\nMessage-ID: <1@b.c>\n\n"
		"Line\nEnd\n",
		"From: a@b.c\nTo: d@e.f\nDate: Sat\nSubject: Hello world\nMessage-ID: <1@b.c>\n\n"
		"Line\n\nEnd!\n",
		"From: a@b.c\nCc: d@e.f\nDate: Sat\nSubject: Hello world\nMessage-ID: <1@b.c>\n\n"
		"Line\n\nEnd\n",
		"From: a@b.c\nFrom: d@e.f\nTo: d@e.f\nDate: Sat\nSubject: Hello world\n"
		"Message-ID: <1@b.c>\n\nLine\n\nEnd\n",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (same(mail, others[i]))
			fail_msg("other %zu", i);
}

/* Nothing in them is a field; each is the only trace of what somebody wrote. */
static void broken_mails_are_told_apart(void **state)
{
	(void)state;
	assert_false(same("just text\n", "other text\n"));
	assert_false(same("\njust text\n", ""));
	assert_false(same("From: a@b.c\njust text\n", "From: a@b.c\nother text\n"));
	assert_true(same("just text\r\n", "From x Mon\njust text\n"));
}

/* What lies past the limits of the header counts as body, so two such mails are told apart. */
static void a_header_without_end_still_tells_mails_apart(void **state)
{
	size_t n = 2 * (size_t)HEADER_SCAN_BYTES_MAX;
	char *a = malloc(n + 1), *b = malloc(n + 1);

	(void)state;
	assert_true(a && b);
	memset(a, 'x', n);
	a[n] = '\0';
	memcpy(a, "From: a@b.c\nX: ", 15);
	memcpy(b, a, n + 1);
	b[n - 1] = 'y';
	assert_true(same(a, a));
	assert_false(same(a, b));
	free(a);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_by_another_way_is_the_same),
		cmocka_unit_test(another_mail_is_another),
		cmocka_unit_test(broken_mails_are_told_apart),
		cmocka_unit_test(a_header_without_end_still_tells_mails_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
