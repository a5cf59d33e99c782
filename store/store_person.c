#include "store/store_person.h"

#include "store/query.h"

#define KEY "person-key"

/* Of the kind and what is hashed, so that no hash of one kind says anything of another. */
static int hash(struct store *s, const char *kind, struct span what, uint8_t out[MAC_SIZE],
		struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	struct buf message BUF_AUTO;
	struct span key;

	buf_init(&message, SIZE_MAX);
	if (store_meta_get(s, KEY, &a, &key, e) < 0)
		return -1;
	if (key.n != MAC_KEY_SIZE)
		return err_set(e, ERR_PERM, "store: the key of hashes is %zu bytes", key.n);
	buf_addf(&message, "%s:", kind);
	buf_add(&message, what);
	mac_of((const uint8_t *)key.p, buf_span(&message), out);
	return 0;
}

int store_person_pseudonym(struct store *s, struct span address, char ret_hex[STORE_PSEUDONYM_SIZE],
			   struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	char *lower = arena_cstr(&a, address);
	uint8_t mac[MAC_SIZE];

	for (char *p = lower; *p; p++)
		*p = (char)ascii_lower((unsigned char)*p);
	if (hash(s, "address", span_of(lower), mac, e) < 0)
		return -1;
	hex_encode(mac, sizeof(mac), ret_hex);
	return 0;
}
