/*
 * The role that sends: rows of the outbox, one message to one recipient each (talk.h).
 */
#ifndef GATEWAYD_SENDER_H
#define GATEWAYD_SENDER_H

#include "conf/conf.h"
#include "gatewayd/wire/wire.h"

/* The parent's part: settings and secret of the SMTP server. */
int sender_setup_send(struct wire *w, const struct conf *conf, struct err *e);

#endif
