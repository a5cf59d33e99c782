/*
 * What a grant asks for: the forms of its flow (RFC 6749, RFC 7523, RFC 8628), with who it is.
 */
#ifndef GATEWAYD_GRANT_GRANT_FORM_H
#define GATEWAYD_GRANT_GRANT_FORM_H

#include "gatewayd/grant/jwt.h"
#include "gatewayd/wire/setup_tokens.h"

enum { GRANT_FORM_MAX = 64 * KIB };

struct grant_client {
	struct jwt_key *key; /* NULL: none */
	char *key_id;	     /* NULL: none */
	char *id;	     /* client, or address of the service account */
	struct err wrong;    /* ERR_NONE, or why there is no key */
};

/* Reads key and certificate, or the JSON file of a service account. */
void grant_client_init(struct grant_client *c, const struct setup_grant *g);
void grant_client_release(struct grant_client *c);

/* The form for an access token; refresh: "" where the flow has none. */
int grant_form(const struct grant_client *c, const struct setup_grant *g, struct span refresh,
	       int64_t now, struct buf *form, struct err *e);
/* For address and code, and then for what the person allowed. */
void grant_form_device(const struct grant_client *c, const struct setup_grant *g, struct buf *form);
int grant_form_code(const struct grant_client *c, const struct setup_grant *g, const char *code,
		    int64_t now, struct buf *form, struct err *e);

#endif
