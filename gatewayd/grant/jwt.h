/*
 * The home of GnuTLS: signed assertions (RFC 7523), by which a client or a service account says who
 * it is without handing out a secret.
 *
 * RS256 (RFC 7518 section 3.3) alone, which both providers take.
 */
#ifndef GATEWAYD_GRANT_JWT_H
#define GATEWAYD_GRANT_JWT_H

#include "gatewayd/base/json.h"

struct jwt_key;
/* From PEM; certificate: the PEM that belongs to it, or NULL.  ERR_PERM: what is wrong with them.
 */
struct jwt_key *jwt_key_new(const char *pem, const char *certificate, struct err *e);
void jwt_key_free(struct jwt_key **k);

/* Adds "HEADER.CLAIMS.SIGNATURE"; the header names the certificate, or the key by its id (NULL: by
 * nothing).  claims stays the caller's. */
int jwt_sign(const struct jwt_key *k, const char *id, const json_t *claims, struct buf *out,
	     struct err *e);

/* Adds the claims of a token as JSON, compact; nothing when it is none that can be read. */
void jwt_claims(struct span token, struct buf *out);

#endif
