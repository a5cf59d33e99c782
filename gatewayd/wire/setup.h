/*
 * The first message that a role gets from the parent: its settings and its secrets.
 *
 * Those of the poller and the sender stand in poller.h and sender.h.
 */
#ifndef GATEWAYD_WIRE_SETUP_H
#define GATEWAYD_WIRE_SETUP_H

#include "conf/conf.h"
#include "gatewayd/identity/token.h"
#include "gatewayd/wire/wire.h"

/*
 * core: the secrets that tokens are signed with, and the files of the configuration, so that a core
 * that is started anew has the one that was found good, whatever is on the disk by then.
 */
int setup_core_send(struct wire *w, const struct conf *conf, struct err *e);
int setup_core_get(struct wire_in *in, const char *path, struct token_keys *ret_keys,
		   struct conf **ret_conf, struct err *e);
/* MSG_RELOAD: the new configuration. */
int setup_reload_send(struct wire *w, const struct conf *conf, struct err *e);
int setup_reload_get(struct wire_in *in, const char *path, struct conf **ret_conf, struct err *e);

/* The keys as the configuration names them, for gatewayctl without a daemon. */
int setup_keys_read(const struct conf *conf, struct token_keys *ret_keys, struct err *e);

struct setup_parse {
	uint64_t memory_bytes;
	uint32_t mails; /* after so many the child ends and a fresh one comes */
	uint32_t cpu_s; /* for all of them */
};
void setup_parse_put(struct wire_out *o, const struct conf *conf);
int setup_parse_get(struct wire_in *in, struct setup_parse *ret_setup, struct err *e);

#endif
