/*
 * What core gets from the parent: its first message, and a new configuration.
 *
 * The first messages of the others stand in setup_poller.h, setup_sender.h and parse_talk.h.
 */
#ifndef GATEWAYD_WIRE_SETUP_H
#define GATEWAYD_WIRE_SETUP_H

#include "conf/conf.h"
#include "gatewayd/identity/token.h"
#include "gatewayd/wire/wire.h"

/*
 * The secrets of token_key_file and token_key_file_old, in locked memory: read once a daemon's
 * life, so that a role that is restarted has those that the others have, whatever is on the disk by
 * then.
 */
struct setup_keys {
	struct buf key, old; /* old: empty where there is none */
};
int setup_keys_open(const struct conf *conf, struct setup_keys *ret_keys, struct err *e);
void setup_keys_release(struct setup_keys *keys);
/* The setting whose file has something else in it now, or cannot be read; NULL: none. */
const char *setup_keys_changed(const struct setup_keys *keys, const struct conf *conf);

/*
 * core: the secrets that tokens are signed with, and the files of the configuration, so that a core
 * that is restarted has the one that was found good, whatever is on the disk by then.
 */
int setup_core_put(struct wire *w, const struct conf *conf, const struct setup_keys *keys,
		   struct err *e);
int setup_core_get(struct wire_in *in, const char *path, struct token_keys *ret_keys,
		   struct conf **ret_conf, struct err *e);
/* MSG_RELOAD: the new configuration. */
int setup_reload_put(struct wire *w, const struct conf *conf, struct err *e);
int setup_reload_get(struct wire_in *in, const char *path, struct conf **ret_conf, struct err *e);

/* The keys as the configuration names them, for gatewayctl without a daemon. */
int setup_keys_read(const struct conf *conf, struct token_keys *ret_keys, struct err *e);

#endif
