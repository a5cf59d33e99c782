/* What is a file of certificates, from outside.  The certificate is of a curve, 10 years from 2026.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "conf/pem.h"

#define BODY                                                                 \
	"MIIBejCCAR+gAwIBAgIUGOXQLcOERPaFds4rebHM5pmtTRUwCgYIKoZIzj0EAwIw\n" \
	"EjEQMA4GA1UEAwwHVGVzdCBDQTAeFw0yNjExMjgwMzE1MTlaFw0zNjExMjUwMzE1\n" \
	"MTlaMBIxEDAOBgNVBAMMB1Rlc3QgQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n" \
	"AATKHJ8mVPTkmogWDO/HW4Sse9iRkBB/je6hhuPLDzFE4HBJWwow471JSFr80wSB\n" \
	"EUfhEDv7AgRtxSMgTy/ixvFYo1MwUTAdBgNVHQ4EFgQU3Wur53syCmCyACduVXlO\n" \
	"oUV1IJowHwYDVR0jBBgwFoAU3Wur53syCmCyACduVXlOoUV1IJowDwYDVR0TAQH/\n" \
	"BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA5ZMlLhsrV7VSKtyGxymSla/4yrIb\n" \
	"qQKFsPLNRpvs6LkCIQDJOkpnWPRT4ZWRVeonKk3/6paQLxTCcuwvVlv1BKIbWg==\n"
#define CERTIFICATE "-----BEGIN CERTIFICATE-----\n" BODY "-----END CERTIFICATE-----\n"

static const struct {
	const char *text;
	const char *wrong; /* NULL: nothing */
} rows[] = {
	{ CERTIFICATE, NULL },
	{ CERTIFICATE CERTIFICATE, NULL },
	{ "Subject: CN=Test\n\n" CERTIFICATE "# the end", NULL },
	{ "-----BEGIN PRIVATE KEY-----\nMAAA\n-----END PRIVATE KEY-----\n" CERTIFICATE, NULL },
	{ "", "no certificate in it" },
	{ "\n", "no certificate in it" },
	{ "company = \"Example\";\n", "no certificate in it" },
	{ BODY, "no certificate in it" },
	{ "\x30\x82\x01\x0a", "no certificate in it" },
	{ "-----BEGIN PRIVATE KEY-----\nMAAA\n-----END PRIVATE KEY-----\n", "a key" },
	{ "-----BEGIN CERTIFICATE REQUEST-----\n" BODY "-----END CERTIFICATE REQUEST-----\n",
	  "a key" },
	{ "-----BEGIN CERTIFICATE-----\n" BODY, "damaged or cut short" },
	{ "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "damaged or cut short" },
	{ "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n",
	  "damaged or cut short" },
	{ "-----BEGIN CERTIFICATE-----\n<html>\n-----END CERTIFICATE-----\n",
	  "damaged or cut short" },
	{ "-----BEGIN CERTIFICATE-----\n" BODY CERTIFICATE, "damaged or cut short" },
	{ CERTIFICATE "-----BEGIN CERTIFICATE-----\nMIIB\n", "damaged or cut short" },
};

static void a_file_of_certificates_has_whole_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *wrong = pem_wrong(span_of(rows[i].text));

		if (!wrong != !rows[i].wrong || (wrong && !strstr(wrong, rows[i].wrong)))
			fail_msg("row %zu: %s", i, wrong ? wrong : "taken");
	}
}

/* A file that was copied only in part. */
static void a_certificate_cut_anywhere_is_found(void **state)
{
	struct span whole = SPAN(CERTIFICATE);

	(void)state;
	for (size_t n = 0; n + strlen("-----END CERTIFICATE-----\n") < whole.n; n++)
		if (!pem_wrong(span_sub(whole, 0, n)))
			fail_msg("%zu bytes were taken", n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_of_certificates_has_whole_ones),
		cmocka_unit_test(a_certificate_cut_anywhere_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
