#include "gatewayd/grant/jwt.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"

enum { JWT_MAX = 16 * KIB, SHA1_SIZE = 20 };

struct jwt_key {
	gnutls_privkey_t key;
	/* Of the certificate, as headers name it (RFC 7515 section 4.1.7); "": there is none. */
	struct buf x5t, x5t_s256;
};

static int refused(int code, const char *what, struct err *e)
{
	return err_set(e, ERR_PERM, "%s: %s", what, gnutls_strerror(code));
}

static gnutls_datum_t datum(const char *text)
{
	return (gnutls_datum_t){ (unsigned char *)(uintptr_t)text, (unsigned int)strlen(text) };
}

static int fingerprint(gnutls_x509_crt_t crt, gnutls_digest_algorithm_t digest, struct buf *out)
{
	char bytes[SHA256_SIZE];
	size_t n = sizeof(bytes);
	int code = gnutls_x509_crt_get_fingerprint(crt, digest, bytes, &n);

	if (code == 0)
		base64url_add((struct span){ bytes, n }, out);
	return code;
}

/* That the key is the certificate's the server would tell, in words that nobody understands. */
static int check_pair(const struct jwt_key *k, gnutls_x509_crt_t crt, struct err *e)
{
	unsigned char a[SHA1_SIZE], b[SHA1_SIZE];
	size_t an = sizeof(a), bn = sizeof(b);
	gnutls_pubkey_t public;
	int code = gnutls_pubkey_init(&public);

	if (code < 0)
		return refused(code, "the key", e);
	code = gnutls_pubkey_import_privkey(public, k->key, 0, 0);
	if (code == 0)
		code = gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA1, a, &an);
	if (code == 0)
		code = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA1, b, &bn);
	gnutls_pubkey_deinit(public);
	if (code < 0)
		return refused(code, "the key", e);
	return an == bn && memcmp(a, b, an) == 0
		   ? 0
		   : err_set(e, ERR_PERM, "the certificate is of another key");
}

static int take_certificate(struct jwt_key *k, const char *pem, struct err *e)
{
	gnutls_datum_t text = datum(pem);
	gnutls_x509_crt_t crt;
	int code = gnutls_x509_crt_init(&crt), r = 0;

	if (code < 0)
		return refused(code, "the certificate", e);
	code = gnutls_x509_crt_import(crt, &text, GNUTLS_X509_FMT_PEM);
	if (code == 0)
		code = fingerprint(crt, GNUTLS_DIG_SHA1, &k->x5t);
	if (code == 0)
		code = fingerprint(crt, GNUTLS_DIG_SHA256, &k->x5t_s256);
	r = code < 0 ? refused(code, "the certificate", e) : check_pair(k, crt, e);
	gnutls_x509_crt_deinit(crt);
	return r;
}

static int take_key(struct jwt_key *k, const char *pem, struct err *e)
{
	gnutls_datum_t text = datum(pem);
	int code = gnutls_privkey_init(&k->key);

	if (code == 0)
		code = gnutls_privkey_import_x509_raw(k->key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (code < 0)
		return refused(code, "the private key", e);
	if (gnutls_privkey_get_pk_algorithm(k->key, NULL) != GNUTLS_PK_RSA)
		return err_set(e, ERR_PERM, "the private key is none of RSA");
	return 0;
}

struct jwt_key *jwt_key_new(const char *pem, const char *certificate, struct err *e)
{
	struct jwt_key *k = mem_alloc(sizeof(*k));

	buf_init(&k->x5t, 64);
	buf_init(&k->x5t_s256, 64);
	if (take_key(k, pem, e) < 0 || (certificate && take_certificate(k, certificate, e) < 0))
		jwt_key_free(&k);
	return k;
}

void jwt_key_free(struct jwt_key **k)
{
	if (!*k)
		return;
	if ((*k)->key)
		gnutls_privkey_deinit((*k)->key);
	buf_release(&(*k)->x5t);
	buf_release(&(*k)->x5t_s256);
	mem_free(k);
}

static void add_part(const json_t *j, struct buf *out)
{
	struct buf text BUF_AUTO;

	buf_init(&text, JWT_MAX);
	json_write(j, true, &text);
	base64url_add(buf_span(&text), out);
}

static json_t *header_of(const struct jwt_key *k, const char *id)
{
	json_t *j = json_pack("{s:s, s:s}", "alg", "RS256", "typ", "JWT");

	if (k->x5t.n) {
		json_object_set_new(j, "x5t", json_of_span(buf_span(&k->x5t)));
		json_object_set_new(j, "x5t#S256", json_of_span(buf_span(&k->x5t_s256)));
	} else if (id) {
		json_object_set_new(j, "kid", json_of_span(span_of(id)));
	}
	return j;
}

int jwt_sign(const struct jwt_key *k, const char *id, const json_t *claims, struct buf *out,
	     struct err *e)
{
	json_t *header JSON_AUTO = header_of(k, id);
	struct buf text BUF_AUTO;
	gnutls_datum_t bytes, signature;
	int code;

	buf_init(&text, JWT_MAX);
	add_part(header, &text);
	buf_addc(&text, '.');
	add_part(claims, &text);
	bytes = (gnutls_datum_t){ (unsigned char *)text.p, (unsigned int)text.n };
	code = gnutls_privkey_sign_data2(k->key, GNUTLS_SIGN_RSA_SHA256, 0, &bytes, &signature);
	if (code < 0)
		return refused(code, "signing", e);
	buf_add(out, buf_span(&text));
	buf_addc(out, '.');
	base64url_add((struct span){ (const char *)signature.data, signature.size }, out);
	gnutls_free(signature.data);
	return 0;
}

void jwt_claims(struct span token, struct buf *out)
{
	struct span header = span_cut(&token, '.'), claims = span_cut(&token, '.');
	json_t *j JSON_AUTO = NULL;
	struct buf text BUF_AUTO;
	struct err e;

	buf_init(&text, JWT_MAX);
	if (header.n && token.n && base64url_decode(claims, &text) &&
	    json_read(buf_span(&text), &j, &e) == 0 && json_is_object(j))
		json_write(j, true, out);
}
