/*
 * The set-up of tokens (MSG_TOKENS_SETUP): the grants with their secrets, the folder that refresh
 * tokens are kept in, and the keys that they are sealed with there.
 */
#ifndef GATEWAYD_WIRE_SETUP_TOKENS_H
#define GATEWAYD_WIRE_SETUP_TOKENS_H

#include "conf/conf.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/wire/messages.h"
#include "gatewayd/wire/setup.h"

enum { SETUP_GRANTS_MAX = 1000, SETUP_SEAL_KEYS_MAX = 2 };

struct setup_grant {
	struct conf_oauth conf; /* without the names of the files of secrets */
	/* What stands in them; NULL: none. */
	const char *client_secret, *certificate, *key, *refresh_token;
};
struct setup_tokens {
	uint8_t keys[SETUP_SEAL_KEYS_MAX][SEAL_KEY_SIZE]; /* the first seals, each opens */
	size_t key_count;
	int folder; /* get: becomes the reader's */
	struct setup_grant *grants;
	size_t n;
};
/* Reads the files of the grants; folder stays the caller's.  ERR_PERM names the row. */
int setup_tokens_put(struct wire *w, const struct conf *conf, const struct setup_keys *keys,
		     int folder, struct err *e);
/* Into the arena. */
int setup_tokens_get(struct wire_in *in, struct arena *a, struct setup_tokens *ret_setup,
		     struct err *e);

#endif
