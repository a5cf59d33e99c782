/*
 * How to reach a server, as the parent tells it to the poller and the sender, secret included.
 */
#ifndef GATEWAYD_WIRE_SETUP_NET_H
#define GATEWAYD_WIRE_SETUP_NET_H

#include "conf/conf.h"
#include "gatewayd/wire/wire.h"

/* Texts that may be NULL; get: in the arena. */
void setup_text_put(struct wire_out *o, const char *text);
const char *setup_text_get(struct wire_in *in, struct arena *a);

/* The first line of a file; NULL: there is none. */
int setup_secret_put(struct wire_out *o, const char *file, struct err *e);
/* Reads the secret's file, if there is one. */
int setup_server_put(struct wire_out *o, const struct conf_server *server, struct err *e);
/* *ret_secret is NULL when there is none; the secret's file is not told. */
void setup_server_get(struct wire_in *in, struct arena *a, struct conf_server *ret_server,
		      const char **ret_secret);

#endif
