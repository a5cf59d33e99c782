/*
 * The home of libsodium (keyed digests, random bytes, comparison in constant time) and of what
 * nettle does faster: SHA-256, with the processor's own instructions, and base64 of what is no
 * secret.
 */
#ifndef GATEWAYD_BASE_CRYPTO_H
#define GATEWAYD_BASE_CRYPTO_H

#include "gatewayd/base/buf.h"

enum {
	SHA256_SIZE = 32,
	SHA256_HEX_SIZE = 65, /* with the NUL */
	MAC_SIZE = 16,
	MAC_KEY_SIZE = 32,
};

/* Call once a process before anything else here; aborts when a library cannot start. */
void crypto_init(void);

/* A running SHA-256 (FIPS 180-4); short pieces are put together first. */
struct sha256 {
	_Alignas(8) unsigned char state[128];
	unsigned char waiting[512];
	size_t n; /* of waiting */
};
void sha256_init(struct sha256 *h);
void sha256_update(struct sha256 *h, struct span s);
void sha256_update_line(struct sha256 *h, struct span line); /* and a "\n" behind it */
void sha256_final(struct sha256 *h, uint8_t out[SHA256_SIZE]);
void sha256_of(struct span s, uint8_t out[SHA256_SIZE]);

/* Lower-case hex with a NUL; out has 2 * n + 1 bytes. */
void hex_encode(const uint8_t *bytes, size_t n, char *out);
bool hex_decode(struct span hex, uint8_t *out, size_t n); /* exactly n bytes */

/* HMAC (RFC 2104) with SHA-256, of the parts one behind the other; a key of any length. */
void hmac_sha256(struct span key, const struct span *parts, size_t n, uint8_t out[SHA256_SIZE]);

/* Keyed BLAKE2b (RFC 7693), MAC_SIZE bytes. */
void mac_of(const uint8_t key[MAC_KEY_SIZE], struct span message, uint8_t out[MAC_SIZE]);
bool crypto_equal(const uint8_t *a, const uint8_t *b, size_t n);
void crypto_random(void *out, size_t n);
/* At most CRYPTO_NAME_MAX bytes for what others are told, as a Message-ID: of those for many names,
 * which wait in this process's memory. */
enum { CRYPTO_NAME_MAX = 64 };
void crypto_random_name(void *out, size_t n);
void crypto_random_anew(void); /* nothing waits: as in a process that begins */
void crypto_wipe(void *p, size_t n);
/* The pages of a secret stay out of swap and core files, for as long as they are mapped; within
 * what RLIMIT_MEMLOCK leaves. */
void crypto_lock(const void *p, size_t n);

/* RFC 4648 section 6, lower case, no padding; out has base32_size(n) bytes with the NUL. */
static inline size_t base32_size(size_t n)
{
	return (n * 8 + 4) / 5 + 1;
}
void base32_encode(const uint8_t *bytes, size_t n, char *out);
bool base32_decode(struct span text, uint8_t *out, size_t n); /* any case, exactly n bytes */

/* RFC 4648 section 4, with padding, on one line; how long it takes tells of the bytes.  `out` has
 * base64_size(s.n) bytes; there is no NUL. */
static inline size_t base64_size(size_t n)
{
	return (n + 2) / 3 * 4;
}
void base64_encode(struct span s, char *out);
void base64_add(struct span s, struct buf *out);
/* In constant time, for secrets; RFC 4648 section 5, without padding. */
void base64_add_secret(struct span s, struct buf *out);
void base64url_add(struct span s, struct buf *out);
/* Each back, added to out; false: it is none, or does not fit. */
bool base64_read(struct span text, struct buf *out);
bool base64url_decode(struct span text, struct buf *out);

/* Sealed boxes (XChaCha20-Poly1305): SEAL_EXTRA bytes longer than what is in them, and bound to a
 * name that both sides know. */
enum { SEAL_KEY_SIZE = 32, SEAL_EXTRA = 24 + 16 };
/* One key of a secret for each purpose, which tells nothing of the others. */
void seal_key(struct span secret, const char *purpose, uint8_t ret_key[SEAL_KEY_SIZE]);
void seal_add(const uint8_t key[SEAL_KEY_SIZE], struct span name, struct span plain,
	      struct buf *out);
/* Adds what is in it; false: another key or name, or damaged. */
bool seal_open(const uint8_t key[SEAL_KEY_SIZE], struct span name, struct span sealed,
	       struct buf *out);

#endif
