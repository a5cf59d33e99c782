#include "gatewayd/grant/grant_form.h"

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/net/https.h"

enum { CLIENT_LIFE_S = 300, SERVICE_LIFE_S = 3600, JTI_SIZE = 16 };

#define ASSERTION "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define BEARER	  "urn:ietf:params:oauth:grant-type:jwt-bearer"
#define DEVICE	  "urn:ietf:params:oauth:grant-type:device_code"

/* --- who it is --- */

/* {"client_email": ..., "private_key": ..., "private_key_id": ...} */
static struct jwt_key *key_of_service(struct grant_client *c, const char *text)
{
	json_t *j JSON_AUTO = NULL;
	struct err e;
	const char *pem;

	if (json_read(span_of(text), &j, &e) < 0 || !json_is_object(j)) {
		err_set(&c->wrong, ERR_PERM, "key_file is no JSON file of a service account");
		return NULL;
	}
	pem = json_string_value(json_object_get(j, "private_key"));
	if (!pem) {
		err_set(&c->wrong, ERR_PERM, "key_file has no private_key");
		return NULL;
	}
	if (!c->id && json_span(j, "client_email").n)
		c->id = mem_dup_span(json_span(j, "client_email"));
	if (json_span(j, "private_key_id").n)
		c->key_id = mem_dup_span(json_span(j, "private_key_id"));
	return jwt_key_new(pem, NULL, &c->wrong);
}

void grant_client_init(struct grant_client *c, const struct setup_grant *g)
{
	struct span key = g->key ? span_trim(span_of(g->key)) : SPAN("");

	*c =
	    (struct grant_client){ .id = g->conf.client_id ? mem_strdup(g->conf.client_id) : NULL };
	if (span_starts(key, SPAN("{")))
		c->key = key_of_service(c, g->key);
	else if (key.n)
		c->key = jwt_key_new(g->key, g->certificate, &c->wrong);
	if (!c->wrong.class && !c->id)
		err_set(&c->wrong, ERR_PERM, "client_id is missing, and key_file does not say it");
}

void grant_client_release(struct grant_client *c)
{
	jwt_key_free(&c->key);
	mem_free(&c->key_id);
	mem_free(&c->id);
}

static int add_assertion(const struct grant_client *c, const char *key, json_t *claims,
			 struct buf *form, struct err *e)
{
	struct buf text BUF_AUTO;
	int r;

	buf_init(&text, GRANT_FORM_MAX);
	r = jwt_sign(c->key, c->key_id, claims, &text, e);
	if (r == 0)
		https_form_add(form, key, buf_span(&text));
	json_decref(claims);
	return r;
}

static json_t *client_claims(const struct grant_client *c, const struct setup_grant *g, int64_t now)
{
	uint8_t random[JTI_SIZE];
	char jti[2 * JTI_SIZE + 1];

	crypto_random(random, sizeof(random));
	hex_encode(random, sizeof(random), jti);
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "aud", g->conf.token_endpoint,
			 "iss", c->id, "sub", c->id, "jti", jti, "iat", (json_int_t)now, "nbf",
			 (json_int_t)now, "exp", (json_int_t)(now + CLIENT_LIFE_S));
}

/* By secret, by assertion, or by its id alone (RFC 6749 section 2.1: public). */
static int add_client(const struct grant_client *c, const struct setup_grant *g, int64_t now,
		      struct buf *form, struct err *e)
{
	https_form_add(form, "client_id", span_of(c->id));
	if (g->client_secret)
		https_form_add(form, "client_secret", span_of(g->client_secret));
	if (!c->key)
		return 0;
	https_form_add(form, "client_assertion_type", SPAN(ASSERTION));
	return add_assertion(c, "client_assertion", client_claims(c, g, now), form, e);
}

static void add_scope(const struct setup_grant *g, struct buf *form)
{
	if (g->conf.scope)
		https_form_add(form, "scope", span_of(g->conf.scope));
}

/* --- what it asks for --- */

static int form_service(const struct grant_client *c, const struct setup_grant *g, int64_t now,
			struct buf *form, struct err *e)
{
	json_t *claims =
	    json_pack("{s:s, s:s, s:I, s:I}", "iss", c->id, "aud", g->conf.token_endpoint, "iat",
		      (json_int_t)now, "exp", (json_int_t)(now + SERVICE_LIFE_S));

	if (g->conf.scope)
		json_object_set_new(claims, "scope", json_of_span(span_of(g->conf.scope)));
	if (g->conf.subject)
		json_object_set_new(claims, "sub", json_of_span(span_of(g->conf.subject)));
	https_form_add(form, "grant_type", SPAN(BEARER));
	return add_assertion(c, "assertion", claims, form, e);
}

int grant_form(const struct grant_client *c, const struct setup_grant *g, struct span refresh,
	       int64_t now, struct buf *form, struct err *e)
{
	if (c->wrong.class) {
		*e = c->wrong;
		return -1;
	}
	if (g->conf.flow == CONF_FLOW_SERVICE)
		return form_service(c, g, now, form, e);
	if (g->conf.flow == CONF_FLOW_CLIENT) {
		https_form_add(form, "grant_type", SPAN("client_credentials"));
	} else {
		https_form_add(form, "grant_type", SPAN("refresh_token"));
		https_form_add(form, "refresh_token", refresh);
	}
	add_scope(g, form);
	return add_client(c, g, now, form, e);
}

void grant_form_device(const struct grant_client *c, const struct setup_grant *g, struct buf *form)
{
	https_form_add(form, "client_id", span_of(c->id));
	add_scope(g, form);
}

int grant_form_code(const struct grant_client *c, const struct setup_grant *g, const char *code,
		    int64_t now, struct buf *form, struct err *e)
{
	https_form_add(form, "grant_type", SPAN(DEVICE));
	https_form_add(form, "device_code", span_of(code));
	return add_client(c, g, now, form, e);
}
