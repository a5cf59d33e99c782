/*
 * The set-up of the sender (MSG_SENDER_SETUP): the SMTP server, secret included.
 */
#ifndef GATEWAYD_WIRE_SETUP_SENDER_H
#define GATEWAYD_WIRE_SETUP_SENDER_H

#include "conf/conf.h"
#include "gatewayd/wire/messages.h"

struct setup_sender {
	uint32_t lanes; /* connections at once, 1 or more */
	int final_timeout_s;
	const char *helo;
	struct conf_server server;
	const char *secret; /* NULL: none */
	int taken;	    /* taken.h; the reader's own */
};
/* Instance 0 sends by smtp, 1 by operators_smtp, where there is one. */
size_t setup_sender_count(const struct conf *conf);
const struct conf_smtp *setup_sender_smtp(const struct conf *conf, uint32_t instance);
/* Reads the file of the secret; taken (taken_open()) stays the caller's. */
int setup_sender_put(struct wire *w, const struct conf *conf, uint32_t instance, int taken,
		     struct err *e);
/* Texts into the arena. */
int setup_sender_get(struct wire_in *in, struct arena *a, struct setup_sender *ret_setup,
		     struct err *e);

#endif
