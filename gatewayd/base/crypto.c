#include "gatewayd/base/crypto.h"

#include <nettle/base64.h>
#include <nettle/nettle-meta.h>
#include <sodium.h>
#include <stdlib.h>

enum { NAMES_BYTES = 1024 /* taken from the kernel at once */ };

void crypto_init(void)
{
	if (sodium_init() < 0 || nettle_sha256.context_size > sizeof(((struct sha256 *)0)->state) ||
	    nettle_sha256.digest_size != SHA256_SIZE)
		abort();
}

void sha256_init(struct sha256 *h)
{
	nettle_sha256.init(h->state);
	h->n = 0;
}

static void flush(struct sha256 *h)
{
	nettle_sha256.update(h->state, h->n, h->waiting);
	h->n = 0;
}

void sha256_update(struct sha256 *h, struct span s)
{
	if (s.n > sizeof(h->waiting) - h->n)
		flush(h);
	if (s.n > sizeof(h->waiting)) {
		nettle_sha256.update(h->state, s.n, (const uint8_t *)s.p);
	} else if (s.n) {
		memcpy(h->waiting + h->n, s.p, s.n);
		h->n += s.n;
	}
}

void sha256_update_line(struct sha256 *h, struct span line)
{
	if (line.n >= sizeof(h->waiting) - h->n) {
		sha256_update(h, line);
		line = SPAN("");
	}
	if (h->n == sizeof(h->waiting))
		flush(h);
	memcpy(h->waiting + h->n, line.p, line.n);
	h->n += line.n;
	h->waiting[h->n++] = '\n';
}

void sha256_final(struct sha256 *h, uint8_t out[SHA256_SIZE])
{
	flush(h);
	nettle_sha256.digest(h->state, SHA256_SIZE, out);
}

void sha256_of(struct span s, uint8_t out[SHA256_SIZE])
{
	struct sha256 h;

	sha256_init(&h);
	sha256_update(&h, s);
	sha256_final(&h, out);
}

void hex_encode(const uint8_t *bytes, size_t n, char *out)
{
	sodium_bin2hex(out, n * 2 + 1, bytes, n);
}

bool hex_decode(struct span hex, uint8_t *out, size_t n)
{
	size_t got;

	return hex.n == n * 2 && sodium_hex2bin(out, n, hex.p, hex.n, NULL, &got, NULL) == 0 &&
	       got == n;
}

void mac_of(const uint8_t key[MAC_KEY_SIZE], struct span message, uint8_t out[MAC_SIZE])
{
	crypto_generichash(out, MAC_SIZE, (const unsigned char *)message.p, message.n, key,
			   MAC_KEY_SIZE);
}

bool crypto_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

void hmac_sha256(struct span key, const struct span *parts, size_t n, uint8_t out[SHA256_SIZE])
{
	crypto_auth_hmacsha256_state s;

	crypto_auth_hmacsha256_init(&s, (const unsigned char *)key.p, key.n);
	for (size_t i = 0; i < n; i++)
		crypto_auth_hmacsha256_update(&s, (const unsigned char *)parts[i].p, parts[i].n);
	crypto_auth_hmacsha256_final(&s, out);
	sodium_memzero(&s, sizeof(s));
}

void crypto_random(void *out, size_t n)
{
	randombytes_buf(out, n);
}

static _Thread_local struct {
	uint8_t bytes[NAMES_BYTES];
	size_t n;
} left;

void crypto_random_anew(void)
{
	crypto_wipe(left.bytes, sizeof(left.bytes));
	left.n = 0;
}

void crypto_random_name(void *out, size_t n)
{
	if (n > left.n) {
		left.n = sizeof(left.bytes);
		randombytes_buf(left.bytes, left.n);
	}
	left.n -= n;
	memcpy(out, left.bytes + left.n, n);
	crypto_wipe(left.bytes + left.n, n);
}

void crypto_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

/* Not undone: a page may hold two secrets, and locks do not add up. */
void crypto_lock(const void *p, size_t n)
{
	if (n)
		(void)sodium_mlock((void *)(uintptr_t)p, n); /* best effort, as swap is */
}

static const char base32_alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

void base32_encode(const uint8_t *bytes, size_t n, char *out)
{
	unsigned int bits = 0, held = 0;

	for (size_t i = 0; i < n; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 5; bits -= 5)
			*out++ = base32_alphabet[held >> (bits - 5) & 31];
	}
	if (bits)
		*out++ = base32_alphabet[held << (5 - bits) & 31];
	*out = '\0';
}

static int base32_value(unsigned char c)
{
	c = ascii_lower(c);
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= '2' && c <= '7')
		return c - '2' + 26;
	return -1;
}

bool base32_decode(struct span text, uint8_t *out, size_t n)
{
	unsigned int bits = 0, held = 0;
	size_t done = 0;

	if (text.n != base32_size(n) - 1)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		int v = base32_value((unsigned char)text.p[i]);

		if (v < 0)
			return false;
		held = held << 5 | (unsigned int)v;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			out[done++] = (uint8_t)(held >> bits);
		}
	}
	return done == n && (held & ((1U << bits) - 1)) == 0;
}

void base64_encode(struct span s, char *out)
{
	base64_encode_raw(out, s.n, (const uint8_t *)s.p);
}

void base64_add(struct span s, struct buf *out)
{
	size_t n = base64_size(s.n);
	char *room = buf_room(out, n);

	if (!room)
		return;
	base64_encode(s, room);
	out->n += n;
}

static void encode(struct span s, int variant, struct buf *out)
{
	size_t n = sodium_base64_encoded_len(s.n, variant);
	char *room = buf_room(out, n);

	if (!room)
		return;
	sodium_bin2base64(room, n, (const unsigned char *)s.p, s.n, variant);
	out->n += n - 1; /* without the NUL */
}

void base64_add_secret(struct span s, struct buf *out)
{
	encode(s, sodium_base64_VARIANT_ORIGINAL, out);
}

void base64url_add(struct span s, struct buf *out)
{
	encode(s, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out);
}

static bool decode(struct span text, int variant, struct buf *out)
{
	char *room = buf_room(out, text.n + 1);
	size_t n;

	if (!room || sodium_base642bin((unsigned char *)room, text.n, text.p ? text.p : "", text.n,
				       NULL, &n, NULL, variant) != 0)
		return false;
	out->n += n;
	return true;
}

bool base64_read(struct span text, struct buf *out)
{
	return decode(text, sodium_base64_VARIANT_ORIGINAL, out);
}

bool base64url_decode(struct span text, struct buf *out)
{
	return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out);
}

_Static_assert((int)SEAL_KEY_SIZE == (int)crypto_aead_xchacha20poly1305_ietf_KEYBYTES &&
		   (int)SEAL_EXTRA == (int)crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
					  (int)crypto_aead_xchacha20poly1305_ietf_ABYTES,
	       "a sealed box is a nonce and a box");
enum { NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };

void seal_key(struct span secret, const char *purpose, uint8_t ret_key[SEAL_KEY_SIZE])
{
	uint8_t digest[SHA256_SIZE];

	sha256_of(secret, digest);
	crypto_generichash(ret_key, SEAL_KEY_SIZE, (const unsigned char *)purpose, strlen(purpose),
			   digest, sizeof(digest));
	crypto_wipe(digest, sizeof(digest));
}

void seal_add(const uint8_t key[SEAL_KEY_SIZE], struct span name, struct span plain,
	      struct buf *out)
{
	unsigned char *room = (unsigned char *)buf_room(out, plain.n + SEAL_EXTRA);

	if (!room)
		return;
	randombytes_buf(room, NONCE_SIZE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	    room + NONCE_SIZE, NULL, (const unsigned char *)plain.p, plain.n,
	    (const unsigned char *)name.p, name.n, NULL, room, key);
	out->n += plain.n + SEAL_EXTRA;
}

bool seal_open(const uint8_t key[SEAL_KEY_SIZE], struct span name, struct span sealed,
	       struct buf *out)
{
	const unsigned char *from = (const unsigned char *)sealed.p;
	size_t n = sealed.n - SEAL_EXTRA;
	unsigned char *room;

	if (sealed.n < SEAL_EXTRA || !(room = (unsigned char *)buf_room(out, n + 1)) ||
	    crypto_aead_xchacha20poly1305_ietf_decrypt(
		room, NULL, NULL, from + NONCE_SIZE, sealed.n - NONCE_SIZE,
		(const unsigned char *)name.p, name.n, from, key) != 0)
		return false;
	out->n += n;
	return true;
}
