/*
 * The first message of the web role: where it listens, and as what.
 */
#ifndef GATEWAYD_WIRE_SETUP_WEB_H
#define GATEWAYD_WIRE_SETUP_WEB_H

#include "conf/conf.h"
#include "gatewayd/base/arena.h"
#include "gatewayd/wire/messages.h"

struct setup_web {
	const char *listen, *company;
	const char *public_url; /* NULL: http:// and listen */
	int64_t session_s;
};
int setup_web_put(struct wire *w, const struct conf *conf, struct err *e);
int setup_web_get(struct wire_in *in, struct arena *a, struct setup_web *ret_setup, struct err *e);

#endif
