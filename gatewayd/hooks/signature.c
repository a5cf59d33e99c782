#include "gatewayd/hooks/signature.h"

#include <inttypes.h>
#include <stdio.h>

#include "gatewayd/base/crypto.h"

void signature_add(const struct signature_of *s, const struct span *keys, size_t n, struct buf *out)
{
	char at[32];

	snprintf(at, sizeof(at), ".%" PRIi64 ".", s->at);
	for (size_t i = 0; i < n; i++) {
		const struct span parts[] = { s->id, span_of(at), s->body };
		uint8_t mac[SHA256_SIZE];

		hmac_sha256(keys[i], parts, sizeof(parts) / sizeof(*parts), mac);
		buf_adds(out, i ? " v1," : "v1,");
		base64_add((struct span){ (const char *)mac, sizeof(mac) }, out);
	}
}
