/*
 * The signature of a POST, as Standard Webhooks 1.0 has it: HMAC-SHA256 of "ID.TIMESTAMP.BODY".
 * Pure.
 */
#ifndef GATEWAYD_HOOKS_SIGNATURE_H
#define GATEWAYD_HOOKS_SIGNATURE_H

#include "gatewayd/base/buf.h"

enum { SIGNATURE_MAX = 256 };

struct signature_of {
	struct span id;
	int64_t at; /* of this try: receivers refuse what is old */
	struct span body;
};
/* The value of webhook-signature: "v1,BASE64", for each key one, with a blank between. */
void signature_add(const struct signature_of *s, const struct span *keys, size_t n,
		   struct buf *out);

#endif
