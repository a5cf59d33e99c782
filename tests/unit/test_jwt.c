/* Signed assertions, and what is read in tokens. */
#include "tests/unit/unit.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "gatewayd/base/arena.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/grant/jwt.h"

/* A fresh key, RSA or another, as PEM. */
static const char *make_key(struct arena *a, gnutls_pk_algorithm_t algorithm, unsigned int bits)
{
	gnutls_x509_privkey_t key;
	gnutls_datum_t pem;
	const char *text;

	assert_int_equal(gnutls_x509_privkey_init(&key), 0);
	assert_int_equal(gnutls_x509_privkey_generate(key, algorithm, bits, 0), 0);
	assert_int_equal(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem), 0);
	text = arena_cstr(a, (struct span){ (const char *)pem.data, pem.size });
	gnutls_free(pem.data);
	gnutls_x509_privkey_deinit(key);
	return text;
}

static bool verifies(const char *pem, struct span signed_text, struct span signature)
{
	gnutls_datum_t text = { (unsigned char *)(uintptr_t)pem, (unsigned int)strlen(pem) };
	gnutls_datum_t data = { (unsigned char *)(uintptr_t)signed_text.p,
				(unsigned int)signed_text.n };
	gnutls_datum_t sig = { (unsigned char *)(uintptr_t)signature.p, (unsigned int)signature.n };
	gnutls_privkey_t key;
	gnutls_pubkey_t public;
	bool good;

	gnutls_privkey_init(&key);
	gnutls_pubkey_init(&public);
	assert_int_equal(gnutls_privkey_import_x509_raw(key, &text, GNUTLS_X509_FMT_PEM, NULL, 0),
			 0);
	assert_int_equal(gnutls_pubkey_import_privkey(public, key, 0, 0), 0);
	good = gnutls_pubkey_verify_data2(public, GNUTLS_SIGN_RSA_SHA256, 0, &data, &sig) >= 0;
	gnutls_pubkey_deinit(public);
	gnutls_privkey_deinit(key);
	return good;
}

static struct span decoded(struct arena *a, struct span part)
{
	struct buf out BUF_AUTO;

	buf_init(&out, 8192);
	assert_true(base64url_decode(part, &out));
	return arena_dup(a, buf_span(&out));
}

static void an_assertion_is_signed_by_the_key(void **state)
{
	struct arena a ARENA_AUTO;
	json_t *claims JSON_AUTO = json_pack("{s:s, s:I}", "iss", "robot", "exp", (json_int_t)7);
	struct span rest, text, header, body, signature;
	struct jwt_key *key;
	struct buf out BUF_AUTO;
	const char *pem, *other;
	struct err e;

	(void)state;
	arena_init(&a);
	buf_init(&out, 8192);
	pem = make_key(&a, GNUTLS_PK_RSA, 2048);
	other = make_key(&a, GNUTLS_PK_RSA, 2048);
	key = jwt_key_new(pem, NULL, &e);
	assert_non_null(key);
	assert_int_equal(jwt_sign(key, "k1", claims, &out, &e), 0);
	jwt_key_free(&key);
	rest = text = buf_span(&out);
	header = span_cut(&rest, '.');
	body = span_cut(&rest, '.');
	signature = decoded(&a, rest);
	text.n = header.n + 1 + body.n;
	assert_true(
	    span_is(decoded(&a, header), "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"k1\"}"));
	assert_true(span_is(decoded(&a, body), "{\"iss\":\"robot\",\"exp\":7}"));
	assert_true(verifies(pem, text, signature));
	assert_false(verifies(other, text, signature));
	text.n--;
	assert_false(verifies(pem, text, signature));
}

static void a_key_that_cannot_sign_is_named(void **state)
{
	struct arena a ARENA_AUTO;
	struct err e;

	(void)state;
	arena_init(&a);
	assert_null(jwt_key_new("no key", NULL, &e));
	assert_non_null(strstr(e.text, "the private key"));
	assert_null(jwt_key_new(make_key(&a, GNUTLS_PK_ECDSA, 256), NULL, &e));
	assert_non_null(strstr(e.text, "none of RSA"));
	assert_null(jwt_key_new(make_key(&a, GNUTLS_PK_RSA, 2048), "no certificate", &e));
	assert_non_null(strstr(e.text, "the certificate"));
}

static void claims_are_shown_without_the_signature(void **state)
{
	static const struct {
		const char *token, *claims;
	} rows[] = {
		{ "eyJhbGciOiJub25lIn0.eyJhdWQiOiJtYWlsIn0.c2ln", "{\"aud\":\"mail\"}" },
		{ "ya29.opaque", "" },
		{ "opaque", "" },
		{ "", "" },
		{ "a.b.c.d", "" },
		{ "eyJhbGciOiJub25lIn0.eyJhdWQiOiJtYWlsIn0", "" }, /* nothing is signed */
		{ "eyJhbGciOiJub25lIn0.WzFd.c2ln", "" },	   /* no object */
		{ "eyJhbGciOiJub25lIn0.%%%.c2ln", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out BUF_AUTO;

		buf_init(&out, 100);
		jwt_claims(span_of(rows[i].token), &out);
		if (!span_is(buf_span(&out), rows[i].claims))
			fail_msg("%s", rows[i].token);
	}
}

static void base64url_is_undone(void **state)
{
	struct buf text BUF_AUTO, back BUF_AUTO;
	uint8_t bytes[70];

	(void)state;
	crypto_random(bytes, sizeof(bytes));
	buf_init(&text, 200);
	buf_init(&back, 200);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		buf_clear(&text);
		buf_clear(&back);
		base64url_add((struct span){ (const char *)bytes, n }, &text);
		assert_true(base64url_decode(buf_span(&text), &back));
		assert_int_equal(back.n, n);
		assert_int_equal(n ? memcmp(back.p, bytes, n) : 0, 0);
	}
	assert_false(base64url_decode(SPAN("YQ=="), &back));
	assert_false(base64url_decode(SPAN("a+b/"), &back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_assertion_is_signed_by_the_key),
		cmocka_unit_test(a_key_that_cannot_sign_is_named),
		cmocka_unit_test(claims_are_shown_without_the_signature),
		cmocka_unit_test(base64url_is_undone),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
